import { expect, it } from 'vitest';
import { parseWhen } from '../../../src/core/when/parse.ts';

const CONDITION = 'a condition such as "down" or "p95(duration) over 5m > 800ms"';
const COMPARISON = 'a comparison (> >= < <= == !=)';
const VALUE = 'a value such as 80%, 800ms or 512MB';
const UNITS = 'units are %, ms s m h d w, B kB MB GB KiB MiB GiB, and /s /m';
const FUNCTIONS = 'functions are avg, min, max, sum, p50, p90, p95, p99, rate, increase, deviation, predict and absent';

/** Each mistake: the text with ▸ before the place, the message, and what is suggested there. */
const MISTAKES: readonly (readonly [text: string, message: string, suggestion?: string])[] = [
  ['▸', `expected ${CONDITION}, got the end`],
  ['  ▸', `expected ${CONDITION}, got the end`],
  ['▸> 5', `expected ${CONDITION}, got ">"`],
  ['▸!down', `expected ${CONDITION}, got "!"`],
  ['▸not down', 'expected a measure or a function, got "not"'],
  ['▸5m < duration', 'expected a measure (the value stands on the right), got "5m"'],
  ['▸"duration" > 5s', 'expected a measure or a function, got "duration"'],
  ['▸(duration > 5s)', 'a condition takes no brackets of its own: all its tests must hold'],
  ['down and ▸', `expected ${CONDITION}, got the end`],
  ['down and ▸and down', 'expected a measure or a function, got "and"'],
  ['down ▸> 1', '"down" stands alone, without a comparison'],
  ['absent(lag) ▸== 1', 'absent(lag) stands alone, without a comparison'],
  ['absent ▸lag', 'expected "(" after "absent", got "lag"'],
  ['down ▸or flapping', '"or" is not part of the language: write two alerts'],
  ['down ▸|| flapping', '"or" is not part of the language: write two alerts'],
  ['down ▸&& flapping', 'expected "and" or the end, got "&&"', 'and'],
  ['down ▸AND flapping', 'expected "and" or the end, got "AND"', 'and'],
  ['clients > 5 ▸clients < 9', 'expected "and" or the end, got "clients"'],
  ['clients > 5 ▸for 5m', '"for" is a key of its own beside "when"'],

  ['duration▸', `expected ${COMPARISON}, got the end`],
  ['duration ▸5s', `expected ${COMPARISON}, got "5s"`],
  ['status ▸= 200', `expected ${COMPARISON}, got "="`, '=='],
  ['status ▸is 200', `expected ${COMPARISON}, got "is"`, '=='],
  ['status ▸=> 200', `expected ${COMPARISON}, got "=>"`, '>='],
  ['status ▸≥ 200', `expected ${COMPARISON}, got "≥"`, '>='],
  ['status ▸<> 200', `expected ${COMPARISON}, got "<>"`, '!='],
  ['status ▸=~ 200', `expected ${COMPARISON}, got "=~"`],
  ['a / b ▸/ c > 1', 'a condition divides once'],
  ['a / ▸> 1', 'expected a measure or a function, got ">"'],

  ['duration > ▸', `expected ${VALUE}, got the end`],
  ['duration > ▸and down', `expected ${VALUE}, got "and"`],
  ['duration > ▸> 5s', `expected ${VALUE}, got ">"`],
  ['duration > ▸avg(duration) over 5m', 'the right side is a value or the bare name of a measure'],
  ['age > ▸due{job=a}', 'the right side is a value or the bare name of a measure'],
  ['lag_status > ▸"WARN"', 'a word stands without quotes', 'WARN'],
  ['duration > 5▸seconds', `unknown unit "seconds"; ${UNITS}`, 's'],
  ['duration > 5 ▸minutes', `unknown unit "minutes"; ${UNITS}`, 'm'],
  ['duration > 5▸mS', `unknown unit "mS"; ${UNITS}`, 'ms'],
  ['duration > 5▸parsecs', `unknown unit "parsecs"; ${UNITS}`],
  ['memory_used > 512▸M', `unknown unit "M"; ${UNITS}`, 'MB'],
  ['memory_used > 1▸kb', `unknown unit "kb"; ${UNITS}`, 'kB'],
  ['memory_used > 1▸Mb/s', `unknown unit "Mb"; ${UNITS}`, 'MB'],
  ['duration > 1.2▸.3', `unknown unit ".3"; ${UNITS}`],
  ['clients > 1▸_000', `unknown unit "_000"; ${UNITS}`],
  ['clients > ▸1e999', '"1e999" is too large'],
  ['evicted > 10/▸5', 'expected "s" or "m" after "/", got "5"'],
  ['evicted > 10▸/h', 'a rate is per second (/s) or per minute (/m), not "/h"'],
  ['evicted > 10▸/sec', 'a rate is per second (/s) or per minute (/m), not "/sec"', '/s'],

  ['duration ▸over 5m > 1s', '"over" needs a function: avg(duration) over 5m'],
  ['p95(duration)▸ > 1s', '"p95" needs a window: p95(duration) over 5m'],
  ['rate(evicted▸[5m]) > 0', 'the window stands behind: rate(evicted) over 5m'],
  ['avg(x) over ▸> 1', 'expected a duration such as 5m after "over", got ">"'],
  ['avg(x) over ▸5 > 1', 'a duration needs a unit, got "5"', '5m'],
  ['avg(x) over 5▸min > 1', 'expected a duration such as 5m or 1h30m, got "5min"', 'm'],
  ['avg(x) over ▸-5m > 1', 'expected a duration such as 5m or 1h30m, got "-5m"'],
  ['avg(x) over ▸0s > 1', 'the duration after "over" must be longer than 0'],
  ['avg(x) over ▸31d > 1', '"31d" is too long: at most 30d'],
  ['predict(x) over 6h▸ > 1', '"predict" needs how far it looks ahead: predict(x) over 6h in 24h'],
  ['predict(x) over 6h in ▸500d > 1', '"500d" is too long: at most 400d'],
  ['predict(x) over 6h in ▸0s > 1', 'the duration after "in" must be longer than 0'],
  ['avg(x) over 6h ▸in 24h > 1', 'only "predict" looks ahead; "avg" takes no "in"'],
  ['▸avrg(duration) over 5m > 1s', `unknown function "avrg"; ${FUNCTIONS}`, 'avg'],
  ['▸AVG(duration) over 5m > 1s', `unknown function "AVG"; ${FUNCTIONS}`, 'avg'],
  ['▸median(duration) over 5m > 1s', `unknown function "median"; ${FUNCTIONS}`],
  ['max(▸rate(evicted) over 5m) > 1', 'functions do not nest: name a measure'],
  ['avg(▸) over 5m > 1', 'expected a measure in avg(…), got ")"'],
  ['avg(x▸ over 5m > 1', 'expected ")", got "over"'],
  ['sum ▸by (group) (lag) > 1', '"by" stands behind: sum(lag) by (group)'],
  ['sum(lag) by ▸group > 1', 'expected "(" after "by", got "group"'],
  ['sum(lag) by (▸) > 1', 'expected a label, got ")"'],
  ['sum(lag) by (group▸ > 1', 'expected "," or ")", got ">"'],

  ['lag{▸=a} > 1', 'expected a label, got "="'],
  ['lag{group▸} > 1', 'expected =, !=, =~ or !~ after "group", got "}"'],
  ['lag{group▸==a} > 1', 'expected =, !=, =~ or !~ after "group", got "=="', '='],
  ['lag{group=▸} > 1', 'expected a value for "group" ("" for an empty one), got "}"'],
  ['lag{group=▸"a} > 1', 'this quote is never closed'],
  [
    'connections{state=idle ▸in transaction} > 1',
    'expected "," or "}" after the value (a value with spaces or brackets needs quotes), got "in"',
  ],
  [
    'lag{group=~a▸{2}} > 1',
    'expected "," or "}" after the value (a value with spaces or brackets needs quotes), got "{"',
  ],
  ['lag{group=a▸', 'expected "," or "}" after the value (a value with spaces or brackets needs quotes), got the end'],
];

it.each(MISTAKES.map(([marked, message, suggestion]) => ({ marked, message, suggestion })))('$marked', (mistake) => {
  const { marked, message, suggestion } = mistake;
  const at = marked.indexOf('▸');
  const [first] = problemsOf(marked.replace('▸', ''));
  expect(first?.message).toBe(message);
  expect(first?.suggestion).toBe(suggestion);
  // The mark may stand before the white space that precedes the place.
  expect(marked.slice(at + 1, (first?.at ?? -1) + 1).trim()).toBe('');
  expect(first?.at).toBeGreaterThanOrEqual(at);
});

const problemsOf = (text: string) => {
  const parsed = parseWhen(text);
  return parsed.ok ? [] : parsed.problems;
};

it('tells every test that is wrong, once each', () => {
  const problems = problemsOf('lag{a b} > 1 and duration = 5s and clients > 5 and x >');
  expect(problems.map(({ at }) => at)).toEqual([6, 26, 54]);
});

it('does not repeat an endless text in its message', () => {
  const [problem] = problemsOf(`clients > 5 ${'x'.repeat(100_000)}`);
  expect(problem?.message.length).toBeLessThan(100);
});
