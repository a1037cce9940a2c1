import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameReader } from '../../../src/probe/kafka/frames.ts';

const MAX_BYTES = 1000;

const framed = (body: Uint8Array): Buffer => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(body.length);
  return Buffer.concat([size, body]);
};

/** The stream cut at the given places. */
function cut(stream: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...places.map((place) => place % (stream.length + 1)), stream.length].sort((a, b) => a - b);
  return ends.map((end, index) => stream.subarray(ends[index - 1] ?? 0, end));
}

describe('frames', () => {
  it('are the same however the stream is cut', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 });
    fc.assert(
      fc.property(bodies, fc.array(fc.nat(), { maxLength: 30 }), (sent, places) => {
        const reader = frameReader(MAX_BYTES);
        const chunks = cut(Buffer.concat(sent.map(framed)), places);
        const read = chunks.flatMap((chunk) => reader.push(chunk).frames);
        expect(read.map((frame) => [...frame])).toEqual(sent.map((body) => [...body]));
      }),
    );
  });

  it.each([
    ['negative', -1],
    ['beyond the limit', MAX_BYTES + 1],
    ['the beginning of an HTTP answer', Buffer.from('HTTP').readInt32BE(0)],
  ])('end at a size that is %s, after those before it', (_, size) => {
    const wrong = Buffer.alloc(8);
    wrong.writeInt32BE(size);
    const { frames, badSize } = frameReader(MAX_BYTES).push(Buffer.concat([framed(Buffer.from('a')), wrong]));
    expect(frames.map(String)).toEqual(['a']);
    expect(badSize).toBe(size);
  });
});
