import { formatDuration } from '../../core/duration.ts';
import type { Failure, Observation } from '../../core/result.ts';
import type { ProbeEnvironment, Prober, Run } from '../contract.ts';
import { openTls } from '../tls.ts';
import { type Answer, type Connection, loadCodec } from './connection.ts';
import { endpointOf } from './endpoint.ts';
import { clientsText, detailOf, evidenceOf } from './evidence.ts';
import { type LoginOptions, logIn } from './login.ts';
import { failureOf } from './refusal.ts';
import type { RedisSettings } from './schema.ts';
import { readStatistics, type Statistics } from './statistics.ts';

/** A connection is used again until it is this old, so that logins and new connections are exercised too. */
const OLDEST_MS = 5 * 60_000;
/** The statistics may take this share of the timeout: a server that answered PING is up even if they never come. */
const STATISTICS_SHARE = 0.9;
/** INFO of the biggest servers is some 100 kB; what sends more than this in one run is not a Redis server. */
const LEAST_BYTES = 1024 ** 2;

type Context = Omit<LoginOptions, 'signal' | 'waitFor' | 'onOpen'> & {
  readonly environment: ProbeEnvironment;
  readonly memoryBytes: number | undefined;
};

/** What a target's runs share. */
interface Kept {
  connection: Connection | undefined;
  /** The last connected clients that were seen, for the evidence of a server that is full. */
  clients: string | undefined;
  closed: boolean;
}

/** What became of PING; `fresh` where it went over a new connection. */
type Health =
  | { readonly kind: 'failed'; readonly failure: Failure }
  | {
      readonly kind: 'asked';
      readonly answer: Answer;
      readonly connection: Connection;
      readonly tookMs: number;
      readonly fresh: boolean;
    };

/** Opens a prober; it connects on its first run. Throws where a CA file cannot be read. */
export async function openRedis(settings: RedisSettings, environment: ProbeEnvironment): Promise<Prober> {
  const endpoint = endpointOf(settings);
  const context: Context = {
    endpoint,
    tls: endpoint.tls ? await openTls(settings.tls, environment.filesFrom) : undefined,
    resolver: environment.resolver,
    codec: await loadCodec(),
    nowMs: () => environment.clock.monoMs(),
    maxBytes: Math.max(environment.maxBodyBytes, LEAST_BYTES),
    environment,
    memoryBytes: settings.memory_limit,
  };
  const kept: Kept = { connection: undefined, clients: undefined, closed: false };
  return {
    run: (run) => look(run, context, kept),
    [Symbol.asyncDispose]: async () => {
      kept.closed = true;
      kept.connection?.[Symbol.dispose]();
    },
  };
}

async function look(run: Run, context: Context, kept: Kept): Promise<Observation> {
  const beganMs = context.nowMs();
  let waiting = 'no answer';
  const timeout = (): Failure => ({ reason: 'timeout', message: `${waiting} within ${formatDuration(run.timeoutMs)}` });
  const onAbort = () => kept.connection?.close(timeout());
  const waitFor = (what: string) => {
    waiting = what;
  };
  run.signal.addEventListener('abort', onAbort, { once: true });
  try {
    run.signal.throwIfAborted();
    const health = await askHealth({ ...context, signal: run.signal, waitFor, onOpen: keepIn(kept) }, kept);
    if (health.kind === 'asked') return await judge(health, run.timeoutMs - (context.nowMs() - beganMs), context, kept);
    return down(health.failure, context.nowMs() - beganMs, full(health.failure, kept));
  } catch (error) {
    if (!run.signal.aborted) throw error;
    return down(timeout(), context.nowMs() - beganMs, {});
  } finally {
    run.signal.removeEventListener('abort', onAbort);
  }
}

const keepIn = (kept: Kept) => (connection: Connection) => {
  kept.connection = connection;
  if (kept.closed) connection[Symbol.dispose]();
};

const full = (failure: Failure, { clients }: Kept): Record<string, string> =>
  failure.reason === 'limit' && clients !== undefined ? { 'clients when last seen': clients } : {};

/** PING over the kept connection, or over a new one where there is none, it is old, or it broke since the last run. */
async function askHealth(options: LoginOptions, kept: Kept): Promise<Health> {
  const former = kept.connection;
  if (former?.isOpen === true && options.nowMs() - former.openedMs < OLDEST_MS) {
    former.allow(options.maxBytes);
    const health = await ping(former, options, false);
    if (former.isOpen || options.signal.aborted) return health;
  }
  former?.[Symbol.dispose]();
  kept.connection = undefined;
  const login = await logIn(options);
  return login.ok ? ping(login.connection, options, true) : { kind: 'failed', failure: login.failure };
}

async function ping(connection: Connection, options: LoginOptions, fresh: boolean): Promise<Health> {
  options.waitFor(`no answer to PING from ${connection.peer}`);
  const askedMs = options.nowMs();
  const answer = await connection.ask('PING');
  return { kind: 'asked', answer, connection, tookMs: options.nowMs() - askedMs, fresh };
}

type Asked = Extract<Health, { kind: 'asked' }>;

async function judge(health: Asked, leftMs: number, context: Context, kept: Kept): Promise<Observation> {
  const { answer, connection, tookMs } = health;
  if (answer.kind === 'lost') return down(answer.failure, tookMs, {});
  const failure = failureIn(answer, connection.peer);
  if (failure !== undefined && failure.reason !== 'unavailable') {
    connection.close(failure);
    return down(failure, tookMs, full(failure, kept));
  }
  const statistics = await statisticsOf(health, leftMs, context);
  const { info, measures, series, gaps } = statistics;
  if (info !== undefined) kept.clients = clientsText(info);
  const evidence = info === undefined ? {} : evidenceOf(info);
  if (failure === undefined) return { outcome: 'up', durationMs: tookMs, measures, series, gaps, evidence };
  connection.close(failure);
  return { ...down(withDetail(failure, answer, statistics), tookMs, evidence), measures, series };
}

function failureIn(answer: Exclude<Answer, { kind: 'lost' }>, peer: string): Failure | undefined {
  if (answer.kind === 'refused') return failureOf(answer.refusal, peer);
  if (answer.value === 'PONG') return undefined;
  return { reason: 'protocol', message: `${peer} answered PING by something else than PONG` };
}

function withDetail(failure: Failure, answer: Answer, { info }: Statistics): Failure {
  const detail = answer.kind === 'refused' && info !== undefined ? detailOf(answer.refusal.code, info) : undefined;
  return detail === undefined ? failure : { ...failure, message: `${failure.message}: ${detail}` };
}

async function statisticsOf(health: Asked, leftMs: number, context: Context): Promise<Statistics> {
  const { environment, endpoint, memoryBytes } = context;
  const { connection, fresh } = health;
  using _ = environment.clock.after(leftMs * STATISTICS_SHARE, () =>
    connection.close({ reason: 'timeout', message: 'not in time' }),
  );
  const [statistics] = await Promise.all([
    readStatistics(connection, {
      memoryBytes,
      database: endpoint.database,
      nowMs: environment.clock.now().wallMs,
      maxSeries: environment.maxSeries,
    }),
    // For people who look at CLIENT LIST; a user that may not do it is none the worse.
    fresh ? connection.ask('CLIENT', 'SETNAME', 'outrider') : undefined,
  ]);
  return statistics;
}

function down(failure: Failure, durationMs: number, evidence: Record<string, string>): Observation {
  return { outcome: 'down', ...failure, durationMs, measures: [], series: [], evidence };
}
