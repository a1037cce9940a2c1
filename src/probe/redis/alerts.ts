import { type BuiltInAlert, downAlert } from '../../core/alert.ts';

// Memory that runs full is a danger only where the server may not make room by evicting, and evicted keys are
// news only where the policy spares those without an expiry: `eviction` says which of these it is.
export const redisAlerts: readonly BuiltInAlert[] = [
  downAlert('RedisDown', 'Redis'),
  {
    name: 'RedisSlow',
    when: 'p95(duration) over 15m > 100ms',
    for: '5m',
    rank: { critical: 2, otherwise: 3 },
    summary: 'Redis {{ target }} is slow: p95 of PING is {{ value }}, over {{ threshold }}',
  },
  {
    name: 'RedisMemoryHigh',
    when: 'memory_used_ratio > 80% and eviction == none',
    for: '5m',
    rank: 2,
    summary: 'Redis {{ target }} uses {{ value }} of its memory and may not evict',
  },
  {
    name: 'RedisMemoryExhausted',
    when: 'memory_used_ratio > 95% and eviction == none',
    for: '1m',
    rank: 1,
    summary: 'Redis {{ target }} uses {{ value }} of its memory: at the limit it refuses writes or is killed',
  },
  {
    name: 'RedisEvicting',
    when: 'rate(evicted) over 10m > 0 and eviction == volatile',
    rank: 3,
    summary: 'Redis {{ target }} throws out keys before they expire, for want of memory',
  },
  {
    name: 'RedisPersistenceFailing',
    when: 'last_save_ok == 0',
    for: '15m',
    rank: 2,
    summary: 'Redis {{ target }} cannot save its data to disk',
  },
  {
    name: 'RedisRejectingConnections',
    when: 'increase(rejected_connections) over 5m > 0',
    rank: 1,
    summary: 'Redis {{ target }} turned clients away: all of maxclients are in use',
  },
  {
    name: 'RedisReplicationLag',
    when: 'replication_lag > 60s',
    for: '5m',
    rank: 2,
    summary: 'Replication of Redis {{ target }} is {{ value }} behind',
  },
];
