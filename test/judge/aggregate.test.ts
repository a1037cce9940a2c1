import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  greatestOf,
  increaseOf,
  leastOf,
  meanOf,
  predictionOf,
  rateOf,
  type Samples,
  sumOf,
} from '../../src/judge/aggregate.ts';
import { quantileOf } from '../../src/judge/quantile.ts';

/** Samples a second apart unless times are given, with room behind them that does not count. */
const samplesOf = (values: readonly number[], times = values.map((_, i) => i * 1000)): Samples => ({
  times: Float64Array.from([...times, 1, 2, 3]),
  values: Float64Array.from([...values, 1e9, -1e9, Number.NaN]),
  count: values.length,
});

const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 });
/** Many equal values, as `failed` has them, or none. */
const lists = fc.oneof(
  fc.array(finite, { minLength: 1, maxLength: 200 }),
  fc.array(fc.constantFrom(0, 1), { minLength: 1, maxLength: 200 }),
);
const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);

describe('aggregates of a window', () => {
  it.each([
    ['avg', meanOf(samplesOf([1, 2, 6])), 3],
    ['sum', sumOf(samplesOf([1, 2, 6])), 9],
    ['min', leastOf(samplesOf([2, -1, 6])), -1],
    ['max', greatestOf(samplesOf([-2, -1, -6])), -1],
    ['a sum of tenths', sumOf(samplesOf(Array(10).fill(0.1))), 1],
    ['a sum of very different sizes', sumOf(samplesOf([1e100, 1, -1e100])), 1],
    ['a sum with what is endless', sumOf(samplesOf([1, Number.POSITIVE_INFINITY, 2])), Number.POSITIVE_INFINITY],
  ])('yield what they should: %s', (_, value, expected) => {
    expect(value).toBe(expected);
  });

  it.each([
    ['avg', meanOf],
    ['min', leastOf],
    ['max', greatestOf],
    ['p95', (samples: Samples) => quantileOf(samples, 0.95)],
    ['rate', (samples: Samples) => rateOf(samples, { startMs: 0, endMs: 1000 })],
    ['predict', (samples: Samples) => predictionOf(samples, { startMs: 0, endMs: 1000 }, 1000)],
  ])('have no value without samples: %s', (_, aggregate) => {
    expect(aggregate(samplesOf([]))).toBeNaN();
  });

  it('agree with the plain way to calculate them, whatever the values', () => {
    fc.assert(
      fc.property(lists, (values) => {
        const sum = values.reduce((total, value) => total + value, 0);
        expect(sumOf(samplesOf(values))).toBeCloseTo(sum, 4);
        expect(meanOf(samplesOf(values))).toBeCloseTo(sum / values.length, 4);
        expect(leastOf(samplesOf(values))).toBe(Math.min(...values));
        expect(greatestOf(samplesOf(values))).toBe(Math.max(...values));
      }),
    );
  });
});

describe('a quantile', () => {
  it.each([
    { values: [3, 1, 2], part: 0.5, is: 2 },
    { values: [4, 1, 3, 2], part: 0.5, is: 2.5 },
    { values: [0, 10], part: 0.9, is: 9 },
    { values: [7], part: 0.99, is: 7 },
    { values: [5, 1], part: 0, is: 1 },
    { values: [5, 1], part: 1, is: 5 },
    { values: [1, 1, 1, 1], part: 0.95, is: 1 },
  ])('of $part of $values is $is', ({ values, part, is }) => {
    expect(quantileOf(samplesOf(values), part)).toBeCloseTo(is, 12);
  });

  it('is what sorting would find, whatever the values', () => {
    fc.assert(
      fc.property(lists, fc.constantFrom(0, 0.5, 0.9, 0.95, 0.99, 1), (values, part) => {
        const ascending = sorted(values);
        const rank = part * (values.length - 1);
        const below = Math.floor(rank);
        const [lower = 0, upper = lower] = ascending.slice(below, below + 2);
        expect(quantileOf(samplesOf(values), part)).toBe(lower * (1 - (rank - below)) + upper * (rank - below));
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves the same values behind, in another order', () => {
    fc.assert(
      fc.property(lists, (values) => {
        const samples = samplesOf(values);
        quantileOf(samples, 0.95);
        // To a sort 0 and -0 are the same.
        const plain = (all: readonly number[]) => sorted(all.map((value) => value + 0));
        expect(plain([...samples.values.subarray(0, samples.count)])).toEqual(plain(values));
      }),
    );
  });

  it.each([
    ['ascending', (i: number) => i],
    ['descending', (i: number) => -i],
    ['all the same', () => 1],
    ['a saw', (i: number) => i % 7],
    ['a mountain', (i: number) => -Math.abs(i - 50_000)],
  ])('of very many values is found as quickly in any order: %s', (_, valueAt) => {
    const values = Array.from({ length: 100_000 }, (_, i) => valueAt(i));
    const before = process.cpuUsage();
    for (let i = 0; i < 10; i++) quantileOf(samplesOf(values), 0.95);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(3000);
  });
});

/** Times and window in seconds. */
const increase = (values: readonly number[], times: readonly number[], start: number, end: number): number =>
  increaseOf(
    samplesOf(
      values,
      times.map((s) => s * 1000),
    ),
    { startMs: start * 1000, endMs: end * 1000 },
  );

describe('how much a counter grew', () => {
  const quarters = [15, 30, 45, 60];
  it.each([
    ['is extrapolated to both ends where they are near', [100, 110, 120, 130], quarters, 0, 60, 40],
    ['never goes back to before it was 0', [0, 10, 20, 30], quarters, 0, 60, 30],
    ['goes back to where it was 0', [5, 15, 25, 35], quarters, 0, 60, 35],
    ['goes on over a reset', [110, 120, 0, 10], quarters, 0, 60, 20 * (60 / 45)],
    ['goes on over two resets', [100, 4, 3, 2], quarters, 0, 60, 9 * (60 / 45)],
    ['does not reach an end that is far: half a distance', [100, 110, 120, 130], quarters, -60, 120, 30 * (60 / 45)],
    ['does not grow', [7, 7, 7], [10, 20, 30], 0, 30, 0],
    ['began half a distance before its first sample, not at 0', [9, 19, 29, 39], quarters, -60, 60, 30 * (52.5 / 45)],
  ])('%s', (_, values, times, start, end, expected) => {
    expect(increase(values, times, start, end)).toBeCloseTo(expected, 9);
  });

  it.each([[[]], [[7]]])('is not known by less than two samples: %j', (values) => {
    expect(increase(values, [10], 0, 30)).toBeNaN();
  });

  it('is at least what was seen, and at most twice the whole window', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 2, maxLength: 50 }), (steps) => {
        let total = 5000;
        const values = steps.map((by) => (total += by));
        const grown = total - (values[0] ?? 0);
        const times = steps.map((_, i) => (i + 1) * 10);
        const found = increase(values, times, 0, steps.length * 10);
        expect(found).toBeGreaterThanOrEqual(grown);
        expect(found).toBeLessThanOrEqual(2 * grown);
      }),
    );
  });

  it('does not care at which moments its service restarted, but for what was lost before the first sample after it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 5, maxLength: 50 }),
        fc.nat(),
        (steps, at) => {
          let total = 1e6;
          const steady = steps.map((by) => (total += by));
          const reset = 1 + (at % (steps.length - 1));
          // What the counter showed after its restart begins at 0.
          const base = steady[reset - 1] ?? 0;
          const restarted = steady.map((value, i) => (i < reset ? value : value - base));
          const times = steps.map((_, i) => (i + 1) * 10);
          expect(increase(restarted, times, 0, 500)).toBeCloseTo(increase(steady, times, 0, 500), 6);
        },
      ),
    );
  });

  it('per second is the growth by the length of the window', () => {
    const samples = samplesOf([100, 110, 120, 130], [15_000, 30_000, 45_000, 60_000]);
    expect(rateOf(samples, { startMs: 0, endMs: 60_000 })).toBeCloseTo(40 / 60, 12);
  });
});

describe('a prediction', () => {
  it.each([
    ['goes on along a line', [0, 10, 20], [0, 10, 20], 20, 30, 50],
    ['counts from the end of the window, not from the last sample', [0, 10, 20], [0, 10, 20], 25, 30, 55],
    ['stays where it is level', [0.3, 0.3, 0.3], [0, 10, 20], 20, 86_400, 0.3],
    ['is the line that is nearest to all', [0, 3, 0], [0, 1, 2], 2, 1, 1],
  ])('%s', (_, values, times, end, ahead, expected) => {
    const samples = samplesOf(
      values,
      times.map((s) => s * 1000),
    );
    expect(predictionOf(samples, { startMs: 0, endMs: end * 1000 }, ahead * 1000)).toBeCloseTo(expected, 9);
  });

  it('of what is level is exactly that', () => {
    const samples = samplesOf(Array(1000).fill(0.1));
    expect(predictionOf(samples, { startMs: 0, endMs: 1e9 }, 1e9)).toBe(0.1);
  });

  it('finds every line again, however late on the clock', () => {
    const slope = fc.double({ min: -100, max: 100, noNaN: true });
    fc.assert(
      fc.property(slope, finite, fc.integer({ min: 0, max: 1e9 }), (perSecond, start, fromMs) => {
        const times = Array.from({ length: 20 }, (_, i) => fromMs + i * 15_000);
        const values = times.map((ms) => start + (perSecond * (ms - fromMs)) / 1000);
        const endMs = fromMs + 20 * 15_000;
        const found = predictionOf(samplesOf(values, times), { startMs: fromMs, endMs }, 60_000);
        const expected = start + perSecond * 360;
        expect(Math.abs(found - expected)).toBeLessThan(1e-6 * (1 + Math.abs(expected) + Math.abs(start)));
      }),
    );
  });
});
