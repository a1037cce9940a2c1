import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

type Chunks = AsyncIterable<string | Uint8Array>;

/** Below this a chunk costs more in hops (stream, zlib thread, socket) than in bytes. */
const CHUNK_BYTES = 32_768;

/** The same text in chunks worth sending. */
async function* gathered(chunks: Chunks): AsyncGenerator<Uint8Array> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    const piece = Buffer.from(chunk);
    pieces.push(piece);
    size += piece.length;
    if (size < CHUNK_BYTES) continue;
    yield Buffer.concat(pieces);
    pieces = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(pieces);
}

async function* gzipped(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const zip = createGzip({ level: 1 });
  // A failure of the source destroys `zip` with it, so that the loop below throws it; here it would be said twice.
  const fed = pipeline(Readable.from(chunks, { objectMode: false }), zip).catch(() => undefined);
  try {
    for await (const chunk of zip) yield chunk;
  } finally {
    zip.destroy();
    await fed;
  }
}

/**
 * A body that is made only as fast as the client reads it. The first chunk is made here, so that a failure before it is
 * thrown and can still be answered; after it, `broken` is told and must cut the connection, for the end would look whole.
 */
export async function streamed(
  chunks: Chunks,
  gzip: boolean,
  broken: (error: unknown) => void,
): Promise<ReadableStream<Uint8Array>> {
  const whole = gathered(chunks);
  const source = gzip ? gzipped(whole) : whole;
  const first = await source.next();
  async function* body(): AsyncGenerator<Uint8Array> {
    if (first.done === true) return;
    try {
      yield first.value;
      yield* source;
    } catch (error) {
      broken(error);
    } finally {
      await source.return(undefined);
    }
  }
  return ReadableStream.from(body());
}
