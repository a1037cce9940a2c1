import type { TakeBytes } from './chunked.ts';
import { excerpt } from './excerpt.ts';
import { type BodyReader, bad, bodyReader, MORE, type ResponseStep } from './framing.ts';
import { type Head, parseHead } from './head.ts';

export interface ResponseReader {
  /** Takes the first `length` bytes of the buffer, which may be overwritten afterwards. */
  push(buffer: Buffer, length: number): ResponseStep;
  /** The peer has closed the connection. */
  close(): ResponseStep;
}

const LONGEST_HEAD = 64 * 1024;
const TOO_LONG = bad('sent headers longer than 64 KiB');
const HTTP = 'HTTP/';

/**
 * Reads one HTTP/1 answer to a request of this method, however its bytes are split. It holds no more than the head:
 * `onHead` says who takes the body. Problems are told without the subject: `closed the connection …`.
 */
export function readResponse(method: string, onHead: (head: Head) => TakeBytes): ResponseReader {
  let pending = '';
  let interimLength = 0;
  let body: BodyReader | undefined;

  function readHead(buffer: Buffer, from: number, end: number): ResponseStep {
    const before = pending.length;
    pending += buffer.toString('latin1', from, end);
    const over = headEnd(pending, Math.max(0, before - 3));
    if (over === undefined) return unfinished(pending, interimLength);
    const at = from + over.next - before;
    const text = pending.slice(0, over.end);
    pending = '';
    const parsed = text.startsWith(HTTP) ? parseHead(text) : { ok: false as const, problem: notHttp(text) };
    if (!parsed.ok) return bad(parsed.problem);
    if (parsed.head.status >= 200) return startBody(parsed.head, buffer, at, end);
    if (parsed.head.status === 101) return bad('switched to another protocol');
    interimLength += over.next;
    if (interimLength > LONGEST_HEAD) return TOO_LONG;
    return at < end ? readHead(buffer, at, end) : MORE;
  }

  function startBody(head: Head, buffer: Buffer, at: number, end: number): ResponseStep {
    const reader = bodyReader(head, method, onHead(head));
    if (typeof reader === 'string') return bad(reader);
    body = reader;
    return reader.push(buffer, at, end);
  }

  return {
    push: (buffer, length) => (body === undefined ? readHead(buffer, 0, length) : body.push(buffer, 0, length)),
    close() {
      if (body !== undefined) return body.close();
      return bad(`closed the connection ${pending === '' ? 'without an answer' : 'in the middle of the headers'}`);
    },
  };
}

const notHttp = (text: string): string => `does not speak HTTP: it said ${excerpt(text.slice(0, 80))}`;

/** What is to be said of a head that has not ended yet. */
function unfinished(pending: string, interimLength: number): ResponseStep {
  if (!pending.startsWith(HTTP.slice(0, pending.length))) return bad(notHttp(pending));
  return pending.length + interimLength > LONGEST_HEAD ? TOO_LONG : MORE;
}

/** Where a head ends and what follows begins, looking from `from` on; undefined where it has not ended. */
function headEnd(text: string, from: number): { end: number; next: number } | undefined {
  const crlf = text.indexOf('\n\r\n', from);
  const lf = text.indexOf('\n\n', from);
  if (crlf === -1 && lf === -1) return undefined;
  return lf === -1 || (crlf !== -1 && crlf < lf) ? { end: crlf, next: crlf + 3 } : { end: lf, next: lf + 2 };
}
