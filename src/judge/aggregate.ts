/**
 * Functions over the samples of a window. They are PromQL's and take what its range selectors hold: the window is open on the left,
 * (start, end], as in Prometheus 3 (Prometheus 2 took in both ends); times ascend, in ms; values are no NaN. Without samples NaN.
 * Source: https://github.com/prometheus/prometheus/blob/main/promql/functions.go
 */
export interface Samples {
  readonly times: Float64Array;
  readonly values: Float64Array;
  /** How many of the arrays' numbers count, from their beginning. */
  readonly count: number;
}

/** The window that samples were taken from, monotonic ms: after `startMs`, until `endMs`. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** A sum that keeps what adding to a large number loses (Neumaier's). */
interface Sum {
  total: number;
  lost: number;
}

function addTo(sum: Sum, value: number): void {
  const { total } = sum;
  const next = total + value;
  if (!Number.isFinite(next)) sum.lost = 0;
  else if (Math.abs(total) >= Math.abs(value)) sum.lost += total - next + value;
  else sum.lost += value - next + total;
  sum.total = next;
}

/** The sum, 0 without samples. */
export function sumOf({ values, count }: Samples): number {
  const sum: Sum = { total: 0, lost: 0 };
  for (let i = 0; i < count; i++) addTo(sum, values[i] ?? 0);
  return sum.total + sum.lost;
}

/** The arithmetic mean. */
export const meanOf = (samples: Samples): number => sumOf(samples) / samples.count;

/** The least value. */
export function leastOf({ values, count }: Samples): number {
  let least = values[0] ?? Number.NaN;
  for (let i = 1; i < count; i++) least = Math.min(least, values[i] ?? Number.NaN);
  return count === 0 ? Number.NaN : least;
}

/** The greatest value. */
export function greatestOf({ values, count }: Samples): number {
  let greatest = values[0] ?? Number.NaN;
  for (let i = 1; i < count; i++) greatest = Math.max(greatest, values[i] ?? Number.NaN);
  return count === 0 ? Number.NaN : greatest;
}

/** The part of the average distance of samples up to which one is expected beyond the first and the last. */
const THRESHOLD = 1.1;

/**
 * How much a counter grew over the whole window, over resets (extrapolatedRate): extrapolated to its ends where the samples come
 * near them, else by half of their distance, and never to before the counter was 0. NaN for less than two samples.
 * As of Prometheus 2.51; before that the limit at 0 came before the limit at half a distance.
 */
export function increaseOf({ times, values, count }: Samples, { startMs, endMs }: Span): number {
  const first = values[0];
  const firstMs = times[0];
  const lastMs = times[count - 1];
  if (count < 2 || first === undefined || firstMs === undefined || lastMs === undefined) return Number.NaN;
  let before = first;
  let grown = 0;
  for (let i = 1; i < count; i++) {
    const value = values[i] ?? Number.NaN;
    if (value < before) grown += before;
    before = value;
  }
  grown += before - first;
  const sampledMs = lastMs - firstMs;
  const apartMs = sampledMs / (count - 1);
  let toStartMs = firstMs - startMs;
  if (toStartMs >= apartMs * THRESHOLD) toStartMs = apartMs / 2;
  if (grown > 0 && first >= 0) toStartMs = Math.min(toStartMs, sampledMs * (first / grown));
  let toEndMs = endMs - lastMs;
  if (toEndMs >= apartMs * THRESHOLD) toEndMs = apartMs / 2;
  return grown * ((sampledMs + toStartMs + toEndMs) / sampledMs);
}

/** How much a counter grew per second. */
export const rateOf = (samples: Samples, span: Span): number =>
  increaseOf(samples, span) / ((span.endMs - span.startMs) / 1000);

/** Where the line through the samples (least squares) will be so long after the window's end: predict_linear. */
export function predictionOf({ times, values, count }: Samples, { endMs }: Span, aheadMs: number): number {
  if (count < 2) return Number.NaN;
  const first = values[0];
  const x: Sum = { total: 0, lost: 0 };
  const y: Sum = { total: 0, lost: 0 };
  const xy: Sum = { total: 0, lost: 0 };
  const xx: Sum = { total: 0, lost: 0 };
  let isLevel = true;
  for (let i = 0; i < count; i++) {
    const atS = ((times[i] ?? Number.NaN) - endMs) / 1000;
    const value = values[i] ?? Number.NaN;
    isLevel &&= value === first;
    addTo(x, atS);
    addTo(y, value);
    addTo(xy, atS * value);
    addTo(xx, atS * atS);
  }
  if (isLevel && first !== undefined && Number.isFinite(first)) return first;
  const sumX = x.total + x.lost;
  const sumY = y.total + y.lost;
  const covariance = xy.total + xy.lost - (sumX * sumY) / count;
  const variance = xx.total + xx.lost - (sumX * sumX) / count;
  const slope = covariance / variance;
  return sumY / count - (slope * sumX) / count + slope * (aheadMs / 1000);
}
