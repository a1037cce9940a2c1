import type { Failure, FailureReason } from '../../core/result.ts';

/** An error reply: `code` is its first word, `text` the rest. */
export interface Refusal {
  readonly code: string;
  readonly text: string;
}

const LONGEST = 160;

/** Splits `NOAUTH Authentication required.`; what has no code counts as `ERR`. The text is cut and on one line. */
export function parseRefusal(line: string): Refusal {
  const parts = /^([A-Z][A-Z0-9]+)(?: ([\s\S]*))?$/.exec(line);
  const text = (parts === null ? line : (parts[2] ?? '')).replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return { code: parts?.[1] ?? 'ERR', text: text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text };
}

type Say = (peer: string, command: string) => string;

/**
 * What the codes of an error reply mean for the health question. A server that answers PING by one of these serves no
 * client: Redis itself answers so while every write is refused (MISCONF), although reads may still work.
 */
const BY_CODE: Readonly<Record<string, readonly [FailureReason, Say]>> = {
  NOAUTH: ['auth', (peer) => `${peer} asks for a password (NOAUTH)`],
  WRONGPASS: ['auth', (peer) => `${peer} refused the username or password (WRONGPASS)`],
  NOPERM: ['auth', (peer, command) => `the user may not run ${command} on ${peer} (NOPERM)`],
  DENIED: ['auth', (peer) => `${peer} is in protected mode and refuses clients from other hosts (DENIED)`],
  LOADING: ['unavailable', (peer) => `${peer} is loading its data into memory (LOADING)`],
  MASTERDOWN: [
    'unavailable',
    (peer) => `replica ${peer} refuses to serve: its link to the master is down (MASTERDOWN)`,
  ],
  MISCONF: ['unavailable', (peer) => `${peer} refuses every write: it cannot save to disk (MISCONF)`],
  BUSY: ['unavailable', (peer) => `${peer} is busy running a script (BUSY)`],
  OOM: ['unavailable', (peer) => `${peer} refuses: more memory is used than maxmemory allows (OOM)`],
  READONLY: ['unavailable', (peer) => `${peer} is a read-only replica (READONLY)`],
  NOREPLICAS: ['unavailable', (peer) => `${peer} refuses every write: too few good replicas (NOREPLICAS)`],
  CLUSTERDOWN: ['unavailable', (peer) => `the cluster of ${peer} is down (CLUSTERDOWN)`],
  TRYAGAIN: ['unavailable', (peer) => `${peer} cannot serve now (TRYAGAIN)`],
};

// Sent unasked to a connection too many, with the general code ERR: nothing but its text tells it apart.
const FULL = /^max number of clients/;

/** What an error reply to a command that the health question needs means. */
export function failureOf(refusal: Refusal, peer: string, command = 'PING'): Failure {
  if (refusal.code === 'ERR' && FULL.test(refusal.text))
    return { reason: 'limit', message: `${peer} refused the connection: the maximum number of clients is reached` };
  const known = BY_CODE[refusal.code];
  if (known !== undefined) return { reason: known[0], message: known[1](peer, command) };
  return { reason: 'protocol', message: `${peer} answered ${command} with an error: ${shown(refusal)}` };
}

/** What an error reply to AUTH means: whatever it is, the login failed, unless nobody could log in now. */
export function loginFailureOf(refusal: Refusal, peer: string): Failure {
  const failure = failureOf(refusal, peer, 'AUTH');
  if (failure.reason !== 'protocol') return failure;
  return { reason: 'auth', message: `${peer} refused the login: ${shown(refusal)}` };
}

export const shown = (refusal: Refusal): string => `${refusal.code} ${refusal.text}`.trim();
