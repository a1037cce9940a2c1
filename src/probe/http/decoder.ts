import type { Transform } from 'node:stream';
import { type Body, type BodyLimits, type BodySink, NO_BODY, openPlain, refuse } from './body.ts';

type Zlib = typeof import('node:zlib');

/** How each Content-Encoding is undone; the first byte tells the two things apart that servers call deflate. */
const DECODERS: Readonly<Record<string, (zlib: Zlib, firstByte: number) => Transform>> = {
  gzip: (zlib) => zlib.createGunzip(),
  'x-gzip': (zlib) => zlib.createGunzip(),
  deflate: (zlib, firstByte) => ((firstByte & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw()),
  br: (zlib) => zlib.createBrotliDecompress(),
  zstd: (zlib) => zlib.createZstdDecompress(),
};

const MOST_ENCODINGS = 5;
const PLAIN: ReadonlySet<string> = new Set(['', 'identity', 'none']);

/**
 * Takes a body with this Content-Encoding. `onEnough` tells that it needs no more where `take` could not say so.
 * With an encoding that is unknown the body is taken as it is, as browsers do.
 */
export function openBody(contentEncoding: string | undefined, limits: BodyLimits, onEnough: () => void): BodySink {
  if (contentEncoding === undefined) return openPlain(limits);
  const encodings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => !PLAIN.has(encoding));
  if (encodings.length > MOST_ENCODINGS)
    return refuse(`sent a body that is encoded ${encodings.length} times; at most ${MOST_ENCODINGS} are accepted`);
  const known = encodings.every((encoding) => Object.hasOwn(DECODERS, encoding));
  return encodings.length > 0 && known ? openDecoder(encodings, limits, onEnough) : openPlain(limits);
}

/** Where bytes go on to. */
interface Next {
  write(bytes: Buffer): void;
  end(): void;
}

/** One encoding being undone. */
type Layer = Next & Disposable;

interface LayerEvents {
  onBytes(bytes: Buffer): void;
  onEnd(): void;
  onError(): void;
}

/** Takes a body that was encoded in this order. No layer may give, and nothing may come in, beyond `maxBytes`. */
function openDecoder(encodings: readonly string[], limits: BodyLimits, onEnough: () => void): BodySink {
  const plain = openPlain(limits);
  const over = Promise.withResolvers<Body>();
  const layers: Layer[] = [];
  let receivedBytes = 0;
  let isOver = false;

  function close(): void {
    isOver = true;
    for (const layer of layers) layer[Symbol.dispose]();
  }

  function finish(ending: Pick<Body, 'problem'> & { readonly truncated?: true }): void {
    if (isOver) return;
    close();
    const decoded = plain.end();
    over.resolve({ ...decoded, ...ending });
    onEnough();
  }

  const last: Next = {
    write: (bytes) => {
      if (!isOver && !plain.take(bytes, 0, bytes.length)) finish({});
    },
    end: () => finish({}),
  };
  // The encoding that was applied first is undone last.
  const first = encodings.reduce<Next>((next, encoding) => {
    const layer = openLayer(encoding, limits.maxBytes, next, finish);
    layers.push(layer);
    return layer;
  }, last);

  return {
    take(buffer, start, end) {
      receivedBytes += end - start;
      if (receivedBytes > limits.maxBytes) finish({ truncated: true });
      if (!isOver) first.write(Buffer.from(buffer.subarray(start, end)));
      return !isOver;
    },
    end() {
      if (receivedBytes === 0) return NO_BODY;
      first.end();
      return over.promise;
    },
    [Symbol.dispose]: close,
  };
}

function openLayer(
  encoding: string,
  maxBytes: number,
  next: Next,
  stop: (ending: Pick<Body, 'problem'> & { readonly truncated?: true }) => void,
): Layer {
  let givenBytes = 0;
  const events: LayerEvents = {
    onBytes(bytes) {
      givenBytes += bytes.length;
      next.write(bytes);
      if (givenBytes > maxBytes) stop({ truncated: true });
    },
    onEnd: () => next.end(),
    onError: () => stop({ problem: `sent a body that is not ${encoding}` }),
  };
  let stream: Transform | undefined;
  const start = (firstByte: number) => startStream(encoding, firstByte, events);
  return {
    write(bytes) {
      stream ??= start(bytes[0] ?? 0);
      stream.write(bytes);
    },
    end() {
      stream ??= start(0);
      stream.end();
    },
    [Symbol.dispose]() {
      stream?.destroy();
    },
  };
}

function startStream(encoding: string, firstByte: number, events: LayerEvents): Transform {
  // Loaded only where a body is compressed: most answers to health checks are not.
  const stream = DECODERS[encoding]?.(process.getBuiltinModule('node:zlib'), firstByte);
  if (stream === undefined) throw new Error(`no decoder for ${encoding}`);
  return stream
    .on('data', (bytes: Buffer) => events.onBytes(bytes))
    .on('end', () => events.onEnd())
    .on('error', () => events.onError());
}
