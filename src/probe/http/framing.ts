import { readChunked, type TakeBytes } from './chunked.ts';
import type { Head } from './head.ts';

/** `done`: the whole answer is here. `stopped`: as much of the body as is wanted is here. */
export type ResponseStep =
  | { readonly state: 'more' | 'stopped' }
  | { readonly state: 'done'; readonly reusable: boolean }
  | { readonly state: 'bad'; readonly problem: string };

/** Takes the bytes of a body out of what the connection brings. */
export interface BodyReader {
  push(buffer: Buffer, at: number, end: number): ResponseStep;
  /** The peer has closed the connection. */
  close(): ResponseStep;
}

export const MORE: ResponseStep = { state: 'more' };
const STOPPED: ResponseStep = { state: 'stopped' };
const LAST: ResponseStep = { state: 'done', reusable: false };

export const bad = (problem: string): ResponseStep => ({ state: 'bad', problem });

/** How the body of an answer to a request of this method is framed (RFC 9112 §6.3), or the problem in words. */
export function bodyReader(head: Head, method: string, take: TakeBytes): BodyReader | string {
  const { status, headers, version } = head;
  const reusable = version === '1.1' && !/\bclose\b/i.test(headers.get('connection') ?? '');
  if (method === 'HEAD' || status === 204 || status === 304) return ofLength(0, take, reusable);
  const coding = headers.get('transfer-encoding')?.toLowerCase();
  if (coding === 'chunked') return chunked(take, reusable);
  if (coding !== undefined && coding !== 'identity') return 'has a Transfer-Encoding other than chunked';
  const length = headers.get('content-length');
  if (length === undefined) return untilClose(take);
  const bytes = parseLength(length);
  return bytes === undefined ? 'has a Content-Length that is not a number' : ofLength(bytes, take, reusable);
}

/** Bytes of a Content-Length, also where it is repeated; undefined where it is no number or two of them. */
export function parseLength(text: string): number | undefined {
  if (LENGTH.test(text)) return Number(text);
  const [first = '', ...others] = text.split(',').map((one) => one.trim());
  return LENGTH.test(first) && others.every((other) => other === first) ? Number(first) : undefined;
}

const LENGTH = /^\d{1,15}$/;

function ofLength(bytes: number, take: TakeBytes, reusable: boolean): BodyReader {
  let left = bytes;
  return {
    push(buffer, at, end) {
      const now = Math.min(left, end - at);
      if (now > 0 && !take(buffer, at, at + now)) return STOPPED;
      left -= now;
      return left > 0 ? MORE : { state: 'done', reusable: reusable && at + now === end };
    },
    close: () => bad(`closed the connection after ${bytes - left} of the ${bytes} bytes of the body`),
  };
}

function chunked(take: TakeBytes, reusable: boolean): BodyReader {
  const read = readChunked(take);
  return {
    push(buffer, from, end) {
      const { at, state } = read(buffer, from, end);
      if (state === 'bad') return bad('sent a body whose chunks are not as they should be');
      if (state === 'done') return { state: 'done', reusable: reusable && at === end };
      return state === 'stopped' ? STOPPED : MORE;
    },
    close: () => bad('closed the connection before the last chunk of the body'),
  };
}

function untilClose(take: TakeBytes): BodyReader {
  return {
    push: (buffer, at, end) => (at === end || take(buffer, at, end) ? MORE : STOPPED),
    close: () => LAST,
  };
}
