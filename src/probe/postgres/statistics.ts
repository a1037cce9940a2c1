import type { Clock } from '../../core/clock.ts';
import type { Gap, Sample } from '../../core/result.ts';
import { isFatal, isServerError } from './failure.ts';
import type { Reading, Row, Server, Statistic } from './row.ts';
import type { Session } from './session.ts';
import type { PostgresSettings } from './settings.ts';
import { activity, sessions } from './statistic/activity.ts';
import { databaseAges, databaseCounters, databaseSizes } from './statistic/databases.ts';
import { locks } from './statistic/locks.ts';
import { readServer, SERVER_MEASURES, SERVER_SQL, settings } from './statistic/server.ts';
import { deadTuples } from './statistic/tables.ts';
import { writers } from './statistic/writers.ts';

/** All statistics but the server's own facts, cheap ones first. */
export const statisticsOf = (ignore: PostgresSettings['ignore']): readonly Statistic[] => [
  activity(ignore),
  locks,
  databaseCounters,
  databaseAges,
  sessions,
  settings,
  writers,
  deadTuples,
  databaseSizes,
];

export interface StatisticsOptions {
  readonly session: Session;
  readonly statistics: readonly Statistic[];
  /** Statistics that this session may not have, and why: not asked again, because each refusal is a line in the server's log. */
  readonly denied: Map<Statistic, string>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** When the last answer must be there, monotonic. */
  readonly deadlineMs: number;
}

export interface Statistics extends Reading {
  readonly gaps: readonly Gap[];
  readonly evidence: Readonly<Record<string, string>>;
  /** The server process that answered. */
  readonly pid: number | undefined;
}

/** With less left than this, a question would only be broken off. */
const SHORTEST_MS = 20;
const LONGEST_LOCK_WAIT_MS = 1000;
const NOT_PERMITTED = '42501';
const QUERY_CANCELED = '57014';
const LOCK_NOT_AVAILABLE = '55P03';

type Answer =
  | { readonly ok: true; readonly rows: readonly Row[] }
  | { readonly ok: false; readonly why: string; readonly denied?: boolean };

/** Asks one question after the other. What fails costs only its measures; the session is destroyed at the deadline. */
export async function readStatistics(options: StatisticsOptions): Promise<Statistics> {
  const { session, clock, deadlineMs, statistics } = options;
  using _ = clock.after(deadlineMs - clock.monoMs(), () => session.destroy());
  const first = await ask(SERVER_SQL, options);
  const facts = first.ok ? readServer(first.rows) : undefined;
  if (facts === undefined) {
    const measures = [...SERVER_MEASURES, ...statistics.flatMap((statistic) => statistic.measures)];
    const why = first.ok ? 'the server does not say which version it is' : first.why;
    return { measures: [], series: [], gaps: [{ measures, why }], evidence: {}, pid: undefined };
  }
  const readings: Reading[] = [facts];
  for (const statistic of statistics) {
    const answer = await askOnce(statistic, facts.server, options);
    readings.push(answer.ok ? statistic.read(answer.rows, facts.server) : missing(statistic, answer.why));
  }
  return { ...merge(readings), pid: facts.pid };
}

async function askOnce(statistic: Statistic, server: Server, options: StatisticsOptions): Promise<Answer> {
  const denied = options.denied.get(statistic);
  if (denied !== undefined) return { ok: false, why: denied };
  const answer = await ask(statistic.sql(server), options);
  if (!answer.ok && answer.denied === true) options.denied.set(statistic, answer.why);
  return answer;
}

const missing = ({ name, measures }: Statistic, why: string): Reading => ({
  measures: [],
  series: [],
  gaps: measures.length === 0 ? [] : [{ measures, why: `${name}: ${why}` }],
});

/**
 * One question in a read-only transaction of its own: all statements of one message are one transaction, also behind a
 * pooler that hands out its connections by the statement. Nobody's functions but the server's are called.
 */
async function ask(sql: string, { session, clock, signal, deadlineMs }: StatisticsOptions): Promise<Answer> {
  const leftMs = deadlineMs - clock.monoMs();
  if (!session.alive) return { ok: false, why: 'the connection ended before the answer' };
  if (leftMs < SHORTEST_MS) return { ok: false, why: 'no time was left for it' };
  // Half of what is left, so that one question that takes too long leaves time for the next.
  const statementMs = Math.floor(leftMs / 2);
  const lockMs = Math.min(LONGEST_LOCK_WAIT_MS, Math.floor(statementMs / 2));
  const limits = `set local transaction_read_only = on; set local search_path = pg_catalog;
    set local statement_timeout = ${statementMs}; set local lock_timeout = ${lockMs}`;
  try {
    return { ok: true, rows: await session.query(`${limits}; ${sql}`, signal) };
  } catch (error) {
    if (isFatal(error)) session.destroy();
    return { ok: false, why: whyNot(error), denied: isServerError(error) && error.code === NOT_PERMITTED };
  }
}

/** Without numbers that change: a reason is said once for as long as it stays the same. */
function whyNot(error: unknown): string {
  if (!isServerError(error)) return 'the connection ended before the answer';
  if (error.code === QUERY_CANCELED) return 'it took too long and was cancelled';
  if (error.code === LOCK_NOT_AVAILABLE) return 'it waited too long for a lock';
  return `${error.message} (${error.code})`;
}

function merge(readings: readonly Reading[]): Omit<Statistics, 'pid'> {
  return {
    measures: readings.flatMap((reading) => reading.measures),
    series: readings.flatMap((reading) => reading.series),
    gaps: readings.flatMap((reading) => reading.gaps ?? []),
    evidence: Object.assign({}, ...readings.map((reading) => reading.evidence)),
  };
}

/** Keeps at most `most` samples of each name, the largest values, and says what was left out. */
export function bounded(samples: readonly Sample[], most: number): { kept: readonly Sample[]; gaps: readonly Gap[] } {
  const byName = Map.groupBy(samples, ({ name }) => name);
  const gaps: Gap[] = [];
  const kept = [...byName].flatMap(([name, all]) => {
    if (all.length <= most) return all;
    gaps.push({ measures: [name], why: `${name}: only the ${most} largest are kept` });
    return all.toSorted((a, b) => b.value - a.value).slice(0, most);
  });
  return { kept, gaps };
}
