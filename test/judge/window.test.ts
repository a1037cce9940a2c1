import { describe, expect, it } from 'vitest';
import { explainCondition } from '../../src/judge/condition.ts';
import { compiled, evidenceOf, holding, INTERVAL_MS, NOW_MS, readings, type Seen, seriesOf, valueIn } from './seen.ts';

describe('a window', () => {
  const duration = (values: readonly number[]): Seen => ({ series: { duration: [seriesOf(values)] } });
  const ones = (count: number): readonly number[] => Array(count).fill(1);

  it('is open on the left: it does not hold what is exactly as old as it is long', () => {
    expect(valueIn('sum(duration) over 1m > 0s', duration(ones(20)))).toBe(6);
  });

  it.each([
    { text: 'avg(duration) over 50s > 0s', results: 4, needed: 5 },
    { text: 'avg(duration) over 2m > 0s', results: 5, needed: 6 },
    { text: 'avg(duration) over 105s > 0s', results: 5, needed: 6 },
    { text: 'avg(duration) over 15m > 0s', results: 44, needed: 45 },
  ])('$text has no value by $results results, and one by $needed', ({ text, results, needed }) => {
    expect(readings(text, duration(ones(results)))).toEqual([]);
    expect(readings(text, duration(ones(needed)))).toHaveLength(1);
    expect(explainCondition(compiled(text), evidenceOf(duration(ones(results))))).toMatchObject([
      { window: { results, needed }, readings: [] },
    ]);
  });

  it('does not count what has no value', () => {
    expect(readings('avg(duration) over 1m > 0s', duration([1, 1, 1, Number.NaN, Number.NaN, 1]))).toEqual([]);
    expect(valueIn('avg(duration) over 1m > 0s', duration([1, 1, 1, Number.NaN, 1, 6]))).toBe(2);
  });

  const rising = Array.from({ length: 90 }, (_, i) => i);
  it.each([
    ['avg(duration) over 10m > 0s', 59.5],
    ['min(duration) over 10m > 0s', 30],
    ['max(duration) over 10m > 0s', 89],
    ['sum(duration) over 10m > 0s', 59.5 * 60],
    ['p50(duration) over 10m > 0s', 59.5],
    ['p90(duration) over 10m > 0s', 30 + 59 * 0.9],
    ['p95(duration) over 10m > 0s', 30 + 59 * 0.95],
    ['p99(duration) over 10m > 0s', 30 + 59 * 0.99],
    ['predict(duration) over 10m in 1m > 0s', 95],
  ])('%s', (text, value) => {
    expect(valueIn(text, duration(rising))).toBeCloseTo(value, 9);
  });

  it.each([
    ['rate(evicted) over 10m > 0/s', 0.1],
    ['increase(evicted) over 10m > 0', 60],
    ['rate(evicted) over 10m / rate(evicted) over 5m > 0', 1],
  ])('knows counters: %s', (text, value) => {
    expect(valueIn(text, { series: { evicted: [seriesOf(rising)] } })).toBeCloseTo(value, 9);
  });

  it('keeps the gravest word', () => {
    const seen = { series: { lag_status: [seriesOf([0, 0, 3, 0, 0, 1], { group: 'a' })] } };
    expect(holding('max(lag_status) over 1m > STOP', seen)).toEqual({ a: true });
  });

  it('is looked at for each instance, and only for those that are meant', () => {
    const series = { lag: ['a', 'b', 'c'].map((group, i) => seriesOf(Array(6).fill(i), { group, topic: 't' })) };
    expect(holding('avg(lag{group!=c}) over 1m >= 1', { series })).toEqual({ 'a t': false, 'b t': true });
  });

  describe('beside an outage', () => {
    /** The last 12 results; those of the 5th to the 8th last are of an outage. */
    const outages = [{ sinceMs: NOW_MS - 7 * INTERVAL_MS, untilMs: NOW_MS - 4 * INTERVAL_MS }];
    const values = [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0];
    it.each([
      ['avg(failed) over 2m >= 0%', 'failed', 0],
      ['max(duration) over 2m >= 0s', 'duration', 0],
      ['max(clients) over 2m >= 0', 'clients', 1],
    ])('%s is %s, %d', (text, measure, value) => {
      expect(valueIn(text, { series: { [measure]: [seriesOf(values)] }, outages })).toBe(value);
    });

    it('has no value where too little is left', () => {
      const open = [{ sinceMs: NOW_MS - 7 * INTERVAL_MS, untilMs: Number.POSITIVE_INFINITY }];
      expect(readings('avg(failed) over 2m > 0%', { series: { failed: [seriesOf(values)] }, outages: open })).toEqual(
        [],
      );
    });
  });

  describe('beside what is usual', () => {
    const doubled = (usual: number | undefined) =>
      valueIn('deviation(duration) over 1m > 50%', { ...duration(Array(6).fill(2)), usual: () => usual });
    it.each([
      [1, 1],
      [2, 0],
      [4, -0.5],
      [0, undefined],
      [undefined, undefined],
    ])('is by how much it is more than %s: %s', (usual, deviation) => {
      expect(doubled(usual)).toBe(deviation);
    });
  });
});
