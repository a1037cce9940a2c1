import { describe, expect, it } from 'vitest';
import { checkWhen } from '../../../src/core/when/check.ts';
import { parseWhen } from '../../../src/core/when/parse.ts';
import type { WhenProblem } from '../../../src/core/when/tree.ts';
import { BUILT_IN_CONDITIONS } from './built-in.ts';
import { MEASURES } from './measures.ts';

/** Stands for RE2: a pattern is wrong when it has more opening than closing brackets. */
const patternProblem = (pattern: string): string | undefined =>
  pattern.split('(').length > pattern.split(')').length ? 'missing )' : undefined;

function problemsOf(text: string, intervalMs = 15_000): readonly WhenProblem[] {
  const parsed = parseWhen(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return checkWhen(parsed.when, MEASURES, { patternProblem, hasSlo: true, intervalMs });
}

it('says that "burning" needs an objective', () => {
  const parsed = parseWhen('lag > 5 and burning');
  if (!parsed.ok) throw new Error('does not parse');
  const rules = { patternProblem, hasSlo: false, intervalMs: 15_000 };
  expect(checkWhen(parsed.when, MEASURES, rules)).toEqual([
    { at: 12, message: '"burning" needs an objective: write "slo: 99.9% over 30d" at the target' },
  ]);
});

describe('checkWhen accepts', () => {
  it.each([
    ...BUILT_IN_CONDITIONS,
    'flapping',
    'burning',
    'absent(lag{group=a})',
    'duration > 1h30m',
    'duration > 0',
    'memory_used >= 1.5GiB',
    'memory_used > 0',
    'connections_used > 0.8',
    'connections_used > 80%',
    'clients == 5',
    'avg(failed) over 1h >= 0.1',
    'deviation(duration) over 15m > 50%',
    'deviation(clients) over 15m > 150%',
    'rate(evicted) over 5m > 10/s',
    'rate(evicted) over 5m > 5/m',
    'rate(received) over 5m > 10MB/s',
    'rate(cpu) over 5m > 90%',
    'increase(received) over 1h > 1GB',
    'connections{state=idle} / sum(connections) > 50%',
    'lag / group_members > 1000',
    'memory_used / clients > 10MB',
    'longest_query / clients > 1s',
    'rate(evicted) over 5m / rate(restarts) over 5m > 100',
    'rate(evicted) over 5m / clients > 1/s',
    'clients / rate(evicted) over 5m > 10m',
    'memory_used / rate(received) over 5m > 1h',
    'sum(lag) by (group) > 1000',
    'max(lag_status) by (group) > OK',
    'max(lag_status) over 15m > WARN',
    'lag{group=~"eval-.*",topic!=x} > 1',
    'lag > 100 and group_members == 0 and clients > 1',
    'lag{group=a,topic=b} > 1 and connections > 5 and component{component=b} > operational',
    'replication_lag > pool_max_wait',
  ])('%s', (text) => {
    expect(problemsOf(text)).toEqual([]);
  });
});

const APART = 'join one by sum(…) or max(…), or name an instance in braces';
const PAIR = 'which the left side does not tell apart: name one in braces, or join them by sum(…) or max(…)';

/** Each mistake: the text with ▸ at the place, the message, and what is suggested there. */
const MISTAKES: readonly (readonly [text: string, message: string, suggestion?: string])[] = [
  ['▸duraton > 1s', 'unknown measure "duraton"', 'duration'],
  ['p95(▸Duration) over 5m > 1s', 'unknown measure "Duration"', 'duration'],
  ['clients / ▸client > 1', 'unknown measure "client"', 'clients'],
  ['absent(▸memory-used)', 'unknown measure "memory-used"', 'memory_used'],
  ['lag{▸grup=a} > 1', '"lag" has no label "grup"', 'group'],
  ['lag{▸partition=a} > 1', '"lag" has no label "partition"; there are group, topic'],
  ['clients{▸group=a} > 1', '"clients" has no labels'],
  ['lag{group=~▸"a("} > 1', '"a(" is no regular expression: missing )'],
  ['lag{group!~▸"a("} > 1', '"a(" is no regular expression: missing )'],
  ['sum(lag) by (▸topics) > 1', '"lag" has no label "topics"', 'topic'],

  ['duration > ▸80%', '"80%" does not fit duration, which is a time: write a time such as 800ms or 5m'],
  ['duration > ▸5', '"5" does not fit duration, which is a time: write a time such as 800ms or 5m', '5s'],
  ['duration > ▸5MB', '"5MB" does not fit duration, which is a time: write a time such as 800ms or 5m'],
  ['duration > ▸5s/s', '"5s/s" does not fit duration, which is a time: write a time such as 800ms or 5m', '5s'],
  ['clients > ▸80%', '"80%" does not fit clients, which is a count: write a plain number such as 5'],
  ['clients > ▸5/s', '"5/s" does not fit clients, which is a count: write a plain number such as 5', '5'],
  ['connections_used > ▸80', '"80" does not fit connections_used, which is a ratio: write 80% or 0.8', '80%'],
  ['connections_used > ▸80s', '"80s" does not fit connections_used, which is a ratio: write 80% or 0.8'],
  ['memory_used > ▸512', '"512" does not fit memory_used, which is a size: write a size such as 512MB or 2GiB', '512B'],
  ['memory_used > ▸80%', '"80%" does not fit memory_used, which is a size: write a size such as 512MB or 2GiB'],
  [
    'p95(duration) over 5m > ▸80%',
    '"80%" does not fit p95(duration) over 5m, which is a time: write a time such as 800ms or 5m',
  ],
  [
    'rate(evicted) over 5m > ▸10',
    '"10" does not fit rate(evicted) over 5m, which is a count per second: write a rate such as 10/s or 5/m',
    '10/s',
  ],
  [
    'rate(received) over 5m > ▸10MB',
    '"10MB" does not fit rate(received) over 5m, which is a size per second: write a rate such as 10MB/s',
    '10MB/s',
  ],
  [
    'deviation(duration) over 5m > ▸500ms',
    '"500ms" does not fit deviation(duration) over 5m, which is a ratio: write 80% or 0.8',
  ],
  [
    'memory_used / clients > ▸5%',
    '"5%" does not fit memory_used / clients, which is a size: write a size such as 512MB or 2GiB',
  ],
  [
    'clients / lag{group=a,topic=b} > ▸5s',
    '"5s" does not fit clients / lag{group="a",topic="b"}, which is a ratio: write 80% or 0.8',
  ],

  ['lag_status > ▸1', '"lag_status" is a word: compare it with one of OK, WARN, STOP, STALL, REWIND, not with 1'],
  ['lag_status > ▸ok', '"lag_status" is never "ok"', 'OK'],
  ['lag_status > ▸WARNING', '"lag_status" is never "WARNING"; there are OK, WARN, STOP, STALL, REWIND'],
  ['component > ▸major-outage', '"component" is never "major-outage"', 'major_outage'],
  ['lag_status > ▸REWIND', 'this never holds: nothing is graver than "REWIND"'],
  ['lag_status < ▸OK', 'this never holds: nothing is milder than "OK"'],
  ['▸avg(lag_status) over 5m > OK', '"avg" has no meaning for words: use max or min'],
  ['▸sum(lag_status) > OK', '"sum" has no meaning for words: use max or min'],
  ['clients / ▸lag_status > 1', '"lag_status" is a word and cannot be divided'],

  ['age > ▸deu', 'expected a value or another measure, got "deu"', 'due'],
  ['age > ▸often', expect.stringMatching(/^expected a value or another measure, got "often"; there are duration, /)],
  ['age > ▸clients', '"clients" is a count and the left side is a time'],
  ['age > ▸lag_status', '"lag_status" is a word and the left side is a time'],
  ['rate(evicted) over 5m > ▸clients', '"clients" is a count and the left side is a count per second'],
  ['age > ▸age', '"age" is compared with itself'],
  ['clients > ▸lag', `"lag" has an instance for each group and topic, ${PAIR}`],

  ['▸rate(clients) over 5m > 1/s', '"rate" needs a counter, and "clients" goes up and down: use avg, max or deviation'],
  [
    '▸increase(clients) over 5m > 1',
    '"increase" needs a counter, and "clients" goes up and down: use avg, max or deviation',
  ],
  [
    'avg(clients) over ▸1m > 5',
    'a window of 1m never holds the 5 results that it needs: the target is probed every 15s',
    '1m15s',
  ],
  [
    '▸max(clients) > 5',
    '"max" joins the instances of a measure, and "clients" has but one: leave it out, or add a window',
    'max(clients) over 5m',
  ],
  [
    '▸max(clients) by (db) > 5',
    '"max" joins the instances of a measure, and "clients" has but one: leave it out, or add a window',
    'clients',
  ],
  ['memory_used / ▸duration > 1', '"memory_used" is a size and "duration" is a time: dividing them has no meaning'],
  ['clients / ▸duration > 1', '"clients" is a count and "duration" is a time: dividing them has no meaning'],
  ['connections{state=idle} / ▸connections > 5%', `"connections" has an instance for each state, ${PAIR}`],
  [
    'lag > 5 and ▸connections > 5',
    `the tests have no instance in common: one is told by group and topic, this one by state; ${APART}`,
  ],
];

describe('checkWhen refuses', () => {
  it.each(MISTAKES.map(([marked, message, suggestion]) => ({ marked, message, suggestion })))('$marked', (mistake) => {
    const { marked, message, suggestion } = mistake;
    const problems = problemsOf(marked.replace('▸', ''));
    expect(problems).toEqual([
      { at: marked.indexOf('▸'), message, ...(suggestion === undefined ? {} : { suggestion }) },
    ]);
  });

  it('tells every problem of every test', () => {
    const problems = problemsOf('lag{grup=a,topc=b} > 1 and duraton > 1s and rate(clients) over 5s > 1/s');
    expect(problems.map(({ at }) => at)).toEqual([4, 11, 27, 44, 63]);
  });

  it('both sides of a comparison', () => {
    const problems = problemsOf('rate(clients) over 5s > 80%');
    expect(problems.map(({ at }) => at)).toEqual([0, 19, 24]);
  });

  it('a window too short for the target’s interval only', () => {
    expect(problemsOf('avg(duration) over 5m > 1s', 60_000)).toEqual([]);
    expect(problemsOf('avg(duration) over 5m > 1s', 60_001)).toHaveLength(1);
  });
});
