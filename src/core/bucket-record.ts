import { type Bucket, emptyBucket } from './bucket.ts';
import { bucketOf, placeOf, type Sketch, valueAt } from './sketch.ts';

/** Which of its parts a record has. */
const DOWN = 1;
const INCONCLUSIVE = 2;
const MAINTAINED = 4;
/** All values are the same. */
const FLAT = 8;
const SKETCH = 16;

/** A record at its longest: 256 counts of 5 bytes, and what is before them. */
const scratch = new Uint8Array(2048);
const scratchView = new DataView(scratch.buffer);

/** A bucket of a longer span's part `slot` (the minute of an hour, the hour of a day), and where its record lies. */
export interface Recorded {
  readonly slot: number;
  readonly bucket: Bucket;
  readonly from: number;
  readonly to: number;
}

/**
 * A bucket as few bytes; records may be put one behind the other. Sums are kept to 7 digits, least and greatest duration to 0.02 %,
 * all counts exactly.
 */
export function recordOf(slot: number, bucket: Bucket): Uint8Array<ArrayBuffer> {
  const { count, sum, min, max, sketch, down, inconclusive, maintained } = bucket;
  const isFlat = count > 0 && Math.fround(min) === Math.fround(max);
  const has = (part: number, is: boolean) => (is ? part : 0);
  const flags =
    has(DOWN, down > 0) | has(INCONCLUSIVE, inconclusive > 0) | has(MAINTAINED, maintained > 0) | has(FLAT, isFlat);
  scratch[0] = slot;
  scratch[1] = flags | has(SKETCH, sketch !== undefined);
  let at = putCount(2, count);
  if (down > 0) at = putFloat(putCount(at, down), bucket.downSum);
  if (inconclusive > 0) at = putCount(at, inconclusive);
  if (maintained > 0) at = putCount(at, maintained);
  if (count === 0) return scratch.slice(0, at);
  at = putFloat(at, sum / count);
  if (sketch !== undefined) at = putSketch(at, sketch, isFlat ? undefined : [min, max]);
  else if (!isFlat) at = putFloat(putFloat(at, min), max);
  return scratch.slice(0, at);
}

function putCount(at: number, count: number): number {
  let rest = count;
  let next = at;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) scratch[next++] = (rest % 0x80) | 0x80;
  scratch[next++] = rest;
  return next;
}

function putFloat(at: number, value: number): number {
  scratchView.setFloat32(at, value, true);
  return at + 4;
}

/** The first bucket, where in theirs the least and the greatest lie, then count for count; a 0 is followed by how many there are. */
function putSketch(at: number, sketch: Sketch, ends: readonly [number, number] | undefined): number {
  const buckets = [...sketch.keys()].sort((a, b) => a - b);
  const [first = 0] = buckets;
  let next = at;
  scratch[next++] = first;
  for (const end of ends ?? []) scratch[next++] = Math.min(255, Math.floor((bucketOf(end) - placeOf(end)) * 256));
  let expected = first;
  for (const bucket of buckets) {
    if (bucket > expected) next = putCount(putCount(next, 0), bucket - expected);
    next = putCount(next, sketch.get(bucket) ?? 0);
    expected = bucket + 1;
  }
  return next;
}

/** Reads from a place onwards. */
interface Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
}

/** Every record, in their order; what is broken and behind it is left out. */
export function recordsIn(bytes: Uint8Array): readonly Recorded[] {
  const reader: Reader = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), at: 0 };
  const all: Recorded[] = [];
  while (reader.at < bytes.length) {
    const from = reader.at;
    try {
      const slot = takeByte(reader);
      const bucket = takeBucket(reader);
      all.push({ slot, bucket, from, to: reader.at });
    } catch (error) {
      if (error instanceof RangeError) break;
      throw error;
    }
  }
  return all;
}

/** The records with this one in place of those of the same slot. */
export function withRecord(bytes: Uint8Array, record: Uint8Array): Uint8Array<ArrayBuffer> {
  const kept = recordsIn(bytes).filter(({ slot }) => slot !== record[0]);
  const parts = [...kept.map(({ from, to }) => bytes.subarray(from, to)), record];
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function takeBucket(reader: Reader): Bucket {
  const flags = takeByte(reader);
  const has = (part: number) => (flags & part) !== 0;
  const bucket = emptyBucket(has(SKETCH));
  bucket.count = takeCount(reader);
  if (has(DOWN)) {
    bucket.down = takeCount(reader);
    bucket.downSum = takeFloat(reader);
  }
  if (has(INCONCLUSIVE)) bucket.inconclusive = takeCount(reader);
  if (has(MAINTAINED)) bucket.maintained = takeCount(reader);
  if (bucket.count === 0) return bucket;
  const mean = takeFloat(reader);
  bucket.sum = mean * bucket.count;
  bucket.min = mean;
  bucket.max = mean;
  if (bucket.sketch !== undefined) takeSketch(reader, bucket, bucket.sketch, has(FLAT));
  else if (!has(FLAT)) {
    bucket.min = takeFloat(reader);
    bucket.max = takeFloat(reader);
  }
  return bucket;
}

function takeSketch(reader: Reader, bucket: Bucket, sketch: Sketch, isFlat: boolean): void {
  const first = takeByte(reader);
  const ends = isFlat ? undefined : ([takeByte(reader), takeByte(reader)] as const);
  let at = first;
  let last = first;
  for (let left = bucket.count; left > 0; ) {
    const count = takeCount(reader);
    if (count === 0) {
      at += takeCount(reader);
      continue;
    }
    if (count > left || at > 255) throw new RangeError('no record');
    sketch.set(at, count);
    last = at++;
    left -= count;
  }
  if (ends === undefined) return;
  const [least, most] = ends;
  bucket.min = valueAt(first - (least + 0.5) / 256);
  bucket.max = valueAt(last - (most + 0.5) / 256);
}

function takeByte(reader: Reader): number {
  const byte = reader.bytes[reader.at++];
  if (byte === undefined) throw new RangeError('no record');
  return byte;
}

function takeCount(reader: Reader): number {
  let count = 0;
  for (let scale = 1; ; scale *= 0x80) {
    const byte = takeByte(reader);
    count += (byte & 0x7f) * scale;
    if (byte < 0x80) return count;
    if (scale > 2 ** 42) throw new RangeError('no record');
  }
}

function takeFloat(reader: Reader): number {
  const value = reader.view.getFloat32(reader.at, true);
  reader.at += 4;
  return value;
}
