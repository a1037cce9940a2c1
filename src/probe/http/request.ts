import { isIP } from 'node:net';
import { Secret } from '../../core/secret.ts';
import type { Address } from '../resolver.ts';
import type { HttpSettings } from './schema.ts';

/** A request, ready to be written as often as it is needed. */
export interface HttpRequest {
  readonly method: string;
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** The host where it is an address already: then nobody need be asked. */
  readonly literal: readonly [Address] | undefined;
  /** `host:port`, for people. */
  readonly peer: string;
  /** The whole request. */
  readonly bytes: Buffer;
  /** The whole URL, which may carry secrets. */
  readonly href: string;
}

type Header = readonly [name: string, value: string | Secret];

/** What a request is made of, whatever its URL. */
export interface RequestParts {
  readonly method: string;
  /** The config's own; names as they are written. */
  readonly headers: readonly Header[];
  readonly authorization: Secret | undefined;
  readonly body: string | undefined;
  readonly keepAlive: boolean;
}

const UNSAFE: ReadonlySet<string> = new Set(['POST', 'PATCH', 'CONNECT']);
const USER_AGENT = 'Outrider';

/** What the settings say of every request; the URL's own user is taken where no `auth` is given. */
export function requestParts(settings: HttpSettings, url: URL): RequestParts {
  const headers: Header[] = [...(settings.headers ?? [])];
  if (settings.json !== undefined && !has(headers, 'content-type')) headers.push(['Content-Type', 'application/json']);
  return {
    method: settings.method ?? 'GET',
    headers,
    authorization: authorization(settings.auth, url),
    body: settings.json === undefined ? settings.body : JSON.stringify(settings.json),
    // What is not safe to ask twice cannot be asked again when a kept connection turns out to be gone.
    keepAlive: settings.reuse_connection && !UNSAFE.has(settings.method ?? 'GET'),
  };
}

function authorization(auth: HttpSettings['auth'], url: URL): Secret | undefined {
  if (auth?.bearer !== undefined) return new Secret(`Bearer ${auth.bearer.reveal()}`);
  if (auth?.basic !== undefined) return basic(auth.basic.username, auth.basic.password.reveal());
  if (url.username === '' && url.password === '') return undefined;
  return basic(decoded(url.username), decoded(url.password));
}

/** A URL may hold a `%` that encodes nothing. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const basic = (username: string, password: string): Secret =>
  new Secret(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`);

const has = (headers: readonly Header[], name: string): boolean =>
  headers.some(([other]) => other.toLowerCase() === name);

const DEFAULT_PORT = { http: 80, https: 443 } as const;

/** The request for a URL of `http:` or `https:`. */
export function buildRequest(url: URL, parts: RequestParts): HttpRequest {
  const secure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const port = url.port === '' ? DEFAULT_PORT[secure ? 'https' : 'http'] : Number(url.port);
  return {
    method: parts.method,
    secure,
    host,
    port,
    literal: family === 4 || family === 6 ? [{ address: host, family }] : undefined,
    peer: family === 6 ? `[${host}]:${port}` : `${host}:${port}`,
    bytes: Buffer.from(requestText(url, parts), 'utf8'),
    href: url.href,
  };
}

function requestText(url: URL, { method, headers, authorization, body, keepAlive }: RequestParts): string {
  const lines = [`${method} ${url.pathname}${url.search} HTTP/1.1`];
  const add = (name: string, value: string) => {
    if (!has(headers, name.toLowerCase())) lines.push(`${name}: ${value}`);
  };
  add('Host', url.host);
  add('User-Agent', USER_AGENT);
  add('Accept', '*/*');
  if (authorization !== undefined) add('Authorization', authorization.reveal());
  for (const [name, value] of headers) lines.push(`${name}: ${typeof value === 'string' ? value : value.reveal()}`);
  if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  else if (method === 'POST' || method === 'PUT' || method === 'PATCH') lines.push('Content-Length: 0');
  lines.push(`Connection: ${keepAlive ? 'keep-alive' : 'close'}`, '', body ?? '');
  return lines.join('\r\n');
}

/** A URL without its user, query and fragment, for people. */
export const shownUrl = (url: URL): string => `${url.origin}${url.pathname}`;
