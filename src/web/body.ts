import { type Mistake, problem } from './problem.ts';
import type { WebContext } from './site.ts';

/** What people write is smaller. */
export const MOST_BODY_BYTES = 256 * 1024;

/** What a request brought, or the answer that says why it cannot be taken. */
export type Body = { readonly ok: true; readonly json: unknown } | { readonly ok: false; readonly answer: Response };

const refuse = (answer: Response): Body => ({ ok: false, answer });

/** Reads a JSON body of at most so many bytes. Forms and plain text are refused: a page of another site can send those unasked. */
export async function readJson(context: WebContext, maxBytes = MOST_BODY_BYTES): Promise<Body> {
  const type = (context.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase();
  const encoding = context.req.header('content-encoding') ?? 'identity';
  if (type !== 'application/json')
    return refuse(problem(415, { detail: 'expected a body with Content-Type: application/json' }));
  if (encoding.toLowerCase() !== 'identity')
    return refuse(problem(415, { detail: 'expected a body as it is, without Content-Encoding' }));
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readUpTo(context.req.raw.body, maxBytes);
  } catch {
    return refuse(problem(400, { detail: 'the body broke off' }));
  }
  if (bytes === undefined) return refuse(tooBig(maxBytes));
  try {
    return { ok: true, json: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    // What a parser says of it quotes the body, which may hold anything.
    return refuse(problem(400, { detail: 'the body is no JSON text in UTF-8' }));
  }
}

/** The answer to a body that is larger than any honest one. */
export const tooBig = (maxBytes: number): Response =>
  problem(413, { detail: `a body here has at most ${maxBytes} bytes` });

/** At least one. */
export type Mistakes = readonly [Mistake, ...Mistake[]];

/** The answer to a body that says something wrong: the first mistake as a sentence behind `lead`, all of them with their places. */
export function wrongBody(mistakes: Mistakes, lead = ''): Response {
  const [{ detail, pointer = '#' }] = mistakes;
  const where = pointer === '#' ? '' : `${pointer.slice(2)}: `;
  return problem(400, { detail: `${lead}${where}${detail}`, errors: mistakes });
}

/** The bytes of a stream, or undefined where there are more than `most`; a length that was announced may be a lie. */
async function readUpTo(stream: ReadableStream<Uint8Array> | null, most: number): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream ?? []) {
    size += piece.length;
    if (size > most) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
