import { healthMeasures, type MeasureSpec } from '../../core/measure.ts';

/** What a Postgres target measures. */
export const postgresMeasures: readonly MeasureSpec[] = [
  ...healthMeasures({ up: 'pg_up' }),
  {
    name: 'connections',
    unit: 'count',
    kind: 'gauge',
    help: 'Client connections by state, over all databases.',
    labels: ['state'],
  },
  {
    name: 'connections_used',
    unit: 'ratio',
    kind: 'gauge',
    help: 'Client connections as a share of max_connections less the reserved ones.',
  },
  {
    name: 'longest_query',
    unit: 'seconds',
    kind: 'gauge',
    help: 'Age of the oldest query that a client is running; 0 without any.',
  },
  {
    name: 'longest_transaction',
    unit: 'seconds',
    kind: 'gauge',
    help: 'Age of the oldest open transaction of a client; 0 without any.',
  },
  {
    name: 'idle_in_transaction_age',
    unit: 'seconds',
    kind: 'gauge',
    help: 'How long the longest idle client has kept its transaction open without a query; 0 without any.',
  },
  { name: 'blocked_queries', unit: 'count', kind: 'gauge', help: 'Sessions that wait for a lock.' },
  {
    name: 'deadlocks',
    unit: 'count',
    kind: 'counter',
    help: 'Deadlocks since the statistics were last reset.',
    labels: ['database'],
  },
  {
    name: 'database_size',
    unit: 'bytes',
    kind: 'gauge',
    help: 'Disk space that a database takes.',
    labels: ['database'],
  },
  {
    name: 'cache_hit',
    unit: 'ratio',
    kind: 'gauge',
    help: 'Share of block reads that the buffer cache served, over all databases, since the statistics were last reset.',
  },
  {
    name: 'replication_lag',
    unit: 'seconds',
    kind: 'gauge',
    help: 'How far a standby is behind its primary: 0 when all that it received is replayed. Absent on a primary.',
  },
  {
    name: 'transaction_id_age',
    unit: 'count',
    kind: 'gauge',
    help: 'Transactions since the oldest one that is not frozen yet; the server stops writing before 2 billion.',
  },
  {
    name: 'dead_tuples',
    unit: 'count',
    kind: 'gauge',
    help: 'Estimated dead rows in the user tables of the database that the target connects to.',
  },
];
