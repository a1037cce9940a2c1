import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Labels } from '../../src/core/labels.ts';
import type { MeasureSpec } from '../../src/core/measure.ts';
import { checkWhen } from '../../src/core/when/check.ts';
import { measuresIn } from '../../src/core/when/needs.ts';
import { parseWhen } from '../../src/core/when/parse.ts';
import { ACROSS, AGGREGATES, COMPARATORS, MATCH_OPS, STATE_TESTS, type When } from '../../src/core/when/tree.ts';
import { compile, evaluate, explainCondition } from '../../src/judge/condition.ts';
import { probeTypes } from '../../src/probe/registry.ts';
import { MEASURES } from '../core/when/measures.ts';
import { distinct, evidenceOf, type Seen, seriesOf } from './seen.ts';

const PAGE = readFileSync(new URL('../../docs/when.md', import.meta.url), 'utf8');
const EXAMPLES = [...PAGE.matchAll(/^```when\n(.*?)^```$/gms)]
  .flatMap(([, body = '']) => body.split('\n'))
  .filter((line) => line !== '' && !line.startsWith('#'));

const parsed = (text: string): When => {
  const read = parseWhen(text);
  if (!read.ok) throw new Error(`${text} does not parse`);
  return read.when;
};

/** The measures of a type that can have the condition. */
const measuresFor = (when: When): readonly MeasureSpec[] | undefined =>
  probeTypes
    .map(({ measures }) => measures)
    .find(
      (measures) =>
        checkWhen(when, measures, { patternProblem: () => undefined, hasSlo: true, intervalMs: 10_000 }).length === 0,
    );

/** Label sets that every matcher of the condition finds something in. */
function labelSets(when: When, { labels = [] }: MeasureSpec): readonly Labels[] {
  const asked = when.tests.flatMap(measuresIn).flatMap(({ matchers }) => matchers);
  return labels.reduce<readonly Labels[]>(
    (sets, name) => {
      const values = new Set([
        'eval-1',
        ...asked.filter(({ label, op }) => label === name && op === '=').map((m) => m.value),
      ]);
      return sets.flatMap((set) => [...values].map((value) => ({ ...set, [name]: value })));
    },
    [{}],
  );
}

/** Everything measured, for hours: counters that grow, gauges that stand. */
const allSeen = (when: When, measures: readonly MeasureSpec[]): Seen => ({
  latest: measures.flatMap((measure) =>
    labelSets(when, measure).map((labels) => ({ name: measure.name, value: 1, labels })),
  ),
  series: Object.fromEntries(
    measures.map((measure) => [
      measure.name,
      labelSets(when, measure).map((labels) =>
        seriesOf(
          Array.from({ length: 3000 }, (_, i) => (measure.kind === 'counter' ? 100 + i : 1)),
          labels,
        ),
      ),
    ]),
  ),
  usual: () => 1,
});

describe('every condition of docs/when.md', () => {
  it.each(EXAMPLES)('can be judged: %s', (text) => {
    const when = parsed(text);
    const measures = measuresFor(when);
    if (measures === undefined) throw new Error(`no type can have ${text}`);
    const readings = evaluate(compile({ when, measures }), evidenceOf(allSeen(when, measures)));
    expect(readings.length).toBeGreaterThan(0);
    const compares = when.tests.some(({ kind }) => kind === 'compare');
    for (const { value, threshold } of readings) {
      expect(Number.isFinite(value)).toBe(compares);
      expect(Number.isFinite(threshold)).toBe(compares);
    }
  });
});

const name = fc.constantFrom(
  'failed',
  'duration',
  'clients',
  'evicted',
  'lag',
  'group_members',
  'lag_status',
  'unheard',
);
const label = fc.constantFrom('group', 'topic', 'state', 'other');
const matcher = fc
  .tuple(label, fc.constantFrom(...MATCH_OPS), fc.constantFrom('a', 'b', 'a|b', '.*', '(', ''))
  .map(([of, op, value]) => `${of}${op}"${value}"`);
const measure = fc
  .tuple(name, fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(matcher, { maxLength: 2 })))
  .map(([of, matchers]) => (matchers.length === 0 ? of : `${of}{${matchers.join(',')}}`));
const over = fc.constantFrom('1m', '2m', '10m', '30d', '1ms');
const operand = fc.oneof(
  measure,
  fc
    .tuple(fc.constantFrom(...AGGREGATES), measure, over)
    .map(([fn, of, window]) => `${fn}(${of}) over ${window}${fn === 'predict' ? ' in 1h' : ''}`),
  fc
    .tuple(fc.constantFrom(...ACROSS), measure, fc.uniqueArray(label, { maxLength: 2 }))
    .map(([fn, of, by]) => `${fn}(${of})${by.length === 0 ? '' : ` by (${by.join(', ')})`}`),
);
const test = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(...STATE_TESTS) },
  { weight: 1, arbitrary: measure.map((of) => `absent(${of})`) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        operand,
        fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, operand),
        fc.constantFrom(...COMPARATORS),
        fc.oneof(
          { weight: 1, arbitrary: name },
          { weight: 4, arbitrary: fc.constantFrom('0', '5', '80%', '1s', 'WARN') },
        ),
      )
      .map(([left, divisor, op, value]) => `${left}${divisor === undefined ? '' : ` / ${divisor}`} ${op} ${value}`),
  },
);
const condition = fc
  .oneof({ weight: 2, arbitrary: test.map((one) => [one]) }, fc.array(test, { minLength: 2, maxLength: 3 }))
  .map((tests) => tests.join(' and '));

const value = fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double());
const labels = fc.dictionary(label, fc.constantFrom('a', 'b', ''), { maxKeys: 3 });
const seen = fc.record({
  latest: fc.array(fc.record({ name, value, labels }), { maxLength: 30 }).map(distinct),
  series: fc.dictionary(
    name,
    fc.array(
      fc.tuple(fc.array(value, { minLength: 5, maxLength: 100 }), labels).map(([values, of]) => seriesOf(values, of)),
      { maxLength: 4 },
    ),
  ),
  outages: fc.array(fc.record({ sinceMs: fc.double(), untilMs: fc.double() }), { maxLength: 2 }),
  usual: fc.option(value, { nil: undefined }).map((usual) => () => usual),
});

describe('any condition over any samples', () => {
  it('is judged without a throw, and no reading has a value that is none', () => {
    let judged = 0;
    fc.assert(
      fc.property(condition, seen, (text, samples) => {
        const made = compile({ when: parsed(text), measures: MEASURES });
        const evidence = evidenceOf(samples);
        const readings = evaluate(made, evidence);
        judged += readings.length;
        for (const each of [...readings, ...explainCondition(made, evidence).flatMap((one) => one.readings)]) {
          expect(each.value).not.toBeNaN();
          expect(each.threshold).not.toBeNaN();
          expect(each.value === undefined).toBe(each.threshold === undefined);
        }
      }),
      { numRuns: 3000 },
    );
    expect(judged).toBeGreaterThan(300);
  });

  it('tells each instance once', () => {
    fc.assert(
      fc.property(operand, seen, (left, samples) => {
        const when = parsed(`${left} > 0`);
        const checked = checkWhen(when, MEASURES, { patternProblem: () => undefined, hasSlo: true, intervalMs: 1 });
        fc.pre(!checked.some(({ message }) => message.startsWith('unknown measure')));
        const readings = evaluate(compile({ when, measures: MEASURES }), evidenceOf({ latest: samples.latest }));
        const told = readings.map((reading) => JSON.stringify(Object.entries(reading.labels).sort()));
        expect(new Set(told).size).toBe(told.length);
      }),
    );
  });
});
