import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWhen } from '../../../src/core/when/parse.ts';
import { printWhen } from '../../../src/core/when/print.ts';
import {
  ACROSS,
  AGGREGATES,
  COMPARATORS,
  MATCH_OPS,
  MAX_AHEAD_MS,
  MAX_WINDOW_MS,
  type MeasureRef,
  type Operand,
  PER_UNITS,
  STATE_TESTS,
  type Test,
  THRESHOLD_UNITS,
  type When,
} from '../../../src/core/when/tree.ts';
import { BUILT_IN_CONDITIONS } from './built-in.ts';

const POSITIONS = new Set(['at', 'overAt', 'valueAt', 'text']);

/** A tree without positions. */
const shape = (when: When): unknown =>
  JSON.parse(JSON.stringify(when, (key, value: unknown) => (POSITIONS.has(key) ? undefined : value)));

const reread = (when: When): When => {
  const parsed = parseWhen(printWhen(when));
  if (!parsed.ok) throw new Error(`${printWhen(when)}: ${JSON.stringify(parsed.problems)}`);
  return parsed.when;
};

const at = fc.constant(0);
const keywords = new Set(['and', 'or', 'not', 'over', 'in', 'by', 'down', 'flapping', 'burning', 'absent']);
const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,12}$/).filter((text) => !keywords.has(text));
const matcher = fc.record({
  label: fc.stringMatching(/^[a-z][a-z_]{0,5}$/),
  op: fc.constantFrom(...MATCH_OPS),
  value: fc.string({ unit: 'binary' }),
  at,
  valueAt: at,
});
const measure: fc.Arbitrary<MeasureRef> = fc.record({ name, matchers: fc.array(matcher, { maxLength: 3 }), at });
const windowMs = (most: number) => fc.integer({ min: 1, max: most });
const operand: fc.Arbitrary<Operand> = fc.oneof(
  fc.record({ kind: fc.constant('measure' as const), measure }),
  fc.record({
    kind: fc.constant('aggregate' as const),
    fn: fc.constantFrom(...AGGREGATES.filter((fn) => fn !== 'predict')),
    at,
    measure,
    overMs: windowMs(MAX_WINDOW_MS),
    overAt: at,
  }),
  fc.record({
    kind: fc.constant('aggregate' as const),
    fn: fc.constant('predict' as const),
    at,
    measure,
    overMs: windowMs(MAX_WINDOW_MS),
    overAt: at,
    inMs: windowMs(MAX_AHEAD_MS),
  }),
  fc.record({
    kind: fc.constant('across' as const),
    fn: fc.constantFrom(...ACROSS),
    at,
    measure,
    by: fc.array(fc.record({ label: name, at }), { maxLength: 3 }),
  }),
);
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
const value = fc.oneof(
  fc.record(
    {
      kind: fc.constant('number' as const),
      number,
      unit: fc.constantFrom(...THRESHOLD_UNITS),
      per: fc.constantFrom(...PER_UNITS),
      at,
    },
    { requiredKeys: ['kind', 'number', 'at'] },
  ),
  fc.record({ kind: fc.constant('word' as const), word: name, at }),
);
const comparison = fc.record(
  {
    kind: fc.constant('compare' as const),
    left: operand,
    divisor: operand,
    op: fc.constantFrom(...COMPARATORS),
    value,
  },
  { requiredKeys: ['kind', 'left', 'op', 'value'] },
);
const test: fc.Arbitrary<Test> = fc.oneof(
  fc.record({ kind: fc.constantFrom(...STATE_TESTS) }),
  fc.record({ kind: fc.constant('absent' as const), measure }),
  comparison,
);
const tree: fc.Arbitrary<When> = fc.record({
  text: fc.constant(''),
  tests: fc.array(test, { minLength: 1, maxLength: 4 }),
});

describe('printWhen', () => {
  it.each([
    ['p95( duration )over 300s>0800ms', 'p95(duration) over 5m > 800ms'],
    ['lag{group=a,topic=~"b\\d"}>=1', String.raw`lag{group="a",topic=~"b\\d"} >= 1`],
    ['sum(lag)by(group,topic)!=1e3', 'sum(lag) by (group, topic) != 1000'],
    ['predict(x) over 6h in 24h>=100 %', 'predict(x) over 6h in 1d >= 100%'],
    ['down   and absent(x) and age>due', 'down and absent(x) and age > due'],
    ['rate(a) over 5m/rate(b) over 5m>5MB/s', 'rate(a) over 5m / rate(b) over 5m > 5MB/s'],
  ])('writes %s as %s', (text, canonical) => {
    const parsed = parseWhen(text);
    expect(parsed.ok && printWhen(parsed.when)).toBe(canonical);
  });

  it.each(BUILT_IN_CONDITIONS)('keeps the meaning of %s', (text) => {
    const parsed = parseWhen(text);
    expect(parsed.ok && shape(reread(parsed.when))).toEqual(parsed.ok && shape(parsed.when));
  });

  it('can be read again as the same tree, whatever the tree', () => {
    fc.assert(
      fc.property(tree, (when) => {
        expect(shape(reread(when))).toEqual(shape(when));
      }),
      { numRuns: 1000 },
    );
  });
});

/** Pieces of conditions in any order, so that most are nearly right. */
const pieces = fc
  .array(
    fc.oneof(
      fc.constantFrom(...AGGREGATES, ...COMPARATORS, ...MATCH_OPS, ...THRESHOLD_UNITS, ...STATE_TESTS),
      fc.constantFrom(
        'and',
        'over',
        'in',
        'by',
        'absent',
        '(',
        ')',
        '{',
        '}',
        ',',
        '/',
        '"',
        "'",
        '\\',
        '5',
        '5m',
        ' ',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 40 },
  )
  .map((all) => all.join(' '));

describe('parseWhen on any text', () => {
  it.each([
    ['pieces of conditions', pieces],
    ['any text', fc.string({ unit: 'binary' })],
  ])('answers with a tree that prints, or with problems inside the text: %s', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseWhen(text);
        if (parsed.ok) expect(shape(reread(parsed.when))).toEqual(shape(parsed.when));
        else expect(parsed.problems.length).toBeGreaterThan(0);
        for (const { at } of parsed.ok ? [] : parsed.problems) expect(at).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2000 },
    );
  });

  const MANY = 200_000;
  it.each([
    ['brackets', '('.repeat(MANY)],
    ['braces', `a${'{'.repeat(MANY)}`],
    ['an open quote', `a{b="${'\\'.repeat(MANY)}`],
    ['quotes', `a{b=${'"'.repeat(MANY)}`],
    ['digits', `a > ${'1'.repeat(MANY)}x`],
    ['a compound duration', `a > ${'1h'.repeat(MANY)}`],
    ['a compound window', `avg(a) over ${'1h'.repeat(MANY)} > 1`],
    ['a long name', `${'a'.repeat(MANY)} > 1`],
    ['tests', `${'down and '.repeat(MANY)}down`],
    ['mistakes', 'x and '.repeat(MANY)],
    ['matchers', `a{${'b=c,'.repeat(MANY)}} > 1`],
    ['white space', `a${' '.repeat(MANY)}`],
  ])('takes time linear in it: %s', (_, text) => {
    const before = process.cpuUsage();
    parseWhen(text);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(3000);
  });
});
