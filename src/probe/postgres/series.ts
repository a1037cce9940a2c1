import type { MetricKind, SeriesSpec } from '../../core/measure.ts';

const BY_STATE = ['datname', 'state'] as const;
const BY_DATABASE = ['datid', 'datname'] as const;

/** Columns of pg_stat_database that are exposed under the exporter's names; only growing, but for the first. */
export const DATABASE_COLUMNS = {
  numbackends: 'Backends that are connected to this database.',
  xact_commit: 'Transactions that were committed.',
  xact_rollback: 'Transactions that were rolled back.',
  blks_read: 'Disk blocks that were read.',
  blks_hit: 'Disk blocks that were found in the buffer cache.',
  tup_returned: 'Rows that queries read.',
  tup_fetched: 'Rows that queries fetched by index.',
  tup_inserted: 'Rows that were inserted.',
  tup_updated: 'Rows that were updated.',
  tup_deleted: 'Rows that were deleted.',
  conflicts: 'Queries that were cancelled on a standby because they conflicted with recovery.',
  temp_files: 'Temporary files that queries made.',
  temp_bytes: 'Bytes that queries wrote to temporary files.',
  deadlocks: 'Deadlocks that were found.',
  blk_read_time: 'Milliseconds that backends spent reading data files.',
  blk_write_time: 'Milliseconds that backends spent writing data files.',
} as const;

/** Settings that dashboards show, in base units, with the suffix that the exporter gives them. */
export const SETTINGS = {
  max_connections: '',
  superuser_reserved_connections: '',
  reserved_connections: '',
  max_locks_per_transaction: '',
  max_prepared_transactions: '',
  max_worker_processes: '',
  max_parallel_workers: '',
  random_page_cost: '',
  seq_page_cost: '',
  autovacuum_vacuum_scale_factor: '',
  autovacuum_vacuum_threshold: '',
  shared_buffers: '_bytes',
  effective_cache_size: '_bytes',
  work_mem: '_bytes',
  maintenance_work_mem: '_bytes',
  max_wal_size: '_bytes',
} as const;

/** Columns of pg_stat_bgwriter (all until 16, three since 17). */
export const BGWRITER_COLUMNS = {
  checkpoints_timed: 'Scheduled checkpoints.',
  checkpoints_req: 'Requested checkpoints.',
  checkpoint_write_time: 'Milliseconds that checkpoints spent writing files.',
  checkpoint_sync_time: 'Milliseconds that checkpoints spent syncing files.',
  buffers_checkpoint: 'Buffers that checkpoints wrote.',
  buffers_clean: 'Buffers that the background writer wrote.',
  maxwritten_clean: 'Times that the background writer stopped because it had written too much.',
  buffers_backend: 'Buffers that backends wrote themselves.',
  buffers_backend_fsync: 'Times that a backend had to sync a file itself.',
  buffers_alloc: 'Buffers that were allocated.',
} as const;

/** Columns of pg_stat_checkpointer (since 17). */
export const CHECKPOINTER_COLUMNS = {
  num_timed: 'Scheduled checkpoints.',
  num_requested: 'Requested checkpoints.',
  restartpoints_timed: 'Scheduled restartpoints.',
  restartpoints_req: 'Requested restartpoints.',
  restartpoints_done: 'Restartpoints that were done.',
  write_time: 'Milliseconds that checkpoints spent writing files.',
  sync_time: 'Milliseconds that checkpoints spent syncing files.',
  buffers_written: 'Buffers that checkpoints wrote.',
} as const;

const series = (name: string, kind: MetricKind, help: string, labels?: readonly string[]): SeriesSpec => ({
  name,
  kind,
  help,
  ...(labels === undefined ? {} : { labels }),
});

/** postgres_exporter's metrics that no rule needs; `untyped` where its name breaks Prometheus' own rules. */
export const postgresSeries: readonly SeriesSpec[] = [
  series('pg_stat_activity_count', 'untyped', 'Sessions by database and state.', BY_STATE),
  series('pg_stat_activity_max_tx_duration', 'gauge', 'Age of the oldest transaction, seconds.', BY_STATE),
  series('pg_locks_count', 'untyped', 'Locks by database and mode.', ['datname', 'mode']),
  series('pg_database_size_bytes', 'gauge', 'Disk space that a database takes.', ['datname']),
  series('pg_database_connection_limit', 'gauge', 'Connection limit of a database; -1 is none.', ['datname']),
  series('pg_database_wraparound_age_datfrozenxid_seconds', 'gauge', 'Age of the oldest unfrozen transaction ID.', [
    'datname',
  ]),
  series('pg_database_wraparound_age_datminmxid_seconds', 'gauge', 'Age of the oldest multi-transaction ID.', [
    'datname',
  ]),
  ...Object.entries(DATABASE_COLUMNS).map(([column, help]) =>
    series(`pg_stat_database_${column}`, column === 'numbackends' ? 'gauge' : 'untyped', help, BY_DATABASE),
  ),
  series('pg_stat_database_active_time_seconds_total', 'counter', 'Time spent executing statements.', BY_DATABASE),
  ...Object.entries(SETTINGS).map(([name, suffix]) =>
    series(`pg_settings_${name}${suffix}`, 'gauge', `Setting ${name}.`),
  ),
  ...Object.entries(BGWRITER_COLUMNS).map(([column, help]) =>
    series(`pg_stat_bgwriter_${column}_total`, 'counter', help),
  ),
  ...Object.entries(CHECKPOINTER_COLUMNS).map(([column, help]) =>
    series(`pg_stat_checkpointer_${column}_total`, 'counter', help),
  ),
  series('pg_stat_archiver_archived_count', 'untyped', 'WAL files that were archived.'),
  series('pg_stat_archiver_failed_count', 'untyped', 'Attempts to archive a WAL file that failed.'),
  series('pg_stat_archiver_last_archive_age', 'gauge', 'Seconds since a WAL file was last archived.'),
  series('pg_replication_lag_seconds', 'gauge', 'Replication lag behind the primary; 0 on a primary.'),
  series('pg_replication_is_replica', 'gauge', 'Whether the server is a standby.'),
  series('pg_replication_last_replay_seconds', 'gauge', 'Age of the last transaction that was replayed.'),
  series('pg_postmaster_start_time_seconds', 'gauge', 'When the server started, Unix time.'),
  series('pg_static', 'gauge', 'The version of the server; always 1.', ['version', 'short_version']),
];
