import { describe, expect, it } from 'vitest';
import type { Deployment } from '../../src/core/change.ts';
import type { Maintenance, Silence } from '../../src/core/silence.ts';
import type { ReceivedAlert, View } from '../../src/web/view.ts';
import { bearer, NOW_MS, siteOf, targetView, viewOf, withTokens } from '../support/site.ts';

const HOUR_MS = 3_600_000;
const silence: Silence = {
  id: 's1',
  matchers: [{ name: 'team', value: 'core', isRegex: false, isEqual: true }],
  startsAtMs: NOW_MS - HOUR_MS,
  endsAtMs: NOW_MS + HOUR_MS,
  createdBy: 'alice',
  comment: 'disk swap',
};

const open = (given: Parameters<typeof viewOf>[0] = {}) =>
  siteOf(viewOf({ targets: [targetView({ name: 'api' }), targetView({ name: 'database' })], ...given }), {
    auth: withTokens('public', 'write'),
  });

const post = (site: ReturnType<typeof siteOf>, path: string, body: unknown) =>
  site.hono.request(path, {
    method: 'POST',
    headers: { ...bearer('write'), 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

/** What a stage was asked for through the view. */
const asked = <K extends 'silence' | 'planMaintenance' | 'deploy' | 'receive'>(name: K) => {
  const calls: unknown[] = [];
  const method = viewOf()[name] as (wanted: unknown) => unknown;
  const given = {
    [name]: (wanted: unknown) => {
      calls.push(wanted);
      return method(wanted);
    },
  } as Partial<View>;
  return { calls, site: open(given as Parameters<typeof viewOf>[0]) };
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

describe('maintenance', () => {
  const planned: Maintenance = {
    id: 'm1',
    name: 'nightly backup',
    targets: ['database'],
    groups: [],
    matchers: [],
    startsAtMs: NOW_MS + HOUR_MS,
    endsAtMs: NOW_MS + 2 * HOUR_MS,
  };

  it('is told with the expression by which it comes again', async () => {
    const site = open({ maintenance: () => [{ ...planned, recurring: { cron: '0 13 * * *', timezone: 'UTC' } }] });
    expect(await (await site.hono.request('/api/v1/maintenance')).json()).toEqual([
      {
        id: 'm1',
        name: 'nightly backup',
        targets: ['database'],
        startsAt: '2026-03-01T13:00:00.000Z',
        endsAt: '2026-03-01T14:00:00.000Z',
        recurring: { cron: '0 13 * * *', timezone: 'UTC' },
        status: { state: 'pending' },
      },
    ]);
  });

  it('is planned for targets, groups or matchers', async () => {
    const { calls, site } = asked('planMaintenance');
    const body = { name: 'upgrade', groups: ['shop'], endsAt: '2026-03-01T13:00:00+00:30' };
    expect((await post(site, '/api/v1/maintenance', body)).status).toBe(201);
    expect(calls).toEqual([
      {
        name: 'upgrade',
        targets: [],
        groups: ['shop'],
        matchers: [],
        startsAtMs: NOW_MS,
        endsAtMs: NOW_MS + HOUR_MS / 2,
      },
    ]);
    expect(site.log.lines).toHaveLength(1);
  });

  it.each([
    [
      { name: 'x', endsAt: '2026-03-01T13:00:00Z' },
      '#',
      'names nothing that it is for: expected targets, groups or matchers',
    ],
    [
      { name: 'x', targets: ['api', 'databse'], endsAt: '2026-03-01T13:00:00Z' },
      '#/targets/1',
      'there is no target "databse"; did you mean "database"?',
    ],
  ])('%j is refused', async (body, pointer, detail) => {
    const { calls, site } = asked('planMaintenance');
    const response = await post(site, '/api/v1/maintenance', body);
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ pointer, detail }] }]);
    expect(calls).toEqual([]);
  });

  it.each([
    ['ended', 204],
    ['unknown', 404],
    ['recurring', 409],
  ] as const)('that is %s is answered to DELETE with %i', async (outcome, status) => {
    const site = open({ cancelMaintenance: () => outcome });
    const response = await site.hono.request('/api/v1/maintenance/m1', { method: 'DELETE', headers: bearer('write') });
    expect(response.status).toBe(status);
  });
});

describe('deployments', () => {
  it('are marked with what is given, and told', async () => {
    const { calls, site } = asked('deploy');
    const body = { version: '1.4.2', service: 'api', targets: ['api'], grace: '3m', url: 'https://ci.example/7' };
    const response = await post(site, '/api/v1/deployments', { ...body, by: 'ci', at: '2026-03-01T11:00:00Z' });
    const told = { id: '1', ...body, by: 'ci', at: '2026-03-01T11:00:00.000Z' };
    expect([response.status, await response.json()]).toEqual([201, told]);
    const [deployment] = calls as [Omit<Deployment, 'id'>];
    expect(deployment).toEqual({
      version: '1.4.2',
      service: 'api',
      targets: ['api'],
      url: 'https://ci.example/7',
      by: 'ci',
      atMs: NOW_MS - HOUR_MS,
      graceMs: 180_000,
    });
    const listed = open({ deployments: () => [{ ...deployment, id: '1' }] });
    expect(await (await listed.hono.request('/api/v1/deployments')).json()).toEqual([told]);
  });

  it('are now and by the token’s name where nothing is said', async () => {
    const { calls, site } = asked('deploy');
    expect((await post(site, '/api/v1/deployments', { version: '2' })).status).toBe(201);
    expect(calls).toMatchObject([{ version: '2', atMs: NOW_MS, by: 'write', graceMs: 0 }]);
  });

  it.each([
    [{}, '#/version', 'missing; expected a text'],
    [{ version: '' }, '#/version', 'must not be empty'],
    [{ version: '1', grace: 3 }, '#/grace', 'expected a text, got a number'],
    [{ version: '1', grace: '3 minutes' }, '#/grace', 'expected a duration of at most 24h, such as 3m'],
    [{ version: '1', url: 'javascript:alert(1)' }, '#/url', 'expected a URL that begins with http:// or https://'],
    [{ version: '1', targets: ['apii'] }, '#/targets/0', 'there is no target "apii"; did you mean "api"?'],
    [{ version: '1', targets: [] }, '#/targets', 'names no target; leave it out for all'],
    [{ version: '1', at: '2026-03-01T13:00:00Z' }, '#/at', 'lies in the future: mark what has happened'],
    [
      { version: '1', tag: 'x' },
      '#/tag',
      'unknown key "tag"; expected one of service, version, at, by, url, targets, grace',
    ],
  ])('%j is refused', async (body, pointer, detail) => {
    const { calls, site } = asked('deploy');
    const response = await post(site, '/api/v1/deployments', body);
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ pointer, detail }] }]);
    expect(calls).toEqual([]);
  });
});

describe('POST /api/v2/alerts', () => {
  const alert = (alertname: string, more: object = {}) => ({ labels: { alertname }, ...more });

  it('takes what Alertmanager’s clients send, and answers with nothing', async () => {
    const { calls, site } = asked('receive');
    const response = await post(site, '/api/v2/alerts', [
      {
        labels: { alertname: 'DiskFull', instance: 'db:9100', empty: '' },
        annotations: { summary: 'the disk is full' },
        startsAt: '2026-03-01T11:59:00.123456789Z',
        endsAt: '2026-03-01T13:04:00+01:00',
        generatorURL: 'http://prometheus:9090/graph?g0.expr=up',
      },
      alert('Short'),
    ]);
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(calls).toEqual([
      [
        {
          labels: { alertname: 'DiskFull', instance: 'db:9100' },
          annotations: { summary: 'the disk is full' },
          startsAtMs: NOW_MS - 60_000 + 123,
          endsAtMs: NOW_MS + 240_000,
          generatorUrl: 'http://prometheus:9090/graph?g0.expr=up',
        },
        {
          labels: { alertname: 'Short' },
          annotations: {},
          startsAtMs: NOW_MS,
          endsAtMs: undefined,
          generatorUrl: undefined,
        },
      ] satisfies ReceivedAlert[],
    ]);
  });

  it.each([
    [{ startsAt: '0001-01-01T00:00:00Z', endsAt: '0001-01-01T00:00:00.000Z' }, NOW_MS, undefined],
    [{ endsAt: '2026-03-01T11:00:00Z' }, NOW_MS - HOUR_MS, NOW_MS - HOUR_MS],
    [{ endsAt: '2026-03-01T13:00:00Z' }, NOW_MS, NOW_MS + HOUR_MS],
    [{ startsAt: '2026-03-01T13:00:00Z' }, NOW_MS + HOUR_MS, undefined],
  ])('reads %j as Alertmanager does', async (times, startsAtMs, endsAtMs) => {
    const { calls, site } = asked('receive');
    expect((await post(site, '/api/v2/alerts', [alert('A', times)])).status).toBe(200);
    expect(calls).toMatchObject([[{ startsAtMs, endsAtMs }]]);
  });

  it('passes over keys that it does not know, as what Alertmanager itself answers has', async () => {
    const { calls, site } = asked('receive');
    const read = alert('A', { fingerprint: 'x', receivers: [], status: {}, updatedAt: 'x' });
    expect((await post(site, '/api/v2/alerts', [read])).status).toBe(200);
    expect(calls).toHaveLength(1);
  });

  it('takes an empty batch', async () => {
    expect((await post(open(), '/api/v2/alerts', [])).status).toBe(200);
  });

  it.each([
    [
      alert('Bad', { endsAt: 'soon' }),
      '#/1/endsAt',
      'expected a time as RFC 3339 writes it, such as 2026-03-01T12:00:00Z (Bad)',
    ],
    [{ labels: {} }, '#/1/labels', 'expected at least one label that is not empty'],
    [{ labels: { alertname: '' } }, '#/1/labels', 'expected at least one label that is not empty'],
    [{ annotations: {} }, '#/1/labels', 'missing; expected an object'],
    [{ labels: { alertname: 'N', n: 1 } }, '#/1/labels/n', 'expected a text, got a number (N)'],
    [
      alert('Late', { startsAt: '2026-03-01T12:00:00Z', endsAt: '2026-03-01T11:00:00Z' }),
      '#/1/endsAt',
      'lies before startsAt (Late)',
    ],
    ['x', '#/1', 'expected an object, got a text'],
  ])('with %j among good ones takes none, and says which and why', async (bad, pointer, detail) => {
    const { calls, site } = asked('receive');
    const response = await post(site, '/api/v2/alerts', [alert('Good'), bad, alert('Good too')]);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { detail: `nothing of this batch was taken: ${pointer.slice(2)}: ${detail}`, errors: [{ detail, pointer }] },
    ]);
    expect(calls).toEqual([]);
  });

  it('takes a whole batch of Prometheus with long annotations, and no more than is bounded', async () => {
    const { calls, site } = asked('receive');
    const long = Array.from({ length: 256 }, (_, index) =>
      alert(`A${index}`, { annotations: { description: 'x'.repeat(12_000) } }),
    );
    expect((await post(site, '/api/v2/alerts', long)).status).toBe(200);
    expect(calls).toMatchObject([{ length: 256 }]);
    const many = Array.from({ length: 2001 }, (_, index) => alert(`A${index}`));
    expect((await post(site, '/api/v2/alerts', many)).status).toBe(400);
  });
});
