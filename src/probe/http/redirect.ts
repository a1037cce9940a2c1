import type { Head } from './head.ts';
import { buildRequest, type HttpRequest, type RequestParts } from './request.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Where an answer sends to, or undefined where it is no redirect. */
export const locationOf = (head: Head): string | undefined =>
  REDIRECTS.has(head.status) ? head.headers.get('location') : undefined;

export interface Hop {
  readonly request: HttpRequest;
  readonly parts: RequestParts;
}

/** The request that a redirect asks for (RFC 9110 §15.4), or a problem in words. Credentials stay with their origin. */
export function followRedirect(from: Hop, status: number, location: string): Hop | string {
  const here = new URL(from.request.href);
  const url = URL.parse(location, here);
  if (url === null) return 'redirects to something that is not a URL';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `redirects to ${url.protocol}, which is not HTTP`;
  url.username = '';
  url.password = '';
  const { method } = from.parts;
  const becomesGet = (status === 303 && method !== 'HEAD') || (status < 303 && method === 'POST');
  let parts: RequestParts = becomesGet ? withoutBody(from.parts) : from.parts;
  if (url.origin !== here.origin) parts = withoutCredentials(parts);
  return { request: buildRequest(url, parts), parts };
}

const withoutBody = (parts: RequestParts): RequestParts => ({
  ...parts,
  method: 'GET',
  body: undefined,
  headers: parts.headers.filter(([name]) => !/^content-/i.test(name)),
});

/** Headers that are secret, or that were written for the first host alone. */
const withoutCredentials = (parts: RequestParts): RequestParts => ({
  ...parts,
  authorization: undefined,
  headers: parts.headers.filter(([name, value]) => typeof value === 'string' && !/^host$/i.test(name)),
});
