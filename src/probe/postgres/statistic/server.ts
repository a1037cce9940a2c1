import { literal, numberIn, type Reading, type Row, type Server, sampleOf } from '../row.ts';
import { SETTINGS } from '../series.ts';

/** The first question of each run: which server it is, and how far a standby is behind. */
export const SERVER_SQL = `
  select current_setting('server_version_num') as version_num, current_setting('server_version') as name, version() as version,
    extract(epoch from pg_postmaster_start_time()) as started, pg_backend_pid() as pid,
    pg_is_in_recovery()::int as standby, (pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn())::int as replayed,
    greatest(0, extract(epoch from now() - pg_last_xact_replay_timestamp())) as replay_age`;

/** The measures that are missing where that question got no answer. */
export const SERVER_MEASURES = ['replication_lag'] as const;

export interface ServerReading extends Reading {
  readonly server: Server;
  /** The process that answered; another one than at login stands behind a pooler. */
  readonly pid: number | undefined;
}

/** Undefined where the answer is none of Postgres. */
export function readServer(rows: readonly Row[]): ServerReading | undefined {
  const row = rows[0];
  const version = numberIn(row, 'version_num');
  if (row === undefined || version === undefined) return undefined;
  const standby = numberIn(row, 'standby') === 1;
  const replayAge = numberIn(row, 'replay_age');
  const lag = numberIn(row, 'replayed') === 1 ? 0 : replayAge;
  return {
    server: { version, standby },
    pid: numberIn(row, 'pid'),
    measures: standby && lag !== undefined ? [{ name: 'replication_lag', value: lag }] : [],
    series: [
      ...sampleOf(row, 'started', 'pg_postmaster_start_time_seconds'),
      { name: 'pg_replication_is_replica', value: standby ? 1 : 0 },
      ...(standby ? sampleOf(row, 'replay_age', 'pg_replication_last_replay_seconds') : []),
      ...(standby && lag === undefined
        ? []
        : [{ name: 'pg_replication_lag_seconds', value: standby ? (lag ?? 0) : 0 }]),
      { name: 'pg_static', value: 1, labels: { version: row['version'] ?? '', short_version: shortVersion(version) } },
    ],
    gaps:
      standby && lag === undefined
        ? [{ measures: SERVER_MEASURES, why: 'the standby has not replayed a transaction since it started' }]
        : [],
    evidence: { server: `PostgreSQL ${row['name']?.split(' ')[0]}${standby ? ', standby' : ''}` },
  };
}

/** As postgres_exporter writes it: 150018 → `15.18.0`. */
const shortVersion = (version: number): string => `${Math.floor(version / 10_000)}.${version % 10_000}.0`;

const SETTING_NAMES = Object.entries(SETTINGS);

/** Settings that dashboards show, in bytes where they are sizes. */
export const settings = {
  name: 'settings',
  measures: [],
  sql: () => `
    select name, setting::numeric * case unit when '8kB' then 8192 when 'kB' then 1024 when 'MB' then 1048576 else 1 end as value
    from pg_settings where name in (${SETTING_NAMES.map(([name]) => literal(name)).join(', ')})`,
  read: (rows: readonly Row[]): Reading => ({
    measures: [],
    series: SETTING_NAMES.flatMap(([name, suffix]) =>
      sampleOf(
        rows.find((row) => row['name'] === name),
        'value',
        `pg_settings_${name}${suffix}`,
      ),
    ),
  }),
};
