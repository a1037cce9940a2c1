import { describe, expect, it } from 'vitest';
import type { Silence } from '../../src/core/silence.ts';
import type { WantedSilence } from '../../src/web/view.ts';
import { viewOf } from '../support/site.ts';
import { watch } from './watched.ts';

/** Silences as the daemon would keep them. */
function kept(silences: readonly Silence[] = []) {
  const wanted: WantedSilence[] = [];
  const expired: string[] = [];
  const view = viewOf({
    silences: () => silences,
    silence(asked) {
      wanted.push(asked);
      return { ...asked, id: 'new' };
    },
    expireSilence: (id) => expired.push(id) > 0 && silences.some((silence) => silence.id === id),
  });
  return { view, wanted, expired };
}

const HOUR_MS = 3_600_000;
const silence = (given: Partial<Silence>): Silence => ({
  id: 's1',
  matchers: [{ name: 'team', value: 'core', isRegex: false, isEqual: true }],
  startsAtMs: Date.now() - HOUR_MS,
  endsAtMs: Date.now() + HOUR_MS + 500,
  createdBy: 'alice',
  comment: 'disk swap',
  ...given,
});

describe('outrider silence add', () => {
  it.each([
    [['team="core"'], [['team', 'core', false, true]]],
    [
      ['team=core', 'alertname=~"Http.*"'],
      [
        ['team', 'core', false, true],
        ['alertname', 'Http.*', true, true],
      ],
    ],
    [
      ['env!="test", severity!~"P2|P3"'],
      [
        ['env', 'test', false, false],
        ['severity', 'P2|P3', true, false],
      ],
    ],
    [
      ['PostgresDown', 'target=database'],
      [
        ['alertname', 'PostgresDown', false, true],
        ['target', 'database', false, true],
      ],
    ],
  ] as const)('%j is sent as matchers', async (args, matchers) => {
    const { view, wanted } = kept();
    await using watched = await watch(view);
    expect(await watched.type(['silence', 'add', ...args])).toMatchObject({ code: 0, out: 'new\n', err: '' });
    expect(wanted[0]?.matchers).toEqual(
      matchers.map(([name, value, isRegex, isEqual]) => ({ name, value, isRegex, isEqual })),
    );
  });

  it.each([
    [[], HOUR_MS],
    [['--for', '30m'], HOUR_MS / 2],
  ])('%j lasts %i ms from now, and is the token’s', async (flags, lastsMs) => {
    const { view, wanted } = kept();
    await using watched = await watch(view);
    const before = Date.now();
    await watched.type(['silence', 'add', 'team=core', ...flags]);
    const [{ startsAtMs, endsAtMs, createdBy, comment } = { startsAtMs: 0, endsAtMs: 0 }] = wanted as [WantedSilence];
    expect([endsAtMs - startsAtMs, createdBy, comment]).toEqual([lastsMs, 'write', '']);
    expect(startsAtMs).toBeGreaterThanOrEqual(before);
  });

  it('says who and why', async () => {
    const { view, wanted } = kept();
    await using watched = await watch(view);
    const typed = await watched.type(['silence', 'add', 'a=b', '--by', 'bob', '--comment', 'new proxy', '--json']);
    expect(JSON.parse(typed.out)).toMatchObject({
      id: 'new',
      silenceID: 'new',
      createdBy: 'bob',
      comment: 'new proxy',
    });
    expect(wanted).toMatchObject([{ createdBy: 'bob', comment: 'new proxy' }]);
  });

  it.each([
    [['team='], []],
    [['a="b'], ['error: a="b', '         ^ this quote is not closed']],
    [['a=b', '--for', 'long'], ['error: --for: expected a duration such as 2h or 30m, got "long"']],
    [['a=b', '--for', '0s'], ['error: --for: expected a duration such as 2h or 30m, got "0s"']],
    [[], ["error: missing required argument 'matcher'", 'Try: outrider silence add --help']],
  ])('%j is wrong where it cannot be', async (args, says) => {
    const { view, wanted } = kept();
    await using watched = await watch(view);
    const { code, err } = await watched.type(['silence', 'add', ...args]);
    expect([code, err.split('\n').filter((line) => line !== '')]).toEqual([says.length > 0 ? 2 : 0, says]);
    expect(wanted.length).toBe(says.length > 0 ? 0 : 1);
  });
});

describe('outrider silence list', () => {
  const all = [
    silence({}),
    silence({ id: 's2', startsAtMs: Date.now() + HOUR_MS + 500, endsAtMs: Date.now() + 2 * HOUR_MS }),
    silence({ id: 's3', endsAtMs: Date.now() - 1500 }),
  ];

  it.each([
    [[], ['s1', 's2']],
    [['--expired'], ['s1', 's2', 's3']],
  ])('%j shows %j', async (flags, ids) => {
    await using watched = await watch(kept(all).view);
    const { out } = await watched.type(['silence', 'list', ...flags]);
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(rows[0]).toEqual(['ID', 'STATE', 'MATCHERS', 'WHEN', 'BY', 'COMMENT']);
    expect(
      rows
        .slice(1)
        .map(([id]) => id)
        .toSorted(),
    ).toEqual(ids);
    expect(rows.find(([id]) => id === 's1')).toEqual([
      's1',
      'active',
      'team="core"',
      'ends in 1h',
      'alice',
      'disk swap',
    ]);
  });

  it('says beside the answer that there is none', async () => {
    await using watched = await watch(viewOf());
    expect(await watched.type(['silence', 'list'])).toMatchObject({ code: 0, out: '', err: 'no silence is set\n' });
  });
});

describe('outrider silence expire', () => {
  it('ends each that is named', async () => {
    const { view, expired } = kept([silence({ id: 'a/b' }), silence({ id: 'c' })]);
    await using watched = await watch(view);
    expect(await watched.type(['silence', 'expire', 'a/b', 'c'])).toMatchObject({ code: 0, out: '', err: '' });
    expect(expired).toEqual(['a/b', 'c']);
  });

  it('says which there is not', async () => {
    await using watched = await watch(kept().view);
    const typed = await watched.type(['silence', 'expire', 'nope']);
    expect(typed).toMatchObject({ code: 2, out: '', err: 'error: no silence "nope" is set\n' });
  });
});
