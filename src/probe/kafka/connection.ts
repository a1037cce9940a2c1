import type { Socket } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { formatDuration } from '../../core/duration.ts';
import type { Failure } from '../../core/result.ts';
import { codeOf, connectionFailure } from '../failure.ts';
import type { Resolver } from '../resolver.ts';
import type { TlsOptions } from '../tls.ts';
import { BrokerError } from './broker-error.ts';
import { askVersions, exchangeOf, requestBytes, versionOf } from './codec.ts';
import { type BrokerAddress, dial, lookUp, peerName } from './dial.ts';
import { frameReader } from './frames.ts';
import { authenticate, type Sasl } from './sasl.ts';
import type { CallName, Calls, Exchange, Versions } from './wire.ts';

/** What every connection of a target has in common. */
export interface Access {
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly tls: TlsOptions | undefined;
  readonly sasl: Sasl | undefined;
}

type Phase = 'look-up' | 'connect' | 'tls' | 'versions' | 'login' | 'open';

interface Waiting {
  resolve(payload: Buffer): void;
  reject(error: BrokerError): void;
}

/** The metadata of half a million partitions fit; what is longer is no answer. */
const MAX_FRAME_BYTES = 64 * 1024 * 1024;
const INT32_MAX = 0x7fff_ffff;
const TLS_ALERT = 0x15;
const SESSION_SHARE = 0.8;

/** One connection to one broker: owns its socket. Whatever goes wrong ends it and fails all that waits on it with a BrokerError. */
export class Connection implements Disposable {
  readonly peer: string;
  readonly openedAtMs: number;
  /** Until when to ask on it, on the monotonic clock: a little before the broker ends the SASL session. */
  sessionEndsAtMs = Number.POSITIVE_INFINITY;
  readonly #address: BrokerAddress;
  readonly #access: Access;
  readonly #waiting = new Map<number, Waiting>();
  readonly #frames = frameReader(MAX_FRAME_BYTES);
  readonly #lookingUp = new AbortController();
  #phase: Phase = 'look-up';
  #socket: Socket | undefined;
  #connecting: Waiting['reject'] | undefined;
  #over: BrokerError | undefined;
  #asked = 0;
  #answered = 0;
  #versions: Versions = {};

  constructor(address: BrokerAddress, access: Access) {
    this.peer = peerName(address);
    this.#address = address;
    this.#access = access;
    this.openedAtMs = access.clock.monoMs();
  }

  /** Whether it waits for nothing and can be asked (again). */
  get idle(): boolean {
    return this.#over === undefined && this.#phase === 'open' && this.#waiting.size === 0;
  }

  /** Connects and logs in; call it once, first. Throws BrokerError. */
  async open(): Promise<this> {
    const { resolver, tls, sasl, clock } = this.#access;
    try {
      const lookup = await lookUp(this.#address, resolver, this.#lookingUp.signal);
      if (this.#over !== undefined) throw this.#over;
      await this.#connect(dial(this.#address, lookup, tls));
      this.#phase = 'versions';
      const { apiVersions } = await this.#exchange(askVersions());
      this.#versions = Object.fromEntries(apiVersions.map((range) => [range.apiKey, range]));
      if (sasl !== undefined) {
        this.#phase = 'login';
        const lifetimeMs = await authenticate(sasl, this.peer, this.#versions, (exchange) => this.#exchange(exchange));
        if (lifetimeMs > 0) this.sessionEndsAtMs = clock.monoMs() + SESSION_SHARE * lifetimeMs;
      }
      this.#phase = 'open';
      return this;
    } catch (error) {
      if (error instanceof BrokerError) this.#end(error);
      throw this.#over ?? error;
    }
  }

  /** Whether the broker knows this kind of request in a version that we speak. */
  knows(name: CallName): boolean {
    return versionOf(name, this.#versions) !== undefined;
  }

  /** One request and its answer; error codes in the answer are the caller's. Throws BrokerError. */
  async ask<N extends CallName>(name: N, args: Calls[N]['args']): Promise<Calls[N]['answer']> {
    const version = versionOf(name, this.#versions);
    if (version !== undefined) return this.#exchange(exchangeOf(name, args, version));
    throw new BrokerError({
      reason: 'protocol',
      message: `${this.peer} speaks no version of ${name} known to Outrider`,
    });
  }

  /** Ends it because its answer did not come in time; `afterMs` is for people. */
  timeOut(afterMs: number): void {
    const after = formatDuration(afterMs);
    const message = {
      'look-up': `looking up ${this.#address.host} took longer than ${after}`,
      connect: `connecting to ${this.peer} timed out after ${after}`,
      tls: `${this.peer} did not finish the TLS handshake within ${after}`,
      versions: `${this.peer} took the connection but did not answer within ${after}`,
      login: `${this.peer} did not answer the login within ${after}`,
      open: `${this.peer} did not answer within ${after}`,
    }[this.#phase];
    this.#end(new BrokerError({ reason: 'timeout', message }));
  }

  [Symbol.dispose](): void {
    this.#end(new BrokerError({ reason: 'internal', message: `the connection to ${this.peer} was given up` }));
  }

  #connect(socket: Socket): Promise<void> {
    const secure = this.#access.tls !== undefined;
    this.#socket = socket;
    this.#phase = 'connect';
    return new Promise((resolve, reject) => {
      this.#connecting = reject;
      socket.once('connect', () => {
        this.#phase = secure ? 'tls' : 'versions';
      });
      socket.once(secure ? 'secureConnect' : 'connect', () => resolve());
      socket.on('data', (chunk) => {
        if (typeof chunk !== 'string') this.#receive(chunk);
      });
      socket.on('error', (cause) => this.#end(new BrokerError(this.#failureOf(cause), { cause })));
      socket.on('close', () => this.#end(new BrokerError(this.#closed())));
    });
  }

  async #exchange<T>({ request, response }: Exchange<T>): Promise<T> {
    const id = this.#asked;
    this.#asked = id === INT32_MAX ? 0 : id + 1;
    const bytes = await requestBytes(request, id);
    const payload = await new Promise<Buffer>((resolve, reject) => {
      if (this.#over !== undefined) return reject(this.#over);
      this.#waiting.set(id, { resolve, reject });
      this.#socket?.write(bytes);
    });
    try {
      return await response.decode(payload);
    } catch (cause) {
      throw this.#end(this.#nonsense(`an answer to ${request.apiName} that cannot be read`, cause));
    }
  }

  #receive(chunk: Buffer): void {
    const { frames, badSize } = this.#frames.push(chunk);
    for (const frame of frames) {
      const id = frame.length < 4 ? -1 : frame.readInt32BE(0);
      const waiting = this.#waiting.get(id);
      if (waiting === undefined) {
        this.#end(this.#nonsense('an answer that nobody asked for'));
        return;
      }
      this.#waiting.delete(id);
      this.#answered += 1;
      waiting.resolve(frame.subarray(4));
    }
    if (badSize === undefined) return;
    const speaksTls = this.#access.tls === undefined && this.#answered === 0 && badSize >>> 24 === TLS_ALERT;
    this.#end(
      speaksTls
        ? new BrokerError({ reason: 'tls', message: `${this.peer} speaks TLS, and this target has no tls block` })
        : this.#nonsense('something else'),
    );
  }

  #end(error: BrokerError): BrokerError {
    if (this.#over !== undefined) return this.#over;
    this.#over = error;
    this.#lookingUp.abort();
    this.#socket?.destroy();
    this.#connecting?.(error);
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    return error;
  }

  #nonsense(what: string, cause?: unknown): BrokerError {
    const message = `${this.peer} does not speak Kafka’s protocol: it sent ${what}`;
    return new BrokerError({ reason: 'protocol', message }, { cause });
  }

  #failureOf(cause: Error): Failure {
    const code = codeOf(cause);
    if (this.#phase !== 'connect' && (code === 'ECONNRESET' || code === 'EPIPE')) return this.#closed();
    const known = connectionFailure(cause, this.peer);
    return known ?? { reason: 'reset', message: `the connection to ${this.peer} failed: ${code ?? cause.name}` };
  }

  #closed(): Failure {
    const { tls, sasl } = this.#access;
    if (this.#phase === 'tls')
      return { reason: 'tls', message: `${this.peer} closed the connection during the TLS handshake` };
    const message = `${this.peer} closed the connection`;
    if (this.#answered === 0 && tls === undefined)
      return { reason: 'reset', message: `${message} without an answer: does it expect TLS?` };
    if (this.#answered === 1 && sasl === undefined)
      return { reason: 'reset', message: `${message} instead of answering: does it expect SASL?` };
    return { reason: 'reset', message };
  }
}
