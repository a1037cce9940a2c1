import { errorText } from '../../core/errors.ts';
import type { Delivery } from '../contract.ts';

/** What a status means for a message: 429 and 5xx may be told again, the rest would be refused again. */
export function toDelivery(
  status: number,
  text: string,
  retryAfter: string | readonly string[] | undefined,
  nowMs: number,
): Delivery {
  if (status >= 200 && status < 300) return { ok: true };
  const message = `answered ${status}${text === '' ? '' : `: ${text}`}`;
  if (status === 401 || status === 403) return { ok: false, retry: false, reason: 'auth', message };
  if (status === 404 || status === 410) return { ok: false, retry: false, reason: 'missing', message };
  if (status !== 429 && status < 500) return { ok: false, retry: false, reason: 'client', message };
  const retryAfterMs = retryAfterMsOf(retryAfter, nowMs);
  const reason = status === 429 ? 'rate-limited' : 'server';
  return { ok: false, retry: true, reason, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** Nobody means longer than this: it is a clock that is wrong. */
const LONGEST_WAIT_MS = 3_600_000;

/** `Retry-After` in ms from now: seconds or a date. Source: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 */
function retryAfterMsOf(header: string | readonly string[] | undefined, nowMs: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : httpDateMs(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), LONGEST_WAIT_MS);
}

const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

/** The three forms of RFC 9110 §5.6.7, all in GMT; the last one does not say so. */
function httpDateMs(text: string): number {
  if (ASCTIME.test(text)) return Date.parse(`${text} GMT`);
  return /^[A-Z][a-z]+, .* GMT$/.test(text) ? Date.parse(text) : Number.NaN;
}

/** Error codes → what they mean; of others the error's own text is shown. */
const BY_CODE: Readonly<Record<string, (peer: string) => string>> = {
  ECONNREFUSED: (peer) => `connection refused by ${peer}`,
  ECONNRESET: (peer) => `connection reset by ${peer}`,
  EPIPE: (peer) => `${peer} closed the connection`,
  UND_ERR_SOCKET: (peer) => `${peer} closed the connection`,
  ETIMEDOUT: (peer) => `connecting to ${peer} timed out`,
  UND_ERR_CONNECT_TIMEOUT: (peer) => `connecting to ${peer} timed out`,
  EHOSTUNREACH: (peer) => `no route to ${peer}`,
  ENETUNREACH: (peer) => `network of ${peer} is unreachable`,
  ERR_SSL_WRONG_VERSION_NUMBER: (peer) => `${peer} does not speak TLS`,
  CERT_HAS_EXPIRED: (peer) => `the certificate of ${peer} has expired`,
  DEPTH_ZERO_SELF_SIGNED_CERT: (peer) => `the certificate of ${peer} is self-signed`,
  SELF_SIGNED_CERT_IN_CHAIN: (peer) => `the certificate chain of ${peer} ends in an unknown authority`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: (peer) => `the certificate of ${peer} was signed by an unknown authority`,
  ERR_TLS_CERT_ALTNAME_INVALID: (peer) => `the certificate of ${peer} is for another name`,
};

/** The connection broke off in the midst of it. */
const BROKEN_OFF: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** What an error on the way to a peer (`host:port`) means; everything may be told again. */
export function toFailure(error: unknown, peer: string): Delivery {
  const code = codeOf(error);
  const reason = code === 'ETIMEDOUT' || code === 'UND_ERR_CONNECT_TIMEOUT' ? 'timeout' : 'network';
  const message = BY_CODE[code]?.(peer) ?? (errorText(error) || code);
  const maybe = BROKEN_OFF.has(code) ? ({ maybeTaken: true } as const) : {};
  return { ok: false, retry: true, reason, message, ...maybe };
}

/** The code of an error, or of the first of those that it holds: one for each address that was tried. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
