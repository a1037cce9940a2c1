import { describe, expect, it } from 'vitest';
import type { Silence } from '../../src/core/silence.ts';
import { bearer, NOW_MS } from '../support/site.ts';
import { asked, open, post } from './writing.ts';

const HOUR_MS = 3_600_000;
const silence: Silence = {
  id: 's1',
  matchers: [{ name: 'team', value: 'core', isRegex: false, isEqual: true }],
  startsAtMs: NOW_MS - HOUR_MS,
  endsAtMs: NOW_MS + HOUR_MS,
  createdBy: 'alice',
  comment: 'disk swap',
};

describe('GET /api/v1/silences', () => {
  it.each([
    [{}, 'active'],
    [{ startsAtMs: NOW_MS + 1000 }, 'pending'],
    [{ endsAtMs: NOW_MS }, 'expired'],
  ] as const)('tells a silence in Alertmanager’s shape: %j is %s', async (given, state) => {
    const shown = { ...silence, ...given };
    const site = open({ silences: () => [shown] });
    expect(await (await site.hono.request('/api/v1/silences')).json()).toEqual([
      {
        id: 's1',
        matchers: silence.matchers,
        startsAt: new Date(shown.startsAtMs).toISOString(),
        endsAt: new Date(shown.endsAtMs).toISOString(),
        createdBy: 'alice',
        comment: 'disk swap',
        status: { state },
      },
    ]);
  });

  it('is newest first, its pages linked', async () => {
    const silences = ['a', 'b', 'c'].map((id, hours) => ({ ...silence, id, startsAtMs: NOW_MS - hours * HOUR_MS }));
    const site = open({ silences: () => silences.toReversed() });
    const ids: string[] = [];
    let path: string | undefined = '/api/v1/silences?limit=2';
    while (path !== undefined) {
      const response: Response = await site.hono.request(path);
      ids.push(((await response.json()) as { id: string }[]).map(({ id }) => id).join(''));
      const next = /<([^>]*)>/.exec(response.headers.get('Link') ?? '')?.[1];
      path = next === undefined ? undefined : `/api/v1/silences${next}`;
    }
    expect(ids).toEqual(['ab', 'c']);
  });
});

describe('POST /api/v1/silences', () => {
  const wanted = { matchers: [{ name: 'alertname', value: 'Http.*', isRegex: true }], endsAt: '2026-03-01T14:00:00Z' };

  it('begins now and is the token’s where it does not say, and is logged', async () => {
    const { calls, site } = asked('silence');
    const response = await post(site, '/api/v1/silences', wanted);
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      id: '1',
      silenceID: '1',
      matchers: [{ name: 'alertname', value: 'Http.*', isRegex: true, isEqual: true }],
      startsAt: '2026-03-01T12:00:00.000Z',
      endsAt: '2026-03-01T14:00:00.000Z',
      createdBy: 'write',
      comment: '',
      status: { state: 'active' },
    });
    expect(calls).toHaveLength(1);
    expect(site.log.lines).toEqual([
      { by: 'write', silence: '1', until: '2026-03-01T14:00:00.000Z', message: 'a silence is set' },
    ]);
  });

  it('may be what was read, changed', async () => {
    const { calls, site } = asked('silence');
    const read: unknown = await (await open({ silences: () => [silence] }).hono.request('/api/v1/silences')).json();
    const [first] = read as Record<string, unknown>[];
    expect((await post(site, '/api/v1/silences', { ...first, comment: 'longer' })).status).toBe(201);
    expect(calls).toEqual([{ ...silence, comment: 'longer' }]);
  });

  it.each([
    [{ ...wanted, endAt: 'x' }, '#/endAt', 'unknown key "endAt"; did you mean "endsAt"?'],
    [
      { ...wanted, matchers: [{ name: 'a', value: 'b', isRegexp: true }] },
      '#/matchers/0/isRegexp',
      'unknown key "isRegexp"; did you mean "isRegex"?',
    ],
    [
      { ...wanted, matchers: [] },
      '#/matchers',
      'expected at least one matcher: one without any would keep everything quiet',
    ],
    [{ ...wanted, matchers: [{ name: 'a', value: 1 }] }, '#/matchers/0/value', 'expected a text, got a number'],
    [{ ...wanted, matchers: 'a=b' }, '#/matchers', 'expected a list, got a text'],
    [{ matchers: wanted.matchers }, '#/endsAt', 'missing; expected a text'],
    [
      { ...wanted, endsAt: 'tomorrow' },
      '#/endsAt',
      'expected a time as RFC 3339 writes it, such as 2026-03-01T12:00:00Z',
    ],
    [{ ...wanted, createdBy: 'a\nb' }, '#/createdBy', 'expected one line without control characters'],
    [[], '#', 'expected an object, got a list'],
    [null, '#', 'expected an object, got null'],
  ])('with %j is refused with the place and the reason', async (body, pointer, detail) => {
    const { calls, site } = asked('silence');
    const response = await post(site, '/api/v1/silences', body);
    const told = (await response.json()) as { detail: string; errors: unknown[] };
    expect([response.status, told.errors]).toEqual([400, [{ detail, pointer }]]);
    expect(told.detail).toBe(pointer === '#' ? detail : `${pointer.slice(2)}: ${detail}`);
    expect(calls).toEqual([]);
    expect(site.log.lines).toEqual([]);
  });

  it('says what the silences themselves refuse', async () => {
    const site = open({ silence: () => ({ wrong: 'ends before it begins' }) });
    const response = await post(site, '/api/v1/silences', wanted);
    expect([response.status, await response.json()]).toMatchObject([400, { detail: 'ends before it begins' }]);
  });
});

describe('DELETE /api/v1/silences/ID', () => {
  it.each([
    [true, 204],
    [false, 404],
  ])('of one that is set: %s, is %i', async (known, status) => {
    const site = open({ expireSilence: (id) => known && id === 'a/b' });
    const response = await site.hono.request('/api/v1/silences/a%2Fb', { method: 'DELETE', headers: bearer('write') });
    expect(response.status).toBe(status);
    expect(site.log.lines).toHaveLength(known ? 1 : 0);
  });
});
