import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Clock } from '../core/clock.ts';
import { codeOf } from './failure.ts';
import type { Address, Resolver } from './resolver.ts';

/** An address that answers whenever our own network works. */
export interface Reference {
  readonly host: string;
  readonly port: number;
}

/** `1.1.1.1:443`, IPv6 in brackets. */
export const referenceText = ({ host, port }: Reference): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Whether any of them takes a TCP connection, or refuses one, before the signal aborts; nothing is sent. */
export async function anyAnswers(
  references: readonly Reference[],
  resolver: Resolver,
  signal: AbortSignal,
): Promise<boolean> {
  const over = new AbortController();
  const ending = AbortSignal.any([signal, over.signal]);
  try {
    return await Promise.any(references.map((reference) => answering(reference, resolver, ending))).then(
      () => true,
      () => false,
    );
  } finally {
    over.abort();
  }
}

/** Rejects where there is no answer. */
async function answering({ host, port }: Reference, resolver: Resolver, signal: AbortSignal): Promise<void> {
  const resolved = await resolver.resolve(host, signal);
  if (!resolved.ok) throw new Error(resolved.message);
  await Promise.any(resolved.addresses.map((address) => touched(address, port, signal)));
}

function touched({ address }: Address, port: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      settle();
    };
    const onAbort = () => end(() => reject(new Error('no answer in time')));
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => end(resolve));
    // Refused is an answer as well: somebody over there sent it.
    socket.on('error', (error) => end(() => (codeOf(error) === 'ECONNREFUSED' ? resolve() : reject(error))));
    if (signal.aborted) onAbort();
  });
}

/** Every interface has one of these, whether it leads anywhere or not. */
const LINK_LOCAL = /^fe[89ab]/i;
/** A storm of failures asks the system seldom; a link that was just lost is seen all the same. */
const LOOK_AGAIN_MS = 20;

export type Interfaces = () => Readonly<Partial<Record<string, readonly InterfaceAddress[]>>>;

interface InterfaceAddress {
  readonly address: string;
  readonly internal: boolean;
}

/** Answers whether this machine has an address by which it can reach another one. */
export function openPresence(clock: Pick<Clock, 'monoMs'>, interfaces: Interfaces = networkInterfaces): () => boolean {
  let lookedAtMs = Number.NEGATIVE_INFINITY;
  let present = true;
  return () => {
    const nowMs = clock.monoMs();
    if (nowMs - lookedAtMs < LOOK_AGAIN_MS) return present;
    lookedAtMs = nowMs;
    const all = Object.values(interfaces()).flatMap((addresses) => addresses ?? []);
    present = all.some(({ address, internal }) => !internal && !LINK_LOCAL.test(address));
    return present;
  };
}
