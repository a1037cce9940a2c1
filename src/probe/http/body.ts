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

/** Keeps copies: the buffer that bytes come in is used again. */
export function openPlain({ maxBytes, keepBytes }: BodyLimits): PlainSink {
  let kept: Buffer[] | undefined;
  let sizeBytes = 0;
  let truncated = false;
  return {
    take(buffer, start, end) {
      const wanted = Math.min(end, start + keepBytes - sizeBytes);
      if (wanted > start) {
        kept ??= [];
        kept.push(Buffer.from(buffer.subarray(start, Math.min(wanted, start + maxBytes - sizeBytes))));
      }
      sizeBytes += end - start;
      truncated = sizeBytes > maxBytes;
      if (truncated) sizeBytes = maxBytes;
      return !truncated;
    },
    end: () => ({ bytes: joined(kept), sizeBytes, truncated }),
    [Symbol.dispose]() {
      kept = undefined;
    },
  };
}

function joined(parts: readonly Buffer[] | undefined): Buffer {
  const first = parts?.[0];
  if (parts === undefined || first === undefined) return NO_BODY.bytes;
  return parts.length === 1 ? first : Buffer.concat(parts);
}

/** Takes nothing, and says why. */
export const refuse = (problem: string): BodySink => ({
  take: () => false,
  end: () => ({ ...NO_BODY, problem }),
  [Symbol.dispose]() {},
});
