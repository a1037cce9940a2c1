import type { MetricKind, SeriesSpec } from '../../core/measure.ts';

/** One field of INFO that is exposed as it is, under redis_exporter's name; `ok` and `up` count as 1, other words as 0. */
export interface InfoSeries {
  readonly field: string;
  readonly spec: SeriesSpec;
  /** How many of the field’s unit are one of the metric’s; 1 where absent. */
  readonly divisor?: number;
}

const row = (kind: MetricKind) => (field: string, name: string, help: string, divisor?: number) => ({
  field,
  spec: { name: `redis_${name}`, kind, help },
  ...(divisor === undefined ? {} : { divisor }),
});
const gauge = row('gauge');
const counter = row('counter');
// promtool objects to these names with a type; `redis_…_duration_sec` it refuses even without one, so those four are left out.
const untyped = row('untyped');

const SERVER: readonly InfoSeries[] = [
  gauge('uptime_in_seconds', 'uptime_in_seconds', 'Seconds since the server started.'),
  gauge('process_id', 'process_id', 'Process id of the server.'),
  gauge('io_threads_active', 'io_threads_active', 'Whether the I/O threads are active.'),
  gauge('maxclients', 'max_clients', 'Most clients that may be connected.'),
  gauge('cluster_enabled', 'cluster_enabled', 'Whether the server runs in cluster mode.'),
  gauge('cluster_connections', 'cluster_connections', 'Sockets used by the cluster bus.'),
  gauge('tracking_clients', 'tracking_clients', 'Clients being tracked for client-side caching.'),
  gauge('clients_in_timeout_table', 'clients_in_timeout_table', 'Clients in the timeout table.'),
  gauge(
    'client_recent_max_input_buffer',
    'client_recent_max_input_buffer_bytes',
    'Biggest recent input buffer of a client.',
  ),
  gauge(
    'client_recent_max_output_buffer',
    'client_recent_max_output_buffer_bytes',
    'Biggest recent output buffer of a client.',
  ),
];

const MEMORY: readonly InfoSeries[] = [
  gauge('maxmemory', 'memory_max_bytes', 'Limit of the memory for data, 0 where there is none.'),
  gauge('used_memory_rss', 'memory_used_rss_bytes', 'Memory that the operating system gave the server.'),
  gauge('used_memory_peak', 'memory_used_peak_bytes', 'Most memory ever used.'),
  gauge('used_memory_overhead', 'memory_used_overhead_bytes', 'Memory used for other things than data.'),
  gauge('used_memory_startup', 'memory_used_startup_bytes', 'Memory used right after the start.'),
  gauge('used_memory_dataset', 'memory_used_dataset_bytes', 'Memory used by the data.'),
  gauge('used_memory_lua', 'memory_used_lua_bytes', 'Memory used by the Lua engine.'),
  gauge('used_memory_scripts', 'memory_used_scripts_bytes', 'Memory used by cached scripts.'),
  gauge('number_of_cached_scripts', 'number_of_cached_scripts', 'Scripts that are cached.'),
  gauge('mem_fragmentation_bytes', 'mem_fragmentation_bytes', 'Memory held beyond what is used.'),
  gauge('mem_clients_normal', 'mem_clients_normal', 'Bytes used by ordinary clients.'),
  gauge('mem_clients_slaves', 'mem_clients_slaves', 'Bytes used by replica clients.'),
  gauge('mem_not_counted_for_evict', 'mem_not_counted_for_eviction_bytes', 'Memory that eviction does not count.'),
  gauge('allocator_allocated', 'allocator_allocated_bytes', 'Bytes that the allocator handed out.'),
  gauge('allocator_active', 'allocator_active_bytes', 'Bytes in the active pages of the allocator.'),
  gauge('allocator_resident', 'allocator_resident_bytes', 'Bytes resident in the allocator.'),
  gauge('allocator_frag_ratio', 'allocator_frag_ratio', 'Active by allocated bytes of the allocator.'),
  gauge('allocator_frag_bytes', 'allocator_frag_bytes', 'Active less allocated bytes of the allocator.'),
  gauge('allocator_rss_ratio', 'allocator_rss_ratio', 'Resident by active bytes of the allocator.'),
  gauge('allocator_rss_bytes', 'allocator_rss_bytes', 'Resident less active bytes of the allocator.'),
  gauge(
    'active_defrag_running',
    'active_defrag_running',
    'Whether active defragmentation runs, as its CPU percentage.',
  ),
  gauge('lazyfree_pending_objects', 'lazyfree_pending_objects', 'Objects waiting to be freed.'),
];

const PERSISTENCE: readonly InfoSeries[] = [
  gauge('loading', 'loading_dump_file', 'Whether a dump file is being loaded.'),
  gauge('rdb_changes_since_last_save', 'rdb_changes_since_last_save', 'Changes since the last snapshot.'),
  gauge('rdb_bgsave_in_progress', 'rdb_bgsave_in_progress', 'Whether a snapshot is being saved.'),
  gauge('rdb_last_save_time', 'rdb_last_save_timestamp_seconds', 'When the last snapshot was saved, Unix time.'),
  gauge('rdb_last_bgsave_status', 'rdb_last_bgsave_status', 'Whether the last snapshot succeeded.'),
  gauge('rdb_last_cow_size', 'rdb_last_cow_size_bytes', 'Memory copied on write by the last snapshot.'),
  gauge('aof_enabled', 'aof_enabled', 'Whether the append-only file is on.'),
  gauge('aof_rewrite_in_progress', 'aof_rewrite_in_progress', 'Whether the append-only file is being rewritten.'),
  gauge('aof_rewrite_scheduled', 'aof_rewrite_scheduled', 'Whether a rewrite of the append-only file is due.'),
  gauge('aof_last_bgrewrite_status', 'aof_last_bgrewrite_status', 'Whether the last rewrite succeeded.'),
  gauge('aof_last_write_status', 'aof_last_write_status', 'Whether the last write to the append-only file succeeded.'),
  gauge('aof_last_cow_size', 'aof_last_cow_size_bytes', 'Memory copied on write by the last rewrite.'),
  gauge('aof_current_size', 'aof_current_size_bytes', 'Size of the append-only file.'),
  gauge('aof_base_size', 'aof_base_size_bytes', 'Size of the append-only file after its last rewrite.'),
  gauge('aof_pending_rewrite', 'aof_pending_rewrite', 'Whether a rewrite waits for the snapshot to end.'),
  gauge('aof_buffer_length', 'aof_buffer_length', 'Bytes in the buffer of the append-only file.'),
  gauge('aof_rewrite_buffer_length', 'aof_rewrite_buffer_length', 'Bytes in the rewrite buffer.'),
  gauge('aof_pending_bio_fsync', 'aof_pending_bio_fsync', 'Jobs waiting in the background queue of fsync.'),
  gauge('aof_delayed_fsync', 'aof_delayed_fsync', 'How often fsync was delayed.'),
  gauge('module_fork_in_progress', 'module_fork_in_progress', 'Whether a module has forked.'),
  gauge(
    'module_fork_last_cow_size',
    'module_fork_last_cow_size',
    'Bytes copied on write by the last fork of a module.',
  ),
];

const STATS: readonly InfoSeries[] = [
  counter('total_connections_received', 'connections_received_total', 'Connections accepted.'),
  counter('total_net_input_bytes', 'net_input_bytes_total', 'Bytes read from the network.'),
  counter('total_net_output_bytes', 'net_output_bytes_total', 'Bytes written to the network.'),
  counter('expired_keys', 'expired_keys_total', 'Keys that expired.'),
  gauge(
    'expired_stale_perc',
    'expired_stale_percentage',
    'Estimate of keys that expired but are still there, percent.',
  ),
  untyped('expired_time_cap_reached_count', 'expired_time_cap_reached_total', 'How often expiry ran out of its time.'),
  untyped('migrate_cached_sockets', 'migrate_cached_sockets_total', 'Sockets open for MIGRATE.'),
  untyped('unexpected_error_replies', 'unexpected_error_replies', 'Unexpected error replies.'),
  untyped('total_error_replies', 'total_error_replies', 'Error replies.'),
  untyped('dump_payload_sanitizations', 'dump_payload_sanitizations', 'Deep checks of dump payloads.'),
  untyped('total_reads_processed', 'total_reads_processed', 'Reads processed.'),
  untyped('total_writes_processed', 'total_writes_processed', 'Writes processed.'),
  untyped('io_threaded_reads_processed', 'io_threaded_reads_processed', 'Reads processed by I/O threads.'),
  untyped('io_threaded_writes_processed', 'io_threaded_writes_processed', 'Writes processed by I/O threads.'),
  gauge('pubsub_channels', 'pubsub_channels', 'Channels with subscribers.'),
  gauge('pubsub_patterns', 'pubsub_patterns', 'Patterns with subscribers.'),
  gauge('latest_fork_usec', 'latest_fork_seconds', 'How long the last fork took.', 1e6),
  gauge('active_defrag_hits', 'defrag_hits', 'Values moved by active defragmentation.'),
  gauge('active_defrag_misses', 'defrag_misses', 'Moves of values given up by active defragmentation.'),
  gauge('active_defrag_key_hits', 'defrag_key_hits', 'Keys defragmented.'),
  gauge('active_defrag_key_misses', 'defrag_key_misses', 'Keys skipped by active defragmentation.'),
  gauge('tracking_total_keys', 'tracking_total_keys', 'Keys tracked for client-side caching.'),
  gauge('tracking_total_items', 'tracking_total_items', 'Items tracked for client-side caching.'),
  gauge('tracking_total_prefixes', 'tracking_total_prefixes', 'Prefixes tracked for client-side caching.'),
  counter('used_cpu_sys', 'cpu_sys_seconds_total', 'System CPU time of the server.'),
  counter('used_cpu_user', 'cpu_user_seconds_total', 'User CPU time of the server.'),
  counter('used_cpu_sys_children', 'cpu_sys_children_seconds_total', 'System CPU time of its children.'),
  counter('used_cpu_user_children', 'cpu_user_children_seconds_total', 'User CPU time of its children.'),
  counter('used_cpu_sys_main_thread', 'cpu_sys_main_thread_seconds_total', 'System CPU time of its main thread.'),
  counter('used_cpu_user_main_thread', 'cpu_user_main_thread_seconds_total', 'User CPU time of its main thread.'),
];

const REPLICATION: readonly InfoSeries[] = [
  gauge('connected_slaves', 'connected_slaves', 'Replicas connected to this server.'),
  gauge('master_repl_offset', 'master_repl_offset', 'Replication offset of this server.'),
  gauge('second_repl_offset', 'second_repl_offset', 'Offset up to which the former replication id is accepted.'),
  gauge('repl_backlog_active', 'repl_backlog_is_active', 'Whether the replication backlog is in use.'),
  gauge('repl_backlog_size', 'replication_backlog_bytes', 'Size of the replication backlog.'),
  gauge('repl_backlog_first_byte_offset', 'repl_backlog_first_byte_offset', 'Offset of the first byte in the backlog.'),
  gauge('repl_backlog_histlen', 'repl_backlog_history_bytes', 'Bytes of data in the backlog.'),
  gauge('slave_expires_tracked_keys', 'slave_expires_tracked_keys', 'Keys with expiry tracked on a writable replica.'),
  gauge('slave_priority', 'slave_priority', 'Priority of this replica for failover.'),
  gauge('sync_full', 'replica_resyncs_full', 'Full synchronisations with replicas.'),
  gauge('sync_partial_ok', 'replica_partial_resync_accepted', 'Partial synchronisations accepted.'),
  gauge('sync_partial_err', 'replica_partial_resync_denied', 'Partial synchronisations refused.'),
];

/** Every plain field of INFO that redis_exporter exposes and no rule needs. */
export const INFO_SERIES: readonly InfoSeries[] = [...SERVER, ...MEMORY, ...PERSISTENCE, ...STATS, ...REPLICATION];

const MASTER = ['master_host', 'master_port'];
const REPLICA = ['slave_ip', 'slave_port', 'slave_state'];

/** Those that are put together from several fields or have labels. */
const COMPOSED: readonly SeriesSpec[] = [
  { name: 'redis_start_time_seconds', kind: 'gauge', help: 'When the server started, Unix time.' },
  {
    name: 'redis_instance_info',
    kind: 'gauge',
    help: 'What the server is; always 1.',
    labels: [
      'role',
      'redis_version',
      'redis_build_id',
      'redis_mode',
      'os',
      'maxmemory_policy',
      'tcp_port',
      'run_id',
      'process_id',
    ],
  },
  { name: 'redis_slave_info', kind: 'gauge', help: 'Whose replica it is; always 1.', labels: [...MASTER, 'read_only'] },
  { name: 'redis_master_link_up', kind: 'gauge', help: 'Whether the link to its master is up.', labels: MASTER },
  {
    name: 'redis_master_last_io_seconds_ago',
    kind: 'gauge',
    help: 'Seconds since its master was last heard of, -1 while the link is down.',
    labels: MASTER,
  },
  {
    name: 'redis_master_sync_in_progress',
    kind: 'gauge',
    help: 'Whether it is being synchronised with its master.',
    labels: MASTER,
  },
  { name: 'redis_slave_repl_offset', kind: 'gauge', help: 'Replication offset of this replica.', labels: MASTER },
  {
    name: 'redis_connected_slave_lag_seconds',
    kind: 'gauge',
    help: 'Seconds since a replica last acknowledged.',
    labels: REPLICA,
  },
  {
    name: 'redis_connected_slave_offset_bytes',
    kind: 'gauge',
    help: 'Offset that a replica acknowledged.',
    labels: REPLICA,
  },
  { name: 'redis_db_keys_expiring', kind: 'gauge', help: 'Keys with an expiry, by database.', labels: ['db'] },
  { name: 'redis_db_avg_ttl_seconds', kind: 'gauge', help: 'Average time to live, by database.', labels: ['db'] },
  { name: 'redis_commands_total', kind: 'counter', help: 'Calls, by command.', labels: ['cmd'] },
  {
    name: 'redis_commands_duration_seconds_total',
    kind: 'counter',
    help: 'Time spent, by command.',
    labels: ['cmd'],
  },
  {
    name: 'redis_commands_failed_calls_total',
    kind: 'counter',
    help: 'Calls that failed while running, by command.',
    labels: ['cmd'],
  },
  {
    name: 'redis_commands_rejected_calls_total',
    kind: 'counter',
    help: 'Calls refused before they ran, by command.',
    labels: ['cmd'],
  },
  { name: 'redis_errors_total', kind: 'counter', help: 'Error replies, by the codes that Redis has.', labels: ['err'] },
  { name: 'redis_slowlog_length', kind: 'gauge', help: 'Entries in the slow log.' },
  { name: 'redis_slowlog_last_id', kind: 'gauge', help: 'Id of the newest entry in the slow log.' },
  {
    name: 'redis_last_slow_execution_duration_seconds',
    kind: 'gauge',
    help: 'How long the newest entry in the slow log took.',
  },
];

/** All of redis_exporter's metrics beside the measures. */
export const redisSeries: readonly SeriesSpec[] = [...INFO_SERIES.map((each) => each.spec), ...COMPOSED];
