import { formatDuration } from '../../core/duration.ts';
import type { Failure, Observation } from '../../core/result.ts';
import type { ProbeEnvironment, Prober, Run } from '../contract.ts';
import { openTls, type TlsOptions } from '../tls.ts';
import { type Address, addressOf, peerOf } from './address.ts';
import { isFull } from './failure.ts';
import type { Statistic } from './row.ts';
import { type ClientClass, openSession, type Session } from './session.ts';
import type { PostgresSettings } from './settings.ts';
import { bounded, readStatistics, type Statistics, statisticsOf } from './statistics.ts';

/** So that logging in is exercised although the connection is kept. */
const OLDEST_MS = 5 * 60_000;
/** The statistics end this long before the deadline, as a share of the timeout. */
const MARGIN = 0.1;

/** Opens a prober for one server; connects at its first run. Throws where the CA file cannot be read. */
export async function openProber(settings: PostgresSettings, environment: ProbeEnvironment): Promise<Prober> {
  const address = addressOf(settings);
  const encrypts = address.sslMode !== 'disable' && !address.host.startsWith('/');
  const block = { ...settings.tls, ...(address.ca === undefined ? {} : { ca: address.ca }) };
  const tls = encrypts ? await openTls(block, environment.filesFrom) : undefined;
  const { Client } = await import('pg');
  return new PostgresProber(settings, { address, tls, Client }, environment);
}

interface Means {
  readonly address: Address;
  readonly tls: TlsOptions | undefined;
  readonly Client: ClientClass;
}

/** A session that is kept between runs. */
interface Kept {
  readonly session: Session;
  readonly openedMs: number;
  readonly denied: Map<Statistic, string>;
}

/** The outcome of the health question; `kept` may be there although it failed: a full server is still measured. */
interface Asked {
  readonly failure: Failure | undefined;
  readonly kept: Kept | undefined;
  /** The one that `kept` replaces; closed before anything is counted. */
  readonly replaced?: Kept;
}

class PostgresProber implements Prober {
  readonly #means: Means;
  readonly #environment: ProbeEnvironment;
  readonly #statistics: readonly Statistic[];
  readonly #over = new AbortController();
  #kept: Kept | undefined;
  #pooled: boolean;
  #lastConnections: { readonly text: string; readonly atMs: number } | undefined;
  /** What the run is at, for the message of a timeout. */
  #doing = 'starting';

  constructor(settings: PostgresSettings, means: Means, environment: ProbeEnvironment) {
    this.#means = means;
    this.#environment = environment;
    this.#statistics = statisticsOf(settings.ignore);
    this.#pooled = settings.pooler === 'pgbouncer';
  }

  async run(run: Run): Promise<Observation> {
    const { clock } = this.#environment;
    const startedMs = clock.monoMs();
    const abort = new AbortController();
    const stop = () => abort.abort();
    const sources = [run.signal, this.#over.signal];
    for (const source of sources) source.addEventListener('abort', stop, { once: true });
    if (sources.some((source) => source.aborted)) stop();
    try {
      const { signal } = abort;
      const asked = await this.#ask(signal);
      const durationMs = clock.monoMs() - startedMs;
      if (signal.aborted) asked.replaced?.session.destroy();
      if (signal.aborted) return this.#timedOut(run, durationMs);
      await asked.replaced?.session.close();
      const deadlineMs = startedMs + run.timeoutMs * (1 - MARGIN);
      const seen = asked.kept === undefined ? undefined : await this.#measure(asked.kept, signal, deadlineMs);
      return this.#observe(asked, durationMs, seen);
    } catch (error) {
      this.#drop();
      if (abort.signal.aborted) return this.#timedOut(run, clock.monoMs() - startedMs);
      throw error;
    } finally {
      for (const source of sources) source.removeEventListener('abort', stop);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort();
    const kept = this.#kept;
    this.#kept = undefined;
    await kept?.session.close();
  }

  /** The health question, over the kept session where there is one that is young enough. */
  async #ask(signal: AbortSignal): Promise<Asked> {
    const kept = this.#kept;
    if (kept === undefined || !kept.session.alive) return this.#askAnew(signal);
    if (this.#environment.clock.monoMs() - kept.openedMs >= OLDEST_MS) return this.#replace(kept, signal);
    const failure = await this.#selectOne(kept, signal);
    if (failure === undefined) return { failure, kept };
    // An idle connection may have died for many reasons; whether the service lives a new one tells.
    return signal.aborted ? { failure, kept: undefined } : this.#askAnew(signal);
  }

  async #askAnew(signal: AbortSignal): Promise<Asked> {
    this.#drop();
    const opened = await this.#open(signal);
    if ('failure' in opened) return { failure: opened.failure, kept: undefined };
    this.#kept = opened;
    const failure = await this.#selectOne(opened, signal);
    return { failure, kept: failure === undefined ? opened : undefined };
  }

  /** The new login comes first: where a full server refuses it, the old session can still measure. */
  async #replace(old: Kept, signal: AbortSignal): Promise<Asked> {
    const opened = await this.#open(signal);
    if ('failure' in opened) {
      const failure = opened.failure;
      if (opened.full && (await this.#selectOne(old, signal)) === undefined) return { failure, kept: old };
      this.#drop();
      return { failure, kept: undefined };
    }
    this.#kept = opened;
    const failure = await this.#selectOne(opened, signal);
    return { failure, kept: failure === undefined ? opened : undefined, replaced: old };
  }

  async #open(signal: AbortSignal): Promise<Kept | { readonly failure: Failure; readonly full: boolean }> {
    const { clock, resolver } = this.#environment;
    const step = (doing: string) => {
      this.#doing = doing;
    };
    const opened = await openSession({ ...this.#means, resolver, clock, signal, step, pooled: this.#pooled });
    if (!opened.ok) return { failure: opened.failure, full: isFull(opened.error, opened.failure) };
    return { session: opened.session, openedMs: clock.monoMs(), denied: new Map() };
  }

  /** Undefined where it was answered; a session that did not answer is dropped. */
  async #selectOne({ session }: Kept, signal: AbortSignal): Promise<Failure | undefined> {
    this.#doing = 'waiting for the answer to select 1';
    try {
      const rows = await session.query('select 1', signal);
      if (rows.length === 1) return undefined;
      session.destroy();
      return { reason: 'protocol', message: `${this.#peer} answered select 1 with ${rows.length} rows` };
    } catch (error) {
      session.destroy();
      return session.explain(error, this.#pooled);
    }
  }

  async #measure(kept: Kept, signal: AbortSignal, deadlineMs: number): Promise<Statistics> {
    const { clock } = this.#environment;
    const { session, denied } = kept;
    const seen = await readStatistics({ session, denied, statistics: this.#statistics, clock, signal, deadlineMs });
    if (seen.pid !== undefined && seen.pid !== session.pid) this.#pooled = true;
    const connections = seen.evidence['connections'];
    if (connections !== undefined) this.#lastConnections = { text: connections, atMs: clock.monoMs() };
    return seen;
  }

  #observe({ failure, kept }: Asked, durationMs: number, seen: Statistics | undefined): Observation {
    const { maxSeries } = this.#environment;
    const measures = bounded(seen?.measures ?? [], maxSeries);
    const series = bounded(seen?.series ?? [], maxSeries);
    const observed = {
      durationMs,
      measures: measures.kept,
      series: series.kept,
      gaps: [...(seen?.gaps ?? []), ...measures.gaps],
      evidence: {
        ...this.#about(kept),
        ...seen?.evidence,
        ...(failure?.reason === 'limit' ? this.#fullness(seen) : {}),
      },
    };
    return failure === undefined ? { outcome: 'up', ...observed } : { outcome: 'down', ...failure, ...observed };
  }

  #about(kept: Kept | undefined): Readonly<Record<string, string>> {
    return {
      ...(this.#pooled ? { pooler: 'PgBouncer, or another one' } : {}),
      ...(kept?.session.tls === undefined ? {} : { tls: kept.session.tls }),
    };
  }

  /** Where nothing could be measured now, what was last known of the connections. */
  #fullness(seen: Statistics | undefined): Readonly<Record<string, string>> {
    if (seen?.evidence['connections'] !== undefined) return {};
    const last = this.#lastConnections;
    if (last === undefined) return { connections: 'never seen: there was no connection before it was full' };
    const agoMs = Math.round((this.#environment.clock.monoMs() - last.atMs) / 1000) * 1000;
    return { connections: `${last.text} ${formatDuration(agoMs)} ago` };
  }

  #timedOut(run: Run, durationMs: number): Observation {
    this.#drop();
    const message = `no answer from ${this.#peer} within ${formatDuration(run.timeoutMs)}, while ${this.#doing}`;
    return { outcome: 'down', reason: 'timeout', message, durationMs, measures: [], series: [] };
  }

  #drop(): void {
    this.#kept?.session.destroy();
    this.#kept = undefined;
  }

  get #peer(): string {
    return peerOf(this.#means.address);
  }
}
