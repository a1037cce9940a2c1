/** Relative error of a quantile. */
const ERROR = 0.05;
const GAMMA = (1 + ERROR) / (1 - ERROR);
const LOG_GAMMA = Math.log(GAMMA);
/** The least value that is told apart, seconds; the greatest is 1e5 of them. */
const LEAST = 1e-6;
const LAST = 255;

/**
 * How often values fell into buckets whose bounds grow by a factor: a quantile is off by at most 5 % of itself, and sketches can
 * be added up. Source: DDSketch, https://www.vldb.org/pvldb/vol12/p2195-masson.pdf
 */
export type Sketch = Map<number, number>;

/** Where a value of 1 µs to a day lies on the scale of buckets: the bucket is this, rounded up. */
export const placeOf = (value: number): number => Math.min(Math.max(Math.log(value / LEAST) / LOG_GAMMA, 0), LAST);

/** The value that lies there. */
export const valueAt = (place: number): number => LEAST * GAMMA ** place;

/** The bucket of a value, 0 to 255. */
export const bucketOf = (value: number): number => Math.ceil(placeOf(value));

/** Counts values of one bucket. */
export function tallyIn(sketch: Sketch, bucket: number, count = 1): void {
  sketch.set(bucket, (sketch.get(bucket) ?? 0) + count);
}

/** The value below which the part `q` of all values lies; undefined where there are none. */
export function quantileIn(sketch: Sketch, q: number): number | undefined {
  let count = 0;
  for (const one of sketch.values()) count += one;
  const rank = q * (count - 1);
  let seen = 0;
  for (const bucket of [...sketch.keys()].sort((a, b) => a - b)) {
    seen += sketch.get(bucket) ?? 0;
    if (seen > rank) return (valueAt(bucket) * 2) / (GAMMA + 1);
  }
  return undefined;
}
