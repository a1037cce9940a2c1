import { bucketOf, quantileIn, type Sketch, tallyIn } from './sketch.ts';

/** What the results of a span of time came to. */
export interface Bucket {
  /** Results that were up; of another measure than `duration`: its values. */
  count: number;
  /** Of their durations in seconds, or of those values. */
  sum: number;
  min: number;
  max: number;
  /** Of durations alone. */
  sketch: Sketch | undefined;
  down: number;
  /** Durations of those that were down, seconds. */
  downSum: number;
  inconclusive: number;
  /** Results of whatever kind in a maintenance. */
  maintained: number;
}

/** Nothing yet; with a sketch for durations. */
export const emptyBucket = (sketched: boolean): Bucket => ({
  count: 0,
  sum: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  sketch: sketched ? new Map() : undefined,
  down: 0,
  downSum: 0,
  inconclusive: 0,
  maintained: 0,
});

/** Adds one value. */
export function enter(bucket: Bucket, value: number): void {
  bucket.count++;
  bucket.sum += value;
  bucket.min = Math.min(bucket.min, value);
  bucket.max = Math.max(bucket.max, value);
  if (bucket.sketch !== undefined) tallyIn(bucket.sketch, bucketOf(value));
}

/** Adds what another bucket holds. */
export function merge(into: Bucket, from: Bucket): void {
  into.count += from.count;
  into.sum += from.sum;
  into.min = Math.min(into.min, from.min);
  into.max = Math.max(into.max, from.max);
  into.down += from.down;
  into.downSum += from.downSum;
  into.inconclusive += from.inconclusive;
  into.maintained += from.maintained;
  if (from.sketch === undefined) return;
  into.sketch ??= new Map();
  for (const [bucket, count] of from.sketch) tallyIn(into.sketch, bucket, count);
}

/** The part of the results that were up; of what was not seen, or planned, nothing is said. */
export const uptimeOf = ({ count, down }: Bucket): number | undefined =>
  count + down === 0 ? undefined : count / (count + down);

/** The duration below which the part `q` of those that were up lie, seconds. */
export function durationAt({ sketch, min, max }: Bucket, q: number): number | undefined {
  const value = sketch === undefined ? undefined : quantileIn(sketch, q);
  return value === undefined ? undefined : Math.min(Math.max(value, min), max);
}
