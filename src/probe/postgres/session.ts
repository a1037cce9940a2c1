import type { Socket } from 'node:net';
import type { Client } from 'pg';
import type { Clock } from '../../core/clock.ts';
import type { Failure } from '../../core/result.ts';
import { isOwnLimit } from '../failure.ts';
import { peerOf } from './address.ts';
import { connectTo, type Dial } from './connect.ts';
import { FloodError, failureOf, isServerError, NoPasswordError } from './failure.ts';
import type { Row } from './row.ts';

/** pg's client class, imported when a prober opens. */
export type ClientClass = typeof Client;

export interface SessionOptions extends Dial {
  readonly Client: ClientClass;
  readonly clock: Clock;
  readonly pooled: boolean;
}

export type Opened =
  | { readonly ok: true; readonly session: Session }
  | { readonly ok: false; readonly failure: Failure; readonly error: unknown };

/** More than this in one session between two resets is no answer of Postgres. */
const MOST_BYTES = 16 * 1024 * 1024;
const CLOSE_PATIENCE_MS = 250;
const APPLICATION_NAME = 'outrider';

/** Connects and logs in. Throws our own limits, and anything once the signal is aborted. */
export async function openSession(options: SessionOptions): Promise<Opened> {
  const first = await openOnce(options);
  // As in libpq: what `prefer` could not have with TLS it tries without.
  if (first.ok || options.address.sslMode !== 'prefer' || options.tls === undefined) return first;
  const refusedTls = first.failure.reason === 'tls' || (isServerError(first.error) && first.error.code === '28000');
  return refusedTls ? openOnce({ ...options, tls: undefined }) : first;
}

async function openOnce(options: SessionOptions): Promise<Opened> {
  const connected = await connectTo(options);
  if (!connected.ok) return { ...connected, error: undefined };
  options.step('logging in');
  const session = new Session(connected.socket, connected.tls, options);
  try {
    await session.logIn(options.signal);
    return { ok: true, session };
  } catch (error) {
    session.destroy();
    if (options.signal.aborted || isOwnLimit(error)) throw error;
    return { ok: false, failure: session.explain(error, options.pooled), error };
  }
}

/** One login over one socket; owns both. */
export class Session {
  /** `TLSv1.3` where the connection is encrypted. */
  readonly tls: string | undefined;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #peer: string;
  #socketError: Error | undefined;
  #lost: Error | undefined;
  #closed = false;
  #received = 0;

  constructor(socket: Socket, tls: string | undefined, options: SessionOptions) {
    this.tls = tls;
    this.#socket = socket;
    this.#clock = options.clock;
    this.#peer = peerOf(options.address);
    this.#client = makeClient(socket, options);
    this.#client.on('error', (error) => {
      this.#lost ??= error;
    });
    socket.on('error', (error) => {
      this.#socketError ??= error;
    });
    socket.once('close', () => {
      this.#closed = true;
    });
    socket.on('data', (chunk: Buffer) => this.#count(chunk.length));
  }

  /** False once either side has ended it. */
  get alive(): boolean {
    return !this.#closed && this.#lost === undefined && !this.#socket.destroyed;
  }

  /** What the server said when it ended the session by itself. */
  get lastWords(): string | undefined {
    return this.#lost?.message;
  }

  /** The server process as it was named at login; a pooler makes one up. */
  get pid(): number | undefined {
    return 'processID' in this.#client && typeof this.#client.processID === 'number'
      ? this.#client.processID
      : undefined;
  }

  async logIn(signal: AbortSignal): Promise<void> {
    await this.#bound(signal, this.#client.connect());
  }

  /** The rows of the last statement in `sql`; the session dies with the signal. Rejects with pg's errors. */
  async query(sql: string, signal: AbortSignal): Promise<readonly Row[]> {
    this.#received = 0;
    const results: unknown = await this.#bound(signal, this.#client.query<Row>(sql));
    const last: unknown = Array.isArray(results) ? results.at(-1) : results;
    return isResult(last) ? last.rows : [];
  }

  explain(error: unknown, pooled: boolean): Failure {
    return failureOf(error, { peer: this.#peer, pooled, socketError: this.#socketError, closed: this.#closed });
  }

  /** Says goodbye; ends in a moment even where nobody listens. Never rejects. */
  async close(): Promise<void> {
    if (this.alive) {
      const gone = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
      using _ = this.#clock.after(CLOSE_PATIENCE_MS, () => this.destroy());
      this.#client.end().catch(() => {});
      await gone;
    }
    this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async #bound<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
    const destroy = () => this.destroy();
    signal.addEventListener('abort', destroy, { once: true });
    if (signal.aborted) destroy();
    try {
      return await work;
    } finally {
      signal.removeEventListener('abort', destroy);
    }
  }

  #count(bytes: number): void {
    this.#received += bytes;
    if (this.#received > MOST_BYTES) this.#socket.destroy(new FloodError('too much'));
  }
}

const isResult = (value: unknown): value is { readonly rows: readonly Row[] } =>
  typeof value === 'object' && value !== null && 'rows' in value && Array.isArray(value.rows);

/** pg's client over a socket that is connected already; what it sends at login is decided here alone. */
function makeClient(socket: Socket, { Client, address }: SessionOptions): Client {
  const { user, password, database } = address;
  const connected = Object.assign(socket, {
    connect: () => {
      process.nextTick(() => socket.emit('connect'));
      return socket;
    },
  });
  const client = new Client({
    user,
    database,
    password: () => {
      if (password === undefined || password === '') throw new NoPasswordError('no password');
      return password;
    },
    ssl: false,
    sslnegotiation: 'postgres',
    stream: () => connected,
    types: { getTypeParser: () => (text: string) => text },
  });
  // Poolers refuse other start-up parameters, and pg would take some from the environment (PGOPTIONS).
  return Object.assign(client, {
    getStartupConf: () => ({ user, database, application_name: APPLICATION_NAME }),
  });
}
