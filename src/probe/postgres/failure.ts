import { errorText } from '../../core/errors.ts';
import type { Failure, FailureReason } from '../../core/result.ts';
import { connectionFailure } from '../failure.ts';

/** An error that the server (or a pooler before it) sent. */
export interface ServerError extends Error {
  /** SQLSTATE. */
  readonly code: string;
  readonly severity: string;
}

/** The server asked for a password and none is configured. */
export class NoPasswordError extends Error {
  override readonly name = 'NoPasswordError';
}

/** The server sent more than any answer of Postgres is long. */
export class FloodError extends Error {
  override readonly name = 'FloodError';
}

const TOO_MANY_CONNECTIONS = '53300';
const PROTOCOL_VIOLATION = '08P01';

/** Source: https://www.postgresql.org/docs/current/errcodes-appendix.html; classes (two characters) where all codes mean the same. */
const BY_STATE: Readonly<Record<string, FailureReason>> = {
  '28': 'auth',
  '42501': 'auth',
  '53': 'limit',
  '57014': 'timeout',
  '57': 'unavailable',
  '58': 'unavailable',
  XX: 'unavailable',
  '55': 'unavailable',
  '3D': 'unavailable',
  '08': 'protocol',
};

/** PgBouncer sends 08P01 for nearly everything; its texts are fixed and in English. */
const POOLER_TEXTS: readonly (readonly [RegExp, FailureReason])[] = [
  [/authentication failed|no such user|auth failed/, 'auth'],
  [/too many (connections|clients)|no more connections|connection slots|connections? exceeded/, 'limit'],
];

const SENTENCES: Partial<Readonly<Record<FailureReason, string>>> = {
  auth: 'refused the login',
  limit: 'refuses new connections',
  unavailable: 'is not available',
  timeout: 'cancelled the question',
};

export const isServerError = (error: unknown): error is ServerError =>
  error instanceof Error &&
  'severity' in error &&
  typeof error.severity === 'string' &&
  'code' in error &&
  typeof error.code === 'string';

/** Whether the server ended the session with the error; any other error costs only its statement. */
export const isFatal = (error: unknown): boolean =>
  !isServerError(error) || error.severity === 'FATAL' || error.severity === 'PANIC';

/** What is known of a session beside the error itself. */
export interface Circumstances {
  readonly peer: string;
  /** Whether a pooler is known to stand before the server. */
  readonly pooled: boolean;
  /** The socket's own error, where it had one. */
  readonly socketError: Error | undefined;
  /** Whether the other side ended the connection. */
  readonly closed: boolean;
}

/** What an error during login or the health question means. */
export function failureOf(error: unknown, circumstances: Circumstances): Failure {
  const { peer, socketError, closed } = circumstances;
  if (error instanceof NoPasswordError)
    return { reason: 'auth', message: `${peer} asks for a password and none is configured` };
  if (isServerError(error)) return serverFailure(error, circumstances);
  if (socketError instanceof FloodError)
    return { reason: 'protocol', message: `${peer} sent more than an answer of Postgres can be` };
  const known = socketError === undefined ? undefined : connectionFailure(socketError, peer);
  if (known !== undefined) return known;
  if (closed) return { reason: 'reset', message: `${peer} closed the connection` };
  return { reason: 'protocol', message: `${peer} does not speak Postgres’s protocol as expected: ${errorText(error)}` };
}

function serverFailure(error: ServerError, { peer, pooled }: Circumstances): Failure {
  const reason = reasonOf(error, pooled);
  return { reason, message: `${peer} ${SENTENCES[reason] ?? 'answered with an error'}: ${error.message}` };
}

function reasonOf(error: ServerError, pooled: boolean): FailureReason {
  if (error.code === PROTOCOL_VIOLATION && error.severity === 'FATAL') {
    const known = POOLER_TEXTS.find(([text]) => text.test(error.message))?.[1];
    return known ?? (pooled ? 'unavailable' : 'protocol');
  }
  return BY_STATE[error.code] ?? BY_STATE[error.code.slice(0, 2)] ?? 'protocol';
}

/** Whether the server has no free connection: what it says to everybody now. */
export const isFull = (error: unknown, failure: Failure): boolean =>
  failure.reason === 'limit' && isServerError(error) && [TOO_MANY_CONNECTIONS, PROTOCOL_VIOLATION].includes(error.code);
