import type { Failure } from '../../core/result.ts';
import { connectionFailure, isOwnLimit } from '../failure.ts';
import type { Resolver } from '../resolver.ts';
import type { TlsOptions } from '../tls.ts';
import { type Codec, type Connection, speak } from './connection.ts';
import type { Endpoint } from './endpoint.ts';
import { failureOf, loginFailureOf } from './refusal.ts';
import { openSocket } from './socket.ts';

export interface LoginOptions {
  readonly endpoint: Endpoint;
  readonly tls: TlsOptions | undefined;
  readonly resolver: Resolver;
  readonly codec: Codec;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  readonly maxBytes: number;
  /** Told what is being waited for, for the message of a timeout. */
  readonly waitFor: (what: string) => void;
  /** Told of the connection as soon as there is one, so that it can be closed from outside. */
  readonly onOpen: (connection: Connection) => void;
}

export type Login =
  | { readonly ok: true; readonly connection: Connection }
  | { readonly ok: false; readonly failure: Failure };

/** `host:port`, with brackets around an IPv6 address. */
export const hostPortText = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Resolves, connects and logs in afresh. Throws only where Outrider itself is short of something, or at the signal's abort. */
export async function logIn(options: LoginOptions): Promise<Login> {
  const opened = await open(options);
  if (!opened.ok) return opened;
  const { connection } = opened;
  const failure = await authenticate(connection, options);
  if (failure === undefined) return opened;
  connection.close(failure);
  return { ok: false, failure };
}

/** Tries the addresses of the name one after the other, as clients do; the first one's failure is told. */
async function open(options: LoginOptions): Promise<Login> {
  const { endpoint, signal, waitFor } = options;
  const name = hostPortText(endpoint.host, endpoint.port);
  waitFor(`no address for ${endpoint.host}`);
  const resolved = await options.resolver.resolve(endpoint.host, signal);
  signal.throwIfAborted();
  if (!resolved.ok) return { ok: false, failure: { reason: 'dns', message: resolved.message } };
  let first: Failure | undefined;
  for (const { address } of resolved.addresses) {
    const peer = hostPortText(address, endpoint.port);
    waitFor(`no connection to ${peer}`);
    const onConnect = () => {
      if (options.tls !== undefined) waitFor(`no TLS handshake with ${peer}`);
    };
    try {
      const place = { address, port: endpoint.port, host: endpoint.host, tls: options.tls };
      const connection = speak(await openSocket(place, signal, onConnect), options.codec, peer, options.nowMs());
      connection.allow(options.maxBytes);
      options.onOpen(connection);
      return { ok: true, connection };
    } catch (error) {
      if (signal.aborted || isOwnLimit(error)) throw error;
      first ??= connectionFailure(error, peer) ?? { reason: 'protocol', message: `connecting to ${peer} failed` };
    }
  }
  return { ok: false, failure: first ?? { reason: 'dns', message: `no address found for ${name}` } };
}

/** AUTH and SELECT, where they are needed; by RESP2 and without HELLO, which some proxies refuse. */
async function authenticate(connection: Connection, options: LoginOptions): Promise<Failure | undefined> {
  const { username, password, database } = options.endpoint;
  const { peer } = connection;
  if (password !== undefined) {
    options.waitFor(`no answer to AUTH from ${peer}`);
    const answer = await connection.ask('AUTH', ...(username === undefined ? [] : [username]), password);
    if (answer.kind === 'lost') return answer.failure;
    if (answer.kind === 'refused') return loginFailureOf(answer.refusal, peer);
  }
  if (database === 0) return undefined;
  options.waitFor(`no answer to SELECT from ${peer}`);
  const answer = await connection.ask('SELECT', String(database));
  if (answer.kind === 'lost') return answer.failure;
  return answer.kind === 'refused' ? failureOf(answer.refusal, peer, `SELECT ${database}`) : undefined;
}
