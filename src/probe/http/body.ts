import type { TakeBytes } from './chunked.ts';

/** What came of a body. */
export interface Body {
  /** Its beginning, decompressed: at most as much as was to be kept. */
  readonly bytes: Buffer;
  /** Bytes that were read, after decompression. */
  readonly sizeBytes: number;
  /** There was more than the most that may be read. */
  readonly truncated: boolean;
  /** Why it cannot be read, without the subject: `sent a body that is not gzip`. */
  readonly problem?: string;
}

export interface BodyLimits {
  /** Most bytes that are read, before and after decompression. */
  readonly maxBytes: number;
  /** How many of them are wanted afterwards. */
  readonly keepBytes: number;
}

export interface BodySink extends Disposable {
  readonly take: TakeBytes;
  /** No more bytes will come. */
  end(): Body | Promise<Body>;
}

/** A sink that needs no time to decode. */
export interface PlainSink extends BodySink {
  end(): Body;
}

export const NO_BODY: Body = { bytes: Buffer.alloc(0), sizeBytes: 0, truncated: false };

/** Keeps a copy: the buffer that bytes come in is used again. */
export function openPlain({ maxBytes, keepBytes }: BodyLimits): PlainSink {
  const mostKept = Math.min(maxBytes, keepBytes);
  let kept = NO_BODY.bytes;
  let keptBytes = 0;
  let sizeBytes = 0;
  return {
    take(buffer, start, end) {
      const wanted = Math.min(end - start, mostKept - keptBytes);
      if (wanted > 0) {
        kept = withRoom(kept, keptBytes, keptBytes + wanted, mostKept);
        buffer.copy(kept, keptBytes, start, start + wanted);
        keptBytes += wanted;
      }
      sizeBytes += end - start;
      return sizeBytes <= maxBytes;
    },
    end: () => ({
      bytes: keptBytes === kept.length ? kept : kept.subarray(0, keptBytes),
      sizeBytes: Math.min(sizeBytes, maxBytes),
      truncated: sizeBytes > maxBytes,
    }),
    [Symbol.dispose]() {
      kept = NO_BODY.bytes;
      keptBytes = 0;
    },
  };
}

/** A buffer that holds what is kept and has room: exact for a body that comes at once, twice as much each time for one in many pieces. */
function withRoom(kept: Buffer, keptBytes: number, neededBytes: number, mostBytes: number): Buffer {
  if (kept.length >= neededBytes) return kept;
  const more = Buffer.allocUnsafe(Math.min(mostBytes, Math.max(neededBytes, kept.length * 2)));
  kept.copy(more, 0, 0, keptBytes);
  return more;
}

/** Takes nothing, and says why. */
export const refuse = (problem: string): BodySink => ({
  take: () => false,
  end: () => ({ ...NO_BODY, problem }),
  [Symbol.dispose]() {},
});
