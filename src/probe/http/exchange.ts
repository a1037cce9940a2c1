import type { TLSSocket } from 'node:tls';
import type { Clock } from '../../core/clock.ts';
import { formatDuration } from '../../core/duration.ts';
import { errorText } from '../../core/errors.ts';
import type { Failure } from '../../core/result.ts';
import { connectionFailure, failureOfCode, isOwnLimit } from '../failure.ts';
import type { Address } from '../resolver.ts';
import type { TlsOptions } from '../tls.ts';
import { type Body, type BodyLimits, type BodySink, NO_BODY } from './body.ts';
import type { TakeBytes } from './chunked.ts';
import { Connection, type ConnectionUser } from './connection.ts';
import { openBody } from './decoder.ts';
import type { ResponseStep } from './framing.ts';
import type { Head } from './head.ts';
import type { HttpRequest } from './request.ts';
import { type ResponseReader, readResponse } from './response.ts';
import { type CertificateNames, readSecure } from './secure.ts';
import { addPhase, type Seen } from './seen.ts';

export interface ExchangeOptions {
  readonly request: HttpRequest;
  readonly addresses: readonly [Address, ...Address[]];
  readonly tls: TlsOptions | undefined;
  readonly clock: Pick<Clock, 'monoMs'>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** How much of a body is read and kept; asked when the head is here. */
  bodyLimits(head: Head): BodyLimits;
  /** Words of the certificate that was seen last. */
  readonly knownCertificate: CertificateNames | undefined;
  /** An open connection to use instead of a fresh one. */
  readonly kept: Connection | undefined;
}

/** Failed, or over: then with the connection, where it can be used again. */
export type Exchanged =
  | { readonly ok: true; readonly connection: Connection | undefined }
  | { readonly ok: false; readonly failure: Failure; readonly answered: boolean };

/** One request and its answer, written into `seen` phase by phase. Rejects only where Outrider itself ran out of something. */
export function exchange(options: ExchangeOptions, seen: Seen): Promise<Exchanged> {
  return new Promise((resolve, reject) => new Exchange(options, seen, resolve, reject).start());
}

const WAITING = {
  connect: (peer: string, within: string) => `${peer} did not accept a connection within ${within}`,
  tls: (peer: string, within: string) => `the TLS handshake with ${peer} did not end within ${within}`,
  processing: (peer: string, within: string) => `${peer} did not answer within ${within}`,
  transfer: (peer: string, within: string) => `the answer of ${peer} did not end within ${within}`,
} as const;

/** Owns the connection of one exchange, and the listener on its signal. */
class Exchange implements ConnectionUser {
  readonly #options: ExchangeOptions;
  readonly #seen: Seen;
  readonly #resolve: (exchanged: Exchanged) => void;
  readonly #reject: (error: Error) => void;
  readonly #reader: ResponseReader;
  #connection: Connection | undefined;
  #phase: keyof typeof WAITING = 'connect';
  #sinceMs = 0;
  /** Which of the addresses is being tried, and what the first that spoke for the target said. */
  #attempt = 0;
  #refusal: Failure | undefined;
  #body: BodySink | undefined;
  /** No more bytes are wanted. */
  #isRead = false;
  #isOver = false;

  constructor(
    options: ExchangeOptions,
    seen: Seen,
    resolve: (exchanged: Exchanged) => void,
    reject: (error: Error) => void,
  ) {
    this.#options = options;
    this.#seen = seen;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#reader = readResponse(options.request.method, (head) => this.#onHead(head));
  }

  start(): void {
    const { signal, kept, clock } = this.#options;
    this.#sinceMs = clock.monoMs();
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener('abort', this.#onAbort);
    if (this.#isOver) return;
    if (kept === undefined) this.#connect();
    else this.#use(kept);
  }

  #use(kept: Connection): void {
    kept.user = this;
    this.#connection = kept;
    this.#seen.address = kept.address;
    this.#seen.secure = kept.secure;
    this.onConnect();
  }

  #connect(): void {
    this.#connection?.[Symbol.dispose]();
    const { addresses, request, tls } = this.#options;
    const address = addresses[this.#attempt] ?? addresses[0];
    this.#seen.address = address;
    this.#connection = new Connection({ address, port: request.port, tls, nowMs: this.#sinceMs }, this);
  }

  onConnect(): void {
    this.#endPhase('connect');
    if (this.#options.tls !== undefined && this.#options.kept === undefined) {
      this.#phase = 'tls';
      return;
    }
    addPhase(this.#seen, 'tls', 0);
    this.#send();
  }

  onSecure(): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    this.#endPhase('tls');
    const secure = readSecure(connection.socket as TLSSocket, this.#options.knownCertificate);
    connection.secure = secure;
    this.#seen.secure = secure;
    const problem = secure === undefined ? 'NO_CERTIFICATE' : secure.problem;
    if (problem === undefined || this.#options.tls?.rejectUnauthorized === false) {
      this.#send();
      return;
    }
    const message = `the certificate of ${this.#peer()} was not accepted: ${problem}`;
    this.#fail(failureOfCode(problem, this.#peer()) ?? { reason: 'tls', message });
  }

  #send(): void {
    this.#phase = 'processing';
    this.#connection?.socket.write(this.#options.request.bytes);
  }

  onBytes(buffer: Buffer, length: number): void {
    if (this.#phase === 'processing') {
      this.#endPhase('processing');
      this.#phase = 'transfer';
    }
    this.#onStep(this.#reader.push(buffer, length));
  }

  #onHead(head: Head): TakeBytes {
    this.#seen.head = head;
    const encoding = head.headers.get('content-encoding');
    this.#body = openBody(encoding, this.#options.bodyLimits(head), () => this.#onRead(false));
    return this.#body.take;
  }

  onEnd(): void {
    if (this.#isRead) return;
    if (this.#phase === 'transfer') {
      this.#onStep(this.#reader.close());
      return;
    }
    const when = this.#phase === 'tls' ? 'during the TLS handshake' : 'without an answer';
    this.#fail({ reason: 'reset', message: `${this.#peer()} closed the connection ${when}` });
  }

  #onStep(step: ResponseStep): void {
    if (step.state === 'bad') this.#fail({ reason: 'protocol', message: `${this.#peer()} ${step.problem}` });
    else if (step.state !== 'more') this.#onRead(step.state === 'done' && step.reusable);
  }

  /** The last byte that is wanted is here; a compressed body may still have to be taken apart. */
  #onRead(reusable: boolean): void {
    if (this.#isRead || this.#isOver) return;
    this.#isRead = true;
    this.#endPhase('transfer');
    const keep = reusable && this.#connection?.isOpen === true ? this.#connection : undefined;
    if (keep === undefined) this.#connection?.[Symbol.dispose]();
    else keep.user = undefined;
    const body = this.#body?.end() ?? NO_BODY;
    if (body instanceof Promise) void body.then((decoded) => this.#answer(decoded, keep));
    else this.#answer(body, keep);
  }

  #answer(body: Body, connection: Connection | undefined): void {
    if (this.#isOver) return;
    this.#seen.body = body;
    if (body.problem === undefined) this.#end({ ok: true, connection });
    else this.#fail({ reason: 'protocol', message: `${this.#peer()} ${body.problem}` });
  }

  onError(error: Error): void {
    if (this.#isRead) return;
    const failure = connectionFailure(error, this.#peer()) ?? { reason: 'internal', message: errorText(error) };
    if (this.#phase === 'connect' && !isOwnLimit(error)) this.#refusal ??= failure;
    if (this.#phase === 'connect' && ++this.#attempt < this.#options.addresses.length) this.#connect();
    else if (this.#refusal !== undefined) this.#fail(this.#refusal);
    else if (isOwnLimit(error)) this.#end(error);
    else this.#fail(failure);
  }

  readonly #onAbort = (): void => {
    const within = formatDuration(this.#options.timeoutMs);
    this.#fail({ reason: 'timeout', message: WAITING[this.#phase](this.#peer(), within) });
  };

  #fail(failure: Failure): void {
    this.#end({ ok: false, failure, answered: this.#phase === 'transfer' });
  }

  #end(exchanged: Exchanged | Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#body?.[Symbol.dispose]();
    if (exchanged instanceof Error || !exchanged.ok || exchanged.connection === undefined)
      this.#connection?.[Symbol.dispose]();
    if (exchanged instanceof Error) this.#reject(exchanged);
    else this.#resolve(exchanged);
  }

  #endPhase(phase: keyof typeof WAITING): void {
    const nowMs = this.#options.clock.monoMs();
    addPhase(this.#seen, phase, nowMs - this.#sinceMs);
    this.#sinceMs = nowMs;
  }

  /** `10.0.0.5:80`, or `api:80 (10.0.0.5)`. */
  #peer(): string {
    const { peer, literal } = this.#options.request;
    const address = this.#seen.address?.address;
    return literal === undefined && address !== undefined ? `${peer} (${address})` : peer;
  }
}
