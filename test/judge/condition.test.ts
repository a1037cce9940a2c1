import { describe, expect, it } from 'vitest';
import { compile, evaluate, explainCondition } from '../../src/judge/condition.ts';
import { compiled, evidenceOf, holding, readings, type Seen, sample, seriesOf } from './seen.ts';

const lag = (value: number, group: string, topic: string) => sample('lag', value, { group, topic });
const LAGS: Seen = {
  latest: [
    lag(50, 'workers', 'jobs'),
    lag(2000, 'workers', 'mail'),
    lag(7, 'eval-a', 'jobs'),
    lag(9, 'eval-b', 'audit'),
  ],
};

describe('a measure by itself', () => {
  it('is compared by its latest value', () => {
    expect(readings('clients > 5', { latest: [sample('clients', 6)] })).toEqual([
      { labels: {}, holds: true, value: 6, threshold: 5 },
    ]);
  });

  it.each([
    ['clients > 5', false],
    ['clients >= 5', true],
    ['clients < 5', false],
    ['clients <= 5', true],
    ['clients == 5', true],
    ['clients != 5', false],
  ])('of 5: %s is %s', (text, holds) => {
    expect(holding(text, { latest: [sample('clients', 5)] })).toEqual({ '': holds });
  });

  it.each([
    ['connections_used > 80%', sample('connections_used', 0.8), 0.8],
    ['longest_query > 5m', sample('longest_query', 300), 300],
    ['memory_used > 2GiB', sample('memory_used', 1), 2 ** 31],
    ['lag_status > WARN', sample('lag_status', 2), 1],
  ])('is compared in base units: %s', (text, latest, threshold) => {
    expect(readings(text, { latest: [latest] })).toMatchObject([{ threshold, value: latest.value }]);
  });

  it.each([
    ['was not seen', []],
    ['was seen without a value', [sample('clients', Number.NaN)]],
  ])('has no reading where it %s', (_, latest) => {
    expect(readings('clients > 5', { latest })).toEqual([]);
  });

  it.each([
    { age: 11, due: 10, is: [{ labels: {}, holds: true, value: 11, threshold: 10 }] },
    { age: 9, due: 10, is: [{ labels: {}, holds: false, value: 9, threshold: 10 }] },
    { age: 9, due: Number.NaN, is: [] },
  ])('is compared with another measure: $age with $due', ({ age, due, is }) => {
    expect(readings('age > due', { latest: [sample('age', age), sample('due', due)] })).toEqual(is);
  });
});

describe('instances', () => {
  it('are judged each, with all their labels', () => {
    expect(readings('lag > 1000', LAGS)).toEqual([
      { labels: { group: 'workers', topic: 'jobs' }, holds: false, value: 50, threshold: 1000 },
      { labels: { group: 'workers', topic: 'mail' }, holds: true, value: 2000, threshold: 1000 },
      { labels: { group: 'eval-a', topic: 'jobs' }, holds: false, value: 7, threshold: 1000 },
      { labels: { group: 'eval-b', topic: 'audit' }, holds: false, value: 9, threshold: 1000 },
    ]);
  });

  it('keep the labels that are pinned to one value', () => {
    const [reading] = readings('lag{group=eval-a,topic=jobs} > 5', LAGS);
    expect(reading?.labels).toEqual({ group: 'eval-a', topic: 'jobs' });
  });

  it.each([
    ['lag{group=workers}', [50, 2000]],
    ['lag{group!=workers}', [7, 9]],
    ['lag{group=~"eval-.*"}', [7, 9]],
    ['lag{group=~"eval-.*",topic!=audit}', [7]],
    ['lag{group!~"eval-.*"}', [50, 2000]],
    ['lag{group=~"eval"}', []],
    ['lag{group=~"e|eval-a"}', [7]],
    ['lag{group=~"workers|eval-b"}', [50, 2000, 9]],
    ['lag{group=~"(?i)WORKERS"}', [50, 2000]],
    ['lag{other=""}', [50, 2000, 7, 9]],
    ['lag{other=~".*"}', [50, 2000, 7, 9]],
    ['lag{other=~".+"}', []],
    ['lag{group=~"("}', []],
    ['lag{group!~"("}', []],
  ])('are chosen by matchers: %s', (measure, values) => {
    expect(readings(`${measure} > 0`, LAGS).map(({ value }) => value)).toEqual(values);
  });

  it('are chosen the same again, when their pattern is asked about thousands of others in between', () => {
    const condition = compiled('lag{group=~"g.*7"} > 0');
    const latest = Array.from({ length: 5000 }, (_, i) => lag(i, `g${i}`, 'jobs'));
    for (let again = 0; again < 2; again++) expect(evaluate(condition, evidenceOf({ latest }))).toHaveLength(500);
  });

  it.each([
    ['sum(lag) > 0', { '': 2066 }],
    ['max(lag) > 0', { '': 2000 }],
    ['min(lag) > 0', { '': 7 }],
    ['avg(lag) > 0', { '': 516.5 }],
    ['sum(lag) by (group) > 0', { workers: 2050, 'eval-a': 7, 'eval-b': 9 }],
    ['max(lag) by (topic) > 0', { jobs: 50, mail: 2000, audit: 9 }],
    ['sum(lag{group=workers}) > 0', { '': 2050 }],
    [
      'max(lag) by (group, topic) > 10',
      { 'workers jobs': 50, 'workers mail': 2000, 'eval-a jobs': 7, 'eval-b audit': 9 },
    ],
  ])('are joined: %s', (text, expected) => {
    const found = readings(text, LAGS).map(({ labels, value }) => [Object.values(labels).join(' '), value]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('that are joined where there are none have no value', () => {
    expect(readings('sum(lag) > 0', {})).toEqual([]);
  });
});

describe('one measure by another', () => {
  const states = [sample('connections', 30, { state: 'idle' }), sample('connections', 10, { state: 'active' })];
  it.each([
    ['connections{state=idle} / sum(connections) > 50%', { idle: 0.75 }],
    ['connections / sum(connections) > 50%', { idle: 0.75, active: 0.25 }],
    ['connections / connections > 50%', { idle: 1, active: 1 }],
    ['connections{state=idle} / connections{state=active} > 1', { idle: 3 }],
    ['connections / clients > 1', {}],
    ['clients / connections{state=active} > 1', {}],
    ['connections / connections{state!=idle} > 1', { active: 1 }],
  ])('%s', (text, expected) => {
    const found = readings(text, { latest: states }).map(({ labels, value }) => [labels['state'], value]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it('pairs each instance with the one that has its labels, however many there are', () => {
    const groups = Array.from({ length: 40 }, (_, i) => `g${i}`);
    const latest = groups.flatMap((group, i) => [
      lag(100 * i, group, 'a'),
      lag(200 * i, group, 'b'),
      sample('group_members', i, { group }),
    ]);
    const found = readings('lag / group_members > 100', { latest });
    // Nothing can be said of the group without members: anything by 0 has no value.
    expect(found.map(({ value }) => value)).toEqual(groups.slice(1).flatMap(() => [100, 200]));
    expect(found.map(({ holds }) => holds)).toEqual(groups.slice(1).flatMap(() => [false, true]));
  });

  it.each([
    [5, 0],
    [0, 0],
  ])('has no value for %d by %d', (left, right) => {
    expect(
      readings('clients / blocked_queries > 0', {
        latest: [sample('clients', left), sample('blocked_queries', right)],
      }),
    ).toEqual([]);
  });
});

describe('tests without a comparison', () => {
  it.each(['down', 'flapping', 'burning'] as const)('hold as the target does: %s', (state) => {
    expect(readings(state, { holds: { [state]: true } })).toEqual([{ labels: {}, holds: true }]);
    expect(readings(state, {})).toEqual([{ labels: {}, holds: false }]);
  });

  it.each([
    ['absent(clients)', [], true],
    ['absent(clients)', [sample('clients', Number.NaN)], true],
    ['absent(clients)', [sample('clients', 0)], false],
    ['absent(lag{group=workers})', [lag(1, 'others', 'jobs')], true],
    ['absent(lag{group=workers})', [lag(1, 'workers', 'jobs')], false],
  ])('%s of %j is %s', (text, latest, holds) => {
    expect(readings(text, { latest })).toMatchObject([{ holds }]);
  });

  it('name what is absent by the labels that were asked for', () => {
    expect(readings('absent(lag{group=workers,topic=~"j.*"})', {})).toEqual([
      { labels: { group: 'workers' }, holds: true },
    ]);
  });

  it('never hold where nobody knows how they are', () => {
    const condition = compile({ when: { text: 'missing', tests: [{ kind: 'missing' }] }, measures: [] });
    const holds = { down: true, flapping: true, burning: true, failed: true };
    expect(evaluate(condition, evidenceOf({ holds }))).toEqual([{ labels: {}, holds: false }]);
  });
});

describe('several tests', () => {
  const certificate = (expiresInS: number, left: number): Seen => ({
    latest: [sample('certificate_expires_in', expiresInS), sample('certificate_lifetime_left', left)],
  });
  const BOTH = 'certificate_expires_in < 14d and certificate_lifetime_left < 25%';

  it.each([
    [100, 0.1, true],
    [100, 0.9, false],
    [1e9, 0.1, false],
  ])('hold where all do: %d s and %d are %s', (expiresInS, left, holds) => {
    expect(readings(BOTH, certificate(expiresInS, left))).toEqual([
      { labels: {}, holds, value: expiresInS, threshold: 14 * 86_400 },
    ]);
  });

  it('say nothing of an instance where one of them does not', () => {
    expect(readings(BOTH, certificate(100, Number.NaN))).toEqual([]);
  });

  it('hold for the same instance, with the labels of the finest and the value of the first', () => {
    const members = [sample('group_members', 0, { group: 'workers' }), sample('group_members', 3, { group: 'eval-a' })];
    const seen = { latest: [...(LAGS.latest ?? []), ...members] };
    expect(readings('group_members == 0 and lag > 1000', seen)).toEqual([
      { labels: { group: 'workers', topic: 'jobs' }, holds: false, value: 0, threshold: 0 },
      { labels: { group: 'workers', topic: 'mail' }, holds: true, value: 0, threshold: 0 },
      { labels: { group: 'eval-a', topic: 'jobs' }, holds: false, value: 3, threshold: 0 },
    ]);
  });

  it('have the value of the first comparison, whatever stands before it', () => {
    const seen = { latest: [sample('clients', 7)], holds: { flapping: true } };
    expect(readings('flapping and absent(age) and clients > 5', seen)).toEqual([
      { labels: {}, holds: true, value: 7, threshold: 5 },
    ]);
  });

  it('pair what was named in braces', () => {
    const latest = [sample('connections', 9, { state: 'idle' }), sample('connections', 1, { state: 'active' })];
    expect(readings('connections{state=idle} > 5 and connections{state=active} < 2', { latest })).toEqual([
      { labels: { state: 'idle' }, holds: true, value: 9, threshold: 5 },
    ]);
  });
});

describe('explained', () => {
  it('each test tells by itself what it sees', () => {
    const seen = { series: { duration: [seriesOf(Array(7).fill(2))] }, latest: [sample('clients', 1)] };
    expect(
      explainCondition(compiled('p95(duration)   over 60s>800ms and clients > 5 and down'), evidenceOf(seen)),
    ).toEqual([
      {
        text: 'p95(duration) over 1m > 800ms',
        readings: [{ labels: {}, holds: true, value: 2, threshold: 0.8 }],
        window: { overMs: 60_000, results: 6, needed: 5 },
      },
      { text: 'clients > 5', readings: [{ labels: {}, holds: false, value: 1, threshold: 5 }] },
      { text: 'down', readings: [{ labels: {}, holds: false }] },
    ]);
  });

  it('a window is that of its fullest instance', () => {
    const lags = [2, 6, 4].map((count, i) => seriesOf(Array(count).fill(1), { group: `g${i}`, topic: 't' }));
    const [test] = explainCondition(compiled('avg(lag) over 1m > 5'), evidenceOf({ series: { lag: lags } }));
    expect(test?.window?.results).toBe(6);
  });

  it('of two windows that are divided it is the emptier one', () => {
    const text = 'rate(evicted) over 1m / rate(oom_killed) over 2m > 1';
    const seen = { series: { evicted: [seriesOf(Array(20).fill(1))], oom_killed: [seriesOf([1, 2])] } };
    expect(explainCondition(compiled(text), evidenceOf(seen))[0]?.window).toEqual({
      overMs: 120_000,
      results: 2,
      needed: 6,
    });
  });
});
