import type { Aggregate } from '../core/when/tree.ts';

/** The samples of a window, in its first `count` places, oldest first; times in monotonic ms, values in base units. */
export interface Window {
  readonly times: Float64Array;
  /** May be put into another order by what reads it last. */
  readonly values: Float64Array;
  readonly count: number;
  readonly afterMs: number;
  readonly untilMs: number;
}

/** Functions of a window alone; `predict` and `deviation` need more and are functions of their own. */
export type Plain = Exclude<Aggregate, 'deviation' | 'predict'>;

/** What a function yields for a window of at least two samples, in base units; by PromQL's formulas. */
export const aggregates: Readonly<Record<Plain, (window: Window) => number>> = {
  avg: (window) => sum(window) / window.count,
  sum,
  min: ({ values, count }) => fold(values, count, Math.min),
  max: ({ values, count }) => fold(values, count, Math.max),
  p50: (window) => quantile(window, 0.5),
  p90: (window) => quantile(window, 0.9),
  p95: (window) => quantile(window, 0.95),
  p99: (window) => quantile(window, 0.99),
  increase: (window) => grown(window),
  rate: (window) => grown(window) / ((window.untilMs - window.afterMs) / 1000),
};

function sum({ values, count }: Window): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += values[i] ?? 0;
  return total;
}

function fold(values: Float64Array, count: number, pick: (a: number, b: number) => number): number {
  let found = values[0] ?? Number.NaN;
  for (let i = 1; i < count; i++) found = pick(found, values[i] ?? Number.NaN);
  return found;
}

/**
 * The exact quantile with linear interpolation between the two nearest values, as quantile_over_time.
 * Source: https://github.com/prometheus/prometheus/blob/main/promql/quantile.go
 */
function quantile({ values, count }: Window, q: number): number {
  const rank = q * (count - 1);
  const lower = Math.floor(rank);
  const low = select(values, count, lower);
  if (lower === count - 1) return low;
  // Everything behind the place of `lower` is no less: the next one is the least of it.
  let high = values[lower + 1] ?? Number.NaN;
  for (let i = lower + 2; i < count; i++) high = Math.min(high, values[i] ?? Number.NaN);
  return low * (1 - (rank - lower)) + high * (rank - lower);
}

/** The value that is at place `k` in order; puts no greater ones before it and no less ones behind it. Hoare's quickselect. */
function select(values: Float64Array, count: number, k: number): number {
  let left = 0;
  let right = count - 1;
  while (left < right) {
    const pivot = values[(left + right) >>> 1] ?? Number.NaN;
    let i = left;
    let j = right;
    while (i <= j) {
      while ((values[i] ?? Number.NaN) < pivot) i++;
      while ((values[j] ?? Number.NaN) > pivot) j--;
      if (i > j) break;
      const moved = values[i] ?? Number.NaN;
      values[i++] = values[j] ?? Number.NaN;
      values[j--] = moved;
    }
    if (k <= j) right = j;
    else if (k >= i) left = i;
    else break;
  }
  return values[k] ?? Number.NaN;
}

/** How much further than the usual distance the first and the last sample may be from the window's ends to be taken for covering it. */
const REACH = 1.1;

/**
 * How much a counter grew in the window, over its resets, extrapolated to the window's ends as `increase` does.
 * Source: https://github.com/prometheus/prometheus/blob/v2.42.0/promql/functions.go (extrapolatedRate)
 */
function grown({ times, values, count, afterMs, untilMs }: Window): number {
  const first = values[0] ?? Number.NaN;
  let growth = (values[count - 1] ?? Number.NaN) - first;
  for (let i = 1; i < count; i++) {
    const before = values[i - 1] ?? Number.NaN;
    if ((values[i] ?? Number.NaN) < before) growth += before;
  }
  const firstMs = times[0] ?? Number.NaN;
  const lastMs = times[count - 1] ?? Number.NaN;
  const sampledMs = lastMs - firstMs;
  const usualMs = sampledMs / (count - 1);
  let toStartMs = firstMs - afterMs;
  // A counter is never below zero: it did not grow before it began.
  if (growth > 0 && first >= 0) toStartMs = Math.min(toStartMs, sampledMs * (first / growth));
  const reach = (ms: number) => (ms < usualMs * REACH ? ms : usualMs / 2);
  return growth * ((sampledMs + reach(toStartMs) + reach(untilMs - lastMs)) / sampledMs);
}

/** Where the line of least squares through the window will be so long after its end, as predict_linear. */
export function predict({ times, values, count, untilMs }: Window, aheadMs: number): number {
  let sumX = 0;
  let sumY = 0;
  for (let i = 0; i < count; i++) {
    sumX += (times[i] ?? Number.NaN) - untilMs;
    sumY += values[i] ?? Number.NaN;
  }
  const meanX = sumX / count;
  const meanY = sumY / count;
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < count; i++) {
    const x = (times[i] ?? Number.NaN) - untilMs - meanX;
    covariance += x * ((values[i] ?? Number.NaN) - meanY);
    variance += x * x;
  }
  return meanY + (covariance / variance) * (aheadMs - meanX);
}
