import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bucket, durationAt, emptyBucket, enter, merge, uptimeOf } from '../../src/core/bucket.ts';
import { recordOf, recordsIn, withRecord } from '../../src/core/bucket-record.ts';

const duration = fc.double({ min: 2e-6, max: 86_400, noNaN: true });
const results = fc.record({
  durations: fc.array(duration, { maxLength: 80 }),
  down: fc.array(duration, { maxLength: 3 }),
  inconclusive: fc.nat(3),
  maintained: fc.nat(500),
});
type Results = typeof results extends fc.Arbitrary<infer T> ? T : never;

function bucketOf(...all: readonly Results[]): Bucket {
  const bucket = emptyBucket(true);
  for (const { durations, down, inconclusive, maintained } of all) {
    for (const one of durations) enter(bucket, one);
    bucket.down += down.length;
    bucket.downSum += down.reduce((sum, one) => sum + one, 0);
    bucket.inconclusive += inconclusive;
    bucket.maintained += maintained;
  }
  return bucket;
}

/** The same counts and sketch, and the same numbers but for how they were rounded. */
function expectSame(actual: Bucket, expected: Bucket, tolerance: number): void {
  const { sum, min, max, downSum, ...counts } = expected;
  expect(actual).toMatchObject({ ...counts, sketch: expected.sketch });
  const isClose = (a: number, b: number) => Object.is(a, b) || Math.abs(a - b) <= tolerance * Math.abs(b);
  expect(isClose(actual.sum, sum) && isClose(actual.downSum, downSum), 'sums').toBe(true);
  if (expected.count > 0) expect(isClose(actual.min, min) && isClose(actual.max, max), 'extremes').toBe(true);
}

const back = (bucket: Bucket): Bucket => recordsIn(recordOf(7, bucket))[0]?.bucket ?? emptyBucket(true);

describe('a bucket', () => {
  it('that is put together of others is what all their results come to', () => {
    fc.assert(
      fc.property(fc.array(results, { maxLength: 60 }), (minutes) => {
        const hour = emptyBucket(true);
        for (const minute of minutes) merge(hour, bucketOf(minute));
        expectSame(hour, bucketOf(...minutes), 1e-9);
      }),
    );
  });

  it('knows any quantile of the durations to 5 % of itself', () => {
    fc.assert(
      fc.property(
        fc.array(duration, { minLength: 1, maxLength: 200 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, q) => {
          const bucket = emptyBucket(true);
          for (const one of all) enter(bucket, one);
          const exact = all.toSorted((a, b) => a - b)[Math.floor(q * (all.length - 1))] ?? Number.NaN;
          expect(Math.abs((durationAt(bucket, q) ?? Number.NaN) - exact)).toBeLessThanOrEqual(0.0501 * exact);
        },
      ),
    );
  });

  it.each([
    { count: 9, down: 1, inconclusive: 0, maintained: 0, ratio: 0.9 },
    { count: 9, down: 1, inconclusive: 50, maintained: 0, ratio: 0.9 },
    { count: 9, down: 1, inconclusive: 0, maintained: 50, ratio: 0.9 },
    { count: 0, down: 4, inconclusive: 0, maintained: 0, ratio: 0 },
    { count: 0, down: 0, inconclusive: 3, maintained: 3, ratio: undefined },
  ])('has an uptime of what was seen outside of maintenance: $ratio', ({ ratio, ...counts }) => {
    expect(uptimeOf({ ...emptyBucket(true), ...counts })).toBe(ratio);
  });
});

describe('a record', () => {
  it('holds the counts of a bucket exactly, its sums to 7 digits and its extremes to 0.02 %', () => {
    fc.assert(
      fc.property(results, (minute) => {
        const bucket = bucketOf(minute);
        expectSame(back(bucket), bucket, 3e-4);
        expect(back(bucket).sum).toBeCloseTo(bucket.sum, 6 - Math.ceil(Math.log10(bucket.sum + 1)));
      }),
    );
  });

  it('loses no more when it is written again', () => {
    fc.assert(
      fc.property(results, (minute) => {
        const once = back(bucketOf(minute));
        expect(recordOf(7, back(once))).toEqual(recordOf(7, once));
      }),
    );
  });

  it('holds values of any measure', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e12, max: 1e12, noNaN: true }), { minLength: 1 }), (values) => {
        const bucket = emptyBucket(false);
        for (const value of values) enter(bucket, value);
        const { count, min, max, sketch } = back(bucket);
        expect({ count, sketch }).toEqual({ count: values.length, sketch: undefined });
        // 0 and -0 are the same number here.
        expect([min + 0, max + 0]).toEqual([
          Math.fround(Math.min(...values)) + 0,
          Math.fround(Math.max(...values)) + 0,
        ]);
      }),
    );
  });

  it('stands behind others, is found by its slot, and can be put in the place of another', () => {
    const slots = fc.array(fc.tuple(fc.nat(59), results), { maxLength: 20 });
    fc.assert(
      fc.property(slots, (all) => {
        let bytes = new Uint8Array(0);
        const model = new Map<number, Bucket>();
        for (const [slot, minute] of all) {
          bytes = withRecord(bytes, recordOf(slot, bucketOf(minute)));
          model.delete(slot);
          model.set(slot, back(bucketOf(minute)));
        }
        expect(recordsIn(bytes).map(({ slot, bucket }) => [slot, bucket])).toEqual([...model]);
      }),
    );
  });

  it('that is broken is left out, whatever it is', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void recordsIn(bytes)));
    const bytes = recordOf(3, bucketOf({ durations: [1, 2, 3], down: [], inconclusive: 0, maintained: 0 }));
    for (let length = 1; length < bytes.length; length++) expect(recordsIn(bytes.subarray(0, length))).toEqual([]);
  });

  it('of a minute of six results takes less than 24 bytes', () => {
    const durations = [0.101, 0.11, 0.12, 0.105, 0.13, 0.1];
    expect(recordOf(0, bucketOf({ durations, down: [], inconclusive: 0, maintained: 0 })).length).toBeLessThan(24);
  });
});
