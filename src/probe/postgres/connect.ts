import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { errorText } from '../../core/errors.ts';
import type { Failure } from '../../core/result.ts';
import { codeOf, connectionFailure, isOwnLimit } from '../failure.ts';
import type { Address as IpAddress, Resolver } from '../resolver.ts';
import type { TlsOptions } from '../tls.ts';
import { type Address, peerOf } from './address.ts';

/** What is needed to reach the server, and who wants to know how far it got. */
export interface Dial {
  readonly address: Address;
  /** Undefined where the connection stays plain. */
  readonly tls: TlsOptions | undefined;
  readonly resolver: Resolver;
  readonly signal: AbortSignal;
  /** Told before each step, for the message of a timeout. */
  readonly step: (doing: string) => void;
}

export type Connected =
  | { readonly ok: true; readonly socket: Socket; readonly tls: string | undefined }
  | { readonly ok: false; readonly failure: Failure };

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
/** How long one of several addresses may keep us from the next. */
const ADDRESS_PATIENCE_MS = 1000;
const KEEP_ALIVE_AFTER_MS = 30_000;

const failed = (reason: Failure['reason'], message: string): Connected => ({ ok: false, failure: { reason, message } });

/**
 * A socket to the server, encrypted as the mode asks; it is the caller's, who has to destroy it. Throws what is no answer
 * of the server: our own limits, and whatever the abort of the signal broke off.
 */
export async function connectTo(dial: Dial): Promise<Connected> {
  let raw: Socket | undefined;
  try {
    const reached = await reach(dial);
    if (!('socket' in reached)) return reached;
    raw = reached.socket;
    if (dial.tls === undefined) return { ok: true, socket: raw, tls: undefined };
    const connected = await encrypt(raw, dial.tls, dial);
    if (!connected.ok) raw.destroy();
    return connected;
  } catch (error) {
    raw?.destroy();
    if (dial.signal.aborted || isOwnLimit(error)) throw error;
    const peer = peerOf(dial.address);
    return { ok: false, failure: connectionFailure(error, peer) ?? otherFailure(error, peer, raw !== undefined) };
  }
}

/** A Unix socket that is not there; and, once connected, OpenSSL's many names for a handshake that failed. */
function otherFailure(error: unknown, peer: string, connected: boolean): Failure {
  const why = errorText(error);
  if (connected) return { reason: 'tls', message: `TLS handshake with ${peer} failed: ${why}` };
  if (codeOf(error) === 'ENOENT') return { reason: 'refused', message: `no server listens at ${peer}` };
  return { reason: 'unavailable', message: `cannot connect to ${peer}: ${why}` };
}

async function reach(dial: Dial): Promise<{ readonly socket: Socket } | Connected> {
  const { host, port } = dial.address;
  if (host.startsWith('/')) return { socket: await established(connect({ path: `${host}/.s.PGSQL.${port}` }), dial) };
  dial.step('looking up its address');
  const resolved = await dial.resolver.resolve(host, dial.signal);
  dial.signal.throwIfAborted();
  if (!resolved.ok) return failed('dns', resolved.message);
  const { addresses } = resolved;
  const options = { port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_AFTER_MS };
  const socket =
    addresses.length === 1
      ? connect({ ...options, host: addresses[0].address })
      : connect({
          ...options,
          host,
          lookup: (_host, _options, answer) => answer(null, [...addresses] satisfies IpAddress[]),
          autoSelectFamily: true,
          autoSelectFamilyAttemptTimeout: ADDRESS_PATIENCE_MS,
        });
  return { socket: await established(socket, dial) };
}

async function established(socket: Socket, dial: Dial): Promise<Socket> {
  dial.step('connecting');
  socket.on('error', () => {}); // stays for as long as the socket lives
  try {
    await once(socket, 'connect', { signal: dial.signal });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Asks for TLS; source: https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL */
async function encrypt(raw: Socket, tls: TlsOptions, dial: Dial): Promise<Connected> {
  const { sslMode } = dial.address;
  const peer = peerOf(dial.address);
  dial.step('asking for TLS');
  raw.write(SSL_REQUEST);
  const answer = await firstBytes(raw, dial.signal);
  if (answer === undefined) return failed('reset', `${peer} closed the connection when asked for TLS`);
  if (answer === 'N' && sslMode === 'prefer') return { ok: true, socket: raw, tls: undefined };
  if (answer === 'N') return failed('tls', `${peer} offers no TLS, but sslmode is ${sslMode}`);
  // More than the one byte would be text that somebody put in before the encryption.
  if (answer !== 'S') return failed('protocol', `${peer} does not speak Postgres’s protocol`);
  dial.step('in the TLS handshake');
  const secure = connectTls(handshake(raw, tls, dial.address));
  secure.on('error', () => {});
  await once(secure, 'secureConnect', { signal: dial.signal });
  return { ok: true, socket: secure, tls: secure.getProtocol() ?? 'TLS' };
}

function handshake(socket: Socket, tls: TlsOptions, { host, sslMode }: Address): ConnectionOptions {
  const verifies = sslMode === 'verify-ca' || sslMode === 'verify-full';
  const servername = tls.servername ?? (isIP(host) === 0 ? host : undefined);
  return {
    socket,
    host,
    secureContext: tls.secureContext,
    rejectUnauthorized: verifies && tls.rejectUnauthorized,
    ...(servername === undefined ? {} : { servername }),
    ...(sslMode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  };
}

/** What came first, as text; undefined where the connection ended before anything came. */
async function firstBytes(socket: Socket, signal: AbortSignal): Promise<string | undefined> {
  const over = new AbortController();
  const options = { signal: AbortSignal.any([signal, over.signal]) };
  const data = once(socket, 'data', options).then(([chunk]) =>
    chunk instanceof Buffer ? chunk.toString('latin1') : '',
  );
  const end = once(socket, 'close', options).then(() => undefined);
  data.catch(() => {});
  end.catch(() => {});
  try {
    return await Promise.race([data, end]);
  } finally {
    over.abort();
  }
}
