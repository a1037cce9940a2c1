import type { Failure, Observation } from '../../core/result.ts';
import type { ProbeEnvironment, Prober, Run } from '../contract.ts';
import type { Address } from '../resolver.ts';
import { openTls, type TlsOptions } from '../tls.ts';
import type { BodyLimits } from './body.ts';
import type { Connection } from './connection.ts';
import { type Exchanged, exchange } from './exchange.ts';
import { compileExpectations } from './expectations.ts';
import type { Head } from './head.ts';
import { type Eyes, observe } from './observe.ts';
import { compileOwnMeasures } from './own-measures.ts';
import { followRedirect, type Hop, locationOf } from './redirect.ts';
import { buildRequest, type HttpRequest, requestParts, shownUrl } from './request.ts';
import type { HttpSettings } from './schema.ts';
import type { CertificateNames } from './secure.ts';
import { addPhase, beginSeen, type Seen } from './seen.ts';

/** Bytes of a bad answer that are kept for an excerpt, where no expectation needs the body. */
const EXCERPT_BYTES = 1024;
/** A kept connection is replaced after this, so that a changed address is noticed. */
const KEPT_AT_MOST_MS = 5 * 60_000;
/** Of a redirect nothing but its head is wanted. */
const NOTHING: BodyLimits = { maxBytes: 0, keepBytes: 0 };

type Addresses = readonly [Address, ...Address[]];

/** Opens an http target: all that can be made ready is; throws where a file of its TLS settings cannot be read. */
export async function openHttp(settings: HttpSettings, environment: ProbeEnvironment): Promise<Prober> {
  const url = new URL(settings.url.reveal());
  const parts = requestParts(settings, url);
  const first: Hop = { request: buildRequest(url, parts), parts };
  const needsTls = first.request.secure || settings.tls !== undefined;
  const tls = needsTls ? await openTls(settings.tls, environment.filesFrom) : undefined;
  return new HttpProber(settings, environment, first, tls);
}

/** Owns the connection that is kept between probes, where one is. */
class HttpProber implements Prober {
  readonly #environment: ProbeEnvironment;
  readonly #first: Hop;
  readonly #redirects: number;
  readonly #eyes: Eyes;
  readonly #needsBody: boolean;
  readonly #maxBytes: number;
  readonly #firstTls: TlsOptions | undefined;
  #tls: TlsOptions | undefined;
  #certificate: CertificateNames | undefined;
  #kept: Connection | undefined;

  constructor(settings: HttpSettings, environment: ProbeEnvironment, first: Hop, tls: TlsOptions | undefined) {
    this.#environment = environment;
    this.#first = first;
    this.#redirects = settings.redirects;
    this.#eyes = { expectations: compileExpectations(settings.expect), own: compileOwnMeasures(settings.measure) };
    this.#needsBody = this.#eyes.expectations.needsBody || this.#eyes.own.needsBody;
    this.#maxBytes = settings.max_body ?? environment.maxBodyBytes;
    this.#tls = tls;
    this.#firstTls = tls === undefined ? undefined : { ...namedFor(first.request), ...tls };
  }

  async run(run: Run): Promise<Observation> {
    const { clock } = this.#environment;
    const seen = beginSeen(clock.monoMs());
    const failure = await this.#ask(run, seen);
    if (seen.secure !== undefined) this.#certificate = seen.secure.leaf;
    const now = clock.now();
    return observe(seen, failure, this.#eyes, { durationMs: now.monoMs - seen.startedMs, wallMs: now.wallMs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#kept?.[Symbol.dispose]();
    this.#kept = undefined;
  }

  /** Asks, and goes where it is sent, until there is an answer. */
  async #ask(run: Run, seen: Seen): Promise<Failure | undefined> {
    let hop = this.#first;
    for (;;) {
      const exchanged = await this.#exchange(hop.request, run, seen);
      if (!exchanged.ok) return exchanged.failure;
      const location = seen.head === undefined ? undefined : this.#leadsTo(seen.head);
      if (seen.head === undefined || location === undefined) {
        this.#keep(exchanged.connection, hop);
        return undefined;
      }
      exchanged.connection?.[Symbol.dispose]();
      const next = followRedirect(hop, seen.head.status, location);
      if (typeof next === 'string') return { reason: 'protocol', message: `${hop.request.peer} ${next}` };
      const to = shownUrl(new URL(next.request.href));
      if ((seen.followed?.length ?? 0) >= this.#redirects)
        return { reason: 'protocol', message: `more than ${this.#redirects} redirects, the last one to ${to}` };
      seen.followed ??= [];
      seen.followed.push(to);
      hop = next;
    }
  }

  /** Where an answer sends to that is to be followed. */
  #leadsTo(head: Head): string | undefined {
    return this.#redirects === 0 ? undefined : locationOf(head);
  }

  async #exchange(request: HttpRequest, run: Run, seen: Seen): Promise<Exchanged> {
    const kept = request === this.#first.request ? this.#takeKept() : undefined;
    if (kept !== undefined) {
      this.#resolved(seen, 0);
      const exchanged = await this.#once(request, [kept.address], run, seen, kept);
      // It was closed in the very moment in which it was used: that says nothing of the service.
      if (exchanged.ok || exchanged.answered || run.signal.aborted) return exchanged;
    }
    const addresses = await this.#resolve(request, run, seen);
    if ('reason' in addresses) return { ok: false, failure: addresses, answered: false };
    return this.#once(request, addresses, run, seen, undefined);
  }

  async #resolve(request: HttpRequest, { signal }: Run, seen: Seen): Promise<Addresses | Failure> {
    if (request.literal !== undefined) {
      this.#resolved(seen, 0);
      return request.literal;
    }
    const { resolver, clock } = this.#environment;
    const startedMs = clock.monoMs();
    const resolved = await resolver.resolve(request.host, signal);
    if (!resolved.ok) return { reason: signal.aborted ? 'timeout' : 'dns', message: resolved.message };
    this.#resolved(seen, clock.monoMs() - startedMs);
    return resolved.addresses;
  }

  #resolved(seen: Seen, ms: number): void {
    addPhase(seen, 'resolve', ms);
    seen.firstLookupMs ??= ms;
  }

  async #once(
    request: HttpRequest,
    addresses: Addresses,
    { signal, timeoutMs }: Run,
    seen: Seen,
    kept: Connection | undefined,
  ): Promise<Exchanged> {
    seen.secure = undefined;
    seen.head = undefined;
    seen.body = undefined;
    const options = {
      request,
      addresses,
      tls: request.secure ? await this.#tlsFor(request) : undefined,
      clock: this.#environment.clock,
      signal,
      timeoutMs,
      bodyLimits: this.#bodyLimits,
      knownCertificate: this.#certificate,
      kept,
    };
    return exchange(options, seen);
  }

  readonly #bodyLimits = (head: Head): BodyLimits => {
    if (this.#leadsTo(head) !== undefined) return NOTHING;
    const keepBytes = this.#needsBody
      ? this.#maxBytes
      : this.#eyes.expectations.accepts(head.status)
        ? 0
        : EXCERPT_BYTES;
    return { maxBytes: this.#maxBytes, keepBytes };
  };

  async #tlsFor(request: HttpRequest): Promise<TlsOptions> {
    if (request.host === this.#first.request.host && this.#firstTls !== undefined) return this.#firstTls;
    this.#tls ??= await openTls(undefined, this.#environment.filesFrom);
    // The name that the config gives is that of the first host.
    const { servername: _, ...options } = this.#tls;
    return { ...options, ...namedFor(request) };
  }

  #keep(connection: Connection | undefined, { parts }: Hop): void {
    if (parts === this.#first.parts && parts.keepAlive) this.#kept = connection;
    else connection?.[Symbol.dispose]();
  }

  #takeKept(): Connection | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept === undefined) return undefined;
    if (kept.isOpen && this.#environment.clock.monoMs() - kept.openedMs < KEPT_AT_MOST_MS) return kept;
    kept[Symbol.dispose]();
    return undefined;
  }
}

/** The name to ask for and to verify; an address is verified as such. */
const namedFor = ({ host, literal }: HttpRequest): Pick<TlsOptions, 'servername'> =>
  literal === undefined ? { servername: host.replace(/\.$/, '') } : {};
