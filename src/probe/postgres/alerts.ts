import { type BuiltInAlert, downAlert } from '../../core/alert.ts';

/** The alerts that every Postgres target has unless its config says otherwise. */
export const postgresAlerts: readonly BuiltInAlert[] = [
  downAlert('PostgresDown', 'Postgres'),
  {
    name: 'PostgresSlow',
    when: 'p95(duration) over 15m > 500ms',
    for: '5m',
    rank: { critical: 2, otherwise: 3 },
    summary: 'Postgres {{ target }} answers slowly: {{ value }} at the 95th percentile',
  },
  {
    name: 'PostgresConnectionsHigh',
    when: 'connections_used > 80%',
    for: '10m',
    rank: 2,
    summary: 'Postgres {{ target }} uses {{ value }} of its connections',
  },
  {
    name: 'PostgresConnectionsExhausted',
    when: 'connections_used > 95%',
    for: '1m',
    rank: 1,
    summary: 'Postgres {{ target }} has hardly a connection left: {{ value }} are in use',
  },
  {
    name: 'PostgresLongQuery',
    when: 'longest_query > 5m',
    for: '1m',
    rank: 3,
    summary: 'A query on Postgres {{ target }} has been running for {{ value }}',
  },
  {
    name: 'PostgresIdleInTransaction',
    when: 'idle_in_transaction_age > 10m',
    for: '1m',
    rank: 2,
    summary: 'A session on Postgres {{ target }} has been idle in its transaction for {{ value }}',
  },
  {
    name: 'PostgresBlockedQueries',
    when: 'blocked_queries > 0',
    for: '3m',
    rank: 2,
    summary: '{{ value }} queries on Postgres {{ target }} wait for a lock',
  },
  {
    name: 'PostgresDeadlocks',
    when: 'increase(deadlocks) over 10m > 5',
    rank: 3,
    summary: '{{ value }} deadlocks in 10 minutes in database {{ labels.database }} of Postgres {{ target }}',
  },
  {
    name: 'PostgresReplicationLag',
    when: 'replication_lag > 60s',
    for: '5m',
    rank: 2,
    summary: 'Postgres {{ target }} is {{ value }} behind its primary',
  },
  {
    name: 'PostgresWraparound',
    when: 'transaction_id_age > 1000000000',
    for: '1h',
    rank: 2,
    summary:
      'Postgres {{ target }} nears transaction ID wraparound: its oldest unfrozen ID is {{ value }} transactions old',
  },
];
