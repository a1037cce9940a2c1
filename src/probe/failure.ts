import type { Failure, FailureReason } from '../core/result.ts';

type Say = (peer: string) => string;

/** System and TLS error codes → what they mean for a probe. `peer` is `host:port` or an address. */
const BY_CODE: Readonly<Record<string, readonly [FailureReason, Say]>> = {
  ECONNREFUSED: ['refused', (peer) => `connection refused by ${peer}`],
  ECONNRESET: ['reset', (peer) => `connection reset by ${peer}`],
  ECONNABORTED: ['reset', (peer) => `connection to ${peer} was aborted`],
  EPIPE: ['reset', (peer) => `${peer} closed the connection while it was being written to`],
  UND_ERR_SOCKET: ['reset', (peer) => `${peer} closed the connection`],
  ENOTFOUND: ['dns', (peer) => `no address found for ${peer}`],
  EAI_AGAIN: ['dns', (peer) => `the name server did not answer for ${peer}`],
  ETIMEDOUT: ['timeout', (peer) => `connecting to ${peer} timed out`],
  EHOSTUNREACH: ['unavailable', (peer) => `no route to ${peer}`],
  ENETUNREACH: ['unavailable', (peer) => `network of ${peer} is unreachable`],
  EHOSTDOWN: ['unavailable', (peer) => `host of ${peer} is down`],
  ENETDOWN: ['unavailable', (peer) => `network of ${peer} is down`],
  EACCES: ['unavailable', (peer) => `this machine does not permit connections to ${peer}`],
  EPERM: ['unavailable', (peer) => `this machine does not permit connections to ${peer}`],
  ERR_SSL_WRONG_VERSION_NUMBER: ['tls', (peer) => `${peer} does not speak TLS`],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['tls', (peer) => `${peer} does not speak TLS`],
  EPROTO: ['tls', (peer) => `TLS handshake with ${peer} failed`],
  CERT_HAS_EXPIRED: ['tls', (peer) => `the certificate of ${peer} has expired`],
  CERT_NOT_YET_VALID: ['tls', (peer) => `the certificate of ${peer} is not valid yet`],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls', (peer) => `the certificate of ${peer} is self-signed`],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls', (peer) => `the certificate chain of ${peer} ends in an unknown authority`],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls', (peer) => `the certificate of ${peer} was signed by an unknown authority`],
  UNABLE_TO_GET_ISSUER_CERT: ['tls', (peer) => `the certificate of ${peer} was signed by an unknown authority`],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls', (peer) => `the certificate of ${peer} was signed by an unknown authority`],
  CERT_SIGNATURE_FAILURE: ['tls', (peer) => `the certificate of ${peer} has a false signature`],
  CERT_REVOKED: ['tls', (peer) => `the certificate of ${peer} was revoked`],
  INVALID_PURPOSE: ['tls', (peer) => `the certificate of ${peer} is not one for servers`],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls', (peer) => `the certificate of ${peer} is for another name`],
};

/** Codes by which the system says that it did not get through: whose network that is remains to be seen. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EACCES',
  'EPERM',
]);

/** Codes that speak of our own descriptors and ports, not of the target. */
const OWN_LIMITS: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM']);

/** The `code` of an error, of its cause, or of the first error that an AggregateError holds. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}

/** Whether Outrider itself ran out of descriptors, ports or memory: the target is not to blame. */
export const isOwnLimit = (error: unknown): boolean => OWN_LIMITS.has(codeOf(error) ?? '');

/** What a connection error means, or undefined where its code is not in the table (the caller knows its driver's codes). */
export function connectionFailure(error: unknown, peer: string): Failure | undefined {
  const code = codeOf(error);
  return code === undefined ? undefined : failureOfCode(code, peer);
}

/** What a code of the system or of TLS means, or undefined where it is not in the table. */
export function failureOfCode(code: string, peer: string): Failure | undefined {
  const known = BY_CODE[code];
  if (known !== undefined) {
    const failure = { reason: known[0], message: known[1](peer) };
    return UNREACHABLE.has(code) ? { ...failure, unreachable: true } : failure;
  }
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_'))
    return { reason: 'tls', message: `TLS handshake with ${peer} failed: ${code}` };
  return undefined;
}
