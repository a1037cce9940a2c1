/** A dashboard that others published: which series each panel needs. What it does with them does not matter for whether it stays empty. */
export interface PublicDashboard {
  readonly id: string;
  readonly title: string;
  /** The target of the scene that it is asked about; its label `instance`. */
  readonly instance: string;
  readonly panels: Readonly<Record<string, readonly string[]>>;
  /** Panels that find nothing in Outrider’s metrics. */
  readonly empty: readonly string[];
}

const BGWRITER = ['backend', 'alloc', 'backend_fsync', 'checkpoint', 'clean'];

const REDIS = {
  Uptime: ['redis_uptime_in_seconds'],
  Clients: ['redis_connected_clients'],
  'Memory Usage': ['redis_memory_used_bytes', 'redis_memory_max_bytes'],
  'Commands Executed / sec': ['redis_commands_processed_total'],
  'Hits / Misses per Sec': ['redis_keyspace_hits_total', 'redis_keyspace_misses_total'],
  'Total Memory Usage': ['redis_memory_used_bytes', 'redis_memory_max_bytes'],
  'Network I/O': ['redis_net_input_bytes_total', 'redis_net_output_bytes_total'],
  'Total Items per DB': ['redis_db_keys'],
  'Expiring vs Not-Expiring Keys': ['redis_db_keys', 'redis_db_keys_expiring'],
  'Expired / Evicted': ['redis_expired_keys_total', 'redis_evicted_keys_total'],
  'Command Calls / sec': ['redis_commands_total'],
};

/** Those whose panels could be had; the page docs/grafana.md says which could not. */
export const PUBLIC_DASHBOARDS: readonly PublicDashboard[] = [
  {
    id: '7587',
    title: 'Prometheus Blackbox Exporter',
    instance: 'page',
    panels: {
      'Global Probe Duration': ['probe_duration_seconds'],
      Status: ['probe_success'],
      'HTTP Duration': ['probe_http_duration_seconds'],
      'Probe Duration': ['probe_duration_seconds'],
      'HTTP Status Code': ['probe_http_status_code'],
      'HTTP Version': ['probe_http_version'],
      SSL: ['probe_http_ssl'],
      'SSL Expiry': ['probe_ssl_earliest_cert_expiry'],
      'Average Probe Duration': ['probe_duration_seconds'],
      'Average DNS Lookup': ['probe_dns_lookup_time_seconds'],
    },
    empty: [],
  },
  {
    id: '9628',
    title: 'PostgreSQL Database',
    instance: 'database',
    panels: {
      Version: ['pg_static'],
      'Start Time': ['pg_postmaster_start_time_seconds'],
      'Current fetch data': ['pg_stat_database_tup_fetched'],
      'Current insert data': ['pg_stat_database_tup_inserted'],
      'Current update data': ['pg_stat_database_tup_updated'],
      'Max Connections': ['pg_settings_max_connections'],
      'Average CPU Usage': ['process_cpu_seconds_total'],
      'Average Memory Usage': ['process_resident_memory_bytes', 'process_virtual_memory_bytes'],
      'Open File Descriptors': ['process_open_fds'],
      'Shared Buffers': ['pg_settings_shared_buffers_bytes'],
      'Effective Cache': ['pg_settings_effective_cache_size_bytes'],
      'Maintenance Work Mem': ['pg_settings_maintenance_work_mem_bytes'],
      'Work Mem': ['pg_settings_work_mem_bytes'],
      'Max WAL Size': ['pg_settings_max_wal_size_bytes'],
      'Random Page Cost': ['pg_settings_random_page_cost'],
      'Seq Page Cost': ['pg_settings_seq_page_cost'],
      'Max Worker Processes': ['pg_settings_max_worker_processes'],
      'Max Parallel Workers': ['pg_settings_max_parallel_workers'],
      'Active sessions': ['pg_stat_activity_count{state="active"}'],
      Transactions: ['pg_stat_database_xact_commit{datname!=""}', 'pg_stat_database_xact_rollback{datname!=""}'],
      'Update data': ['pg_stat_database_tup_updated{datname!=""}'],
      'Fetch data (SELECT)': ['pg_stat_database_tup_fetched{datname!=""}'],
      'Insert data': ['pg_stat_database_tup_inserted{datname!=""}'],
      'Lock tables': ['pg_locks_count{mode!=""}'],
      'Return data': ['pg_stat_database_tup_returned{datname!=""}'],
      'Idle sessions': ['pg_stat_activity_count{state=~"idle.*"}'],
      'Delete data': ['pg_stat_database_tup_deleted{datname!=""}'],
      'Cache Hit Rate': ['pg_stat_database_blks_hit{datname!=""}', 'pg_stat_database_blks_read{datname!=""}'],
      'Buffers (bgwriter)': BGWRITER.map((name) => `pg_stat_bgwriter_buffers_${name}_total`),
      'Conflicts/Deadlocks': ['pg_stat_database_conflicts', 'pg_stat_database_deadlocks'],
      'Temp File (Bytes)': ['pg_stat_database_temp_bytes'],
      'Checkpoint Stats': [
        'pg_stat_bgwriter_checkpoint_write_time_total',
        'pg_stat_bgwriter_checkpoint_sync_time_total',
      ],
    },
    // The exporter’s own process, which is not there.
    empty: ['Average CPU Usage', 'Average Memory Usage', 'Open File Descriptors'],
  },
  {
    id: 'postgres_mixin',
    title: 'Postgres Overview (of postgres_exporter)',
    instance: 'database',
    panels: {
      QPS: ['pg_stat_database_xact_commit', 'pg_stat_database_xact_rollback'],
      'Cache Hit Ratio': ['pg_stat_database_blks_hit', 'pg_stat_database_blks_read'],
      'Active Connections': ['pg_stat_database_numbackends'],
      'Conflicts/Deadlocks': ['pg_stat_database_deadlocks', 'pg_stat_database_conflicts'],
      Buffers: BGWRITER.map((name) => `pg_stat_bgwriter_buffers_${name}_total`),
      Rows: ['fetched', 'returned', 'inserted', 'updated', 'deleted'].map((name) => `pg_stat_database_tup_${name}`),
    },
    empty: [],
  },
  {
    id: '763',
    title: 'Redis Dashboard for Prometheus Redis Exporter 1.x',
    instance: 'cache',
    panels: REDIS,
    empty: [],
  },
  {
    id: '11835',
    title: 'Redis Dashboard for Prometheus Redis Exporter (helm stable/redis-ha)',
    instance: 'cache',
    panels: { ...REDIS, 'Redis connected clients': ['redis_connected_clients'] },
    empty: [],
  },
  {
    id: '7589',
    title: 'Kafka Exporter Overview',
    instance: 'jobs',
    panels: {
      'Offset per Topic': ['kafka_topic_partition_current_offset{topic!="__consumer_offsets"}'],
      'Lag per Topic / Group': ['kafka_consumergroup_lag{consumergroup!="",topic!=""}'],
      'Partitions per Topic': ['kafka_topic_partitions{topic!="__consumer_offsets"}'],
    },
    empty: [],
  },
];

/** A series of one instance: `up{a="b"}` → `up{instance="db",a="b"}`. */
export function ofInstance(series: string, instance: string): string {
  const { 1: name = '', 2: matchers = '' } = /^(\w+)(?:\{(.*)\})?$/.exec(series) ?? [];
  return `${name}{instance="${instance}"${matchers === '' ? '' : `,${matchers}`}}`;
}
