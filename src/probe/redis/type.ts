import { healthMeasures, type MeasureSpec } from '../../core/measure.ts';
import type { ProbeType } from '../contract.ts';
import { redisAlerts } from './alerts.ts';
import { endpointOf } from './endpoint.ts';
import { redisSchema } from './schema.ts';
import { redisSeries } from './series.ts';

const measures: readonly MeasureSpec[] = [
  ...healthMeasures({ up: 'redis_up' }),
  {
    name: 'memory_used',
    unit: 'bytes',
    kind: 'gauge',
    help: 'Memory used by data and buffers.',
    metric: { name: 'redis_memory_used_bytes' },
  },
  {
    name: 'memory_used_ratio',
    unit: 'ratio',
    kind: 'gauge',
    help: 'Memory used, of maxmemory, else of memory_limit; absent without a limit.',
  },
  {
    name: 'eviction',
    unit: 'words',
    kind: 'gauge',
    words: ['any', 'volatile', 'none'],
    help: 'What the server may evict at its limit: any key, only keys with an expiry, or none.',
  },
  {
    name: 'fragmentation',
    unit: 'ratio',
    kind: 'gauge',
    help: 'Memory that the operating system gave the server, by what it uses.',
    metric: { name: 'redis_mem_fragmentation_ratio' },
  },
  {
    name: 'clients',
    unit: 'count',
    kind: 'gauge',
    help: 'Connected clients, without replicas.',
    metric: { name: 'redis_connected_clients' },
  },
  {
    name: 'clients_used',
    unit: 'ratio',
    kind: 'gauge',
    help: 'Connections in use, of maxclients.',
  },
  {
    name: 'blocked_clients',
    unit: 'count',
    kind: 'gauge',
    help: 'Clients waiting in a blocking command.',
    metric: { name: 'redis_blocked_clients' },
  },
  {
    name: 'hits',
    unit: 'count',
    kind: 'counter',
    help: 'Lookups that found their key.',
    metric: { name: 'redis_keyspace_hits_total' },
  },
  {
    name: 'misses',
    unit: 'count',
    kind: 'counter',
    help: 'Lookups that did not find their key.',
    metric: { name: 'redis_keyspace_misses_total' },
  },
  {
    name: 'hit_ratio',
    unit: 'ratio',
    kind: 'gauge',
    help: 'Lookups that found their key, of all since the server started; absent before the first.',
  },
  {
    name: 'evicted',
    unit: 'count',
    kind: 'counter',
    help: 'Keys thrown out for want of memory.',
    metric: { name: 'redis_evicted_keys_total' },
  },
  {
    name: 'rejected_connections',
    unit: 'count',
    kind: 'counter',
    help: 'Connections refused because of maxclients.',
    metric: { name: 'redis_rejected_connections_total' },
  },
  {
    name: 'operations',
    unit: 'count',
    kind: 'counter',
    help: 'Commands processed.',
    metric: { name: 'redis_commands_processed_total' },
  },
  {
    name: 'keys',
    unit: 'count',
    kind: 'gauge',
    help: 'Keys, by database.',
    labels: ['db'],
    metric: { name: 'redis_db_keys' },
  },
  {
    name: 'replication_lag',
    unit: 'seconds',
    kind: 'gauge',
    help: 'On a replica, since it last heard of its master; on a master, the worst of its replicas; absent without replication.',
  },
  {
    name: 'last_save_ok',
    unit: 'count',
    kind: 'gauge',
    help: 'Whether the last snapshot and, where it is on, the append-only file were written.',
  },
];

/** A Redis server, or one that speaks like it (Valkey, KeyDB). */
export const redis: ProbeType<typeof redisSchema> = {
  type: 'redis',
  title: 'Redis',
  schema: redisSchema,
  measures,
  series: redisSeries,
  alerts: redisAlerts,
  hosts: (config) => [endpointOf(config).host],
  byUrl: { schemes: ['redis', 'rediss'], keys: (url) => ({ type: 'redis', url }) },
  open: async (config, environment) => (await import('./prober.ts')).openRedis(config, environment),
};
