import type { Sample } from '../../../core/result.ts';
import { likeAny, numberIn, type Reading, type Row, type Statistic, sampleOf } from '../row.ts';
import type { PostgresSettings } from '../settings.ts';

/** Always reported, so that a rule on a state has a value also while nobody is in it. */
const USUAL_STATES = ['active', 'idle', 'idle in transaction', 'idle in transaction (aborted)'] as const;
/** The states that postgres_exporter reports for every database. */
const EXPORTER_STATES = [...USUAL_STATES, 'fastpath function call', 'disabled'] as const;

const AGES = ['longest_query', 'longest_transaction', 'idle_in_transaction_age'] as const;

/**
 * Of other users' sessions somebody without pg_monitor sees neither state nor kind, only that there is one: those with a
 * database and a user are taken for clients.
 */
const HIDDEN_CLIENT = 'backend_type is null and datid is not null and usesysid is not null';

/** Sessions of clients, by state, and the oldest of what they do. */
export function activity(ignore: PostgresSettings['ignore']): Statistic {
  const ignored = `pid = pg_backend_pid() or application_name = 'outrider'
    or ${likeAny('usename', ignore?.users ?? [])} or ${likeAny('application_name', ignore?.applications ?? [])}`;
  return {
    name: 'pg_stat_activity',
    measures: ['connections', 'connections_used', ...AGES],
    sql: () => `
      with client as (
        select state, backend_type is null as hidden, not coalesce(${ignored}, false) as counts,
          extract(epoch from clock_timestamp() - query_start) as query_age,
          extract(epoch from clock_timestamp() - xact_start) as transaction_age,
          extract(epoch from clock_timestamp() - state_change) as state_age
        from pg_stat_activity
        where backend_type = 'client backend'
          or (${HIDDEN_CLIENT}))
      select state, count(*) as sessions, count(*) filter (where hidden) as hidden,
        max(query_age) filter (where counts and state in ('active', 'fastpath function call')) as longest_query,
        max(transaction_age) filter (where counts) as longest_transaction,
        max(state_age) filter (where counts and state like 'idle in transaction%') as idle_in_transaction_age,
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
          - coalesce(current_setting('reserved_connections', true)::int, 0) as slots
      from client group by state`,
    read: readActivity,
  };
}

function readActivity(rows: readonly Row[]): Reading {
  const sum = (column: string) => rows.reduce((total, row) => total + (numberIn(row, column) ?? 0), 0);
  const sessions = sum('sessions');
  const hidden = sum('hidden');
  const slots = numberIn(rows[0], 'slots');
  const used: readonly Sample[] =
    slots === undefined || slots <= 0 ? [] : [{ name: 'connections_used', value: sessions / slots }];
  const evidence = slots === undefined ? {} : { connections: `${sessions} of ${slots} in use` };
  if (hidden > 0) {
    const why = 'sessions of other users are hidden from this one, which needs the role pg_monitor';
    return { measures: used, series: [], evidence, gaps: [{ measures: ['connections', ...AGES], why }] };
  }
  const states = new Map<string, number>(USUAL_STATES.map((state) => [state, 0]));
  for (const row of rows) states.set(row['state'] ?? 'starting', numberIn(row, 'sessions') ?? 0);
  const oldest = (column: string) => Math.max(0, ...rows.map((row) => numberIn(row, column) ?? 0));
  return {
    measures: [
      ...[...states].map(([state, value]) => ({ name: 'connections', value, labels: { state } })),
      ...used,
      ...AGES.map((name) => ({ name, value: oldest(name) })),
    ],
    series: [],
    evidence,
  };
}

/** pg_stat_activity as postgres_exporter groups it: every backend that belongs to a database, with zeros. */
export const sessions: Statistic = {
  name: 'pg_stat_activity by database',
  measures: [],
  sql: () => `
    select d.datname, s.state, count(a.pid) as sessions,
      coalesce(max(extract(epoch from now() - a.xact_start)), 0) as age,
      (select count(*) from pg_stat_activity where ${HIDDEN_CLIENT}) as hidden
    from pg_database d cross join unnest(array[${EXPORTER_STATES.map((state) => `'${state}'`).join(', ')}]) as s(state)
      left join pg_stat_activity a on a.datname = d.datname and a.state = s.state
    group by d.datname, s.state`,
  read: (rows) => ({
    measures: [],
    // Counts of what one may see would be wrong counts.
    series: rows.some((row) => row['hidden'] !== '0')
      ? []
      : rows.flatMap((row) => {
          const labels = { datname: row['datname'] ?? '', state: row['state'] ?? '' };
          return [
            ...sampleOf(row, 'sessions', 'pg_stat_activity_count', labels),
            ...sampleOf(row, 'age', 'pg_stat_activity_max_tx_duration', labels),
          ];
        }),
  }),
};
