import type { Sample } from '../../core/result.ts';
import { fieldsLike, type Info, numberOf } from './info.ts';
import { replicationLagSeconds } from './replication.ts';

/** In order of gravity: at its limit the server may evict any key, only those with an expiry, or none. */
export const EVICTION = ['any', 'volatile', 'none'] as const;
export type Eviction = (typeof EVICTION)[number];

export interface Limits {
  /** The config's `memory_limit`, for servers without a maxmemory of their own. */
  readonly memoryBytes: number | undefined;
  /** The database that the target logs in to: its keys are 0 rather than absent when it is empty. */
  readonly database: number;
}

/** The measures that are one field of INFO. */
const PLAIN = {
  memory_used: 'used_memory',
  fragmentation: 'mem_fragmentation_ratio',
  clients: 'connected_clients',
  blocked_clients: 'blocked_clients',
  hits: 'keyspace_hits',
  misses: 'keyspace_misses',
  evicted: 'evicted_keys',
  rejected_connections: 'rejected_connections',
  operations: 'total_commands_processed',
} as const;

/** Every measure that INFO can give; what it does not tell is left out. */
export function measuresOf(info: Info, limits: Limits): Sample[] {
  const single: readonly (readonly [string, number | undefined])[] = [
    ...Object.entries(PLAIN).map(([name, field]) => [name, numberOf(info, field)] as const),
    ['memory_used_ratio', memoryUsedRatio(info, limits.memoryBytes)],
    ['eviction', word(evictionOf(info))],
    ['clients_used', clientsUsed(info)],
    ['hit_ratio', hitRatio(info)],
    ['replication_lag', replicationLagSeconds(info)],
    ['last_save_ok', lastSaveOk(info)],
  ];
  return [
    ...single.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
    ...keysByDatabase(info, limits.database),
  ];
}

/** The names of all that `measuresOf` can give. */
export const INFO_MEASURES: readonly string[] = [
  ...Object.keys(PLAIN),
  'memory_used_ratio',
  'eviction',
  'clients_used',
  'hit_ratio',
  'replication_lag',
  'last_save_ok',
  'keys',
];

/** Without a maxmemory nothing is ever evicted, whatever the policy says. */
export function evictionOf(info: Info): Eviction | undefined {
  const policy = info.get('maxmemory_policy');
  if (policy === undefined) return undefined;
  if (policy === 'noeviction' || numberOf(info, 'maxmemory') === 0) return 'none';
  return policy.startsWith('volatile-') ? 'volatile' : 'any';
}

const word = (eviction: Eviction | undefined) => (eviction === undefined ? undefined : EVICTION.indexOf(eviction));

/** maxmemory where the server has one, else the given limit; bytes. */
export function memoryLimit(info: Info, limitBytes: number | undefined): number | undefined {
  return numberOf(info, 'maxmemory') || limitBytes;
}

function memoryUsedRatio(info: Info, limitBytes: number | undefined): number | undefined {
  const used = numberOf(info, 'used_memory');
  const limit = memoryLimit(info, limitBytes);
  return used === undefined || limit === undefined || limit === 0 ? undefined : used / limit;
}

// Replicas and the cluster bus take places of maxclients too, though connected_clients leaves them out.
function clientsUsed(info: Info): number | undefined {
  const most = numberOf(info, 'maxclients');
  const clients = numberOf(info, 'connected_clients');
  if (clients === undefined || most === undefined || most === 0) return undefined;
  return (clients + (numberOf(info, 'connected_slaves') ?? 0) + (numberOf(info, 'cluster_connections') ?? 0)) / most;
}

function hitRatio(info: Info): number | undefined {
  const hits = numberOf(info, 'keyspace_hits');
  const misses = numberOf(info, 'keyspace_misses');
  if (hits === undefined || misses === undefined || hits + misses === 0) return undefined;
  return hits / (hits + misses);
}

function lastSaveOk(info: Info): number | undefined {
  const snapshot = info.get('rdb_last_bgsave_status');
  if (snapshot === undefined) return undefined;
  const log =
    info.get('aof_enabled') === '1' ? [info.get('aof_last_write_status'), info.get('aof_last_bgrewrite_status')] : [];
  return [snapshot, ...log].every((status) => status === undefined || status === 'ok') ? 1 : 0;
}

function keysByDatabase(info: Info, own: number): Sample[] {
  const counted = Array.from(fieldsLike(info, /^(db\d+)$/), ({ key, pairs }) => ({
    name: 'keys',
    value: numberOf(pairs, 'keys') ?? 0,
    labels: { db: key },
  }));
  const isThere = counted.some((sample) => sample.labels.db === `db${own}`);
  return isThere ? counted : [...counted, { name: 'keys', value: 0, labels: { db: `db${own}` } }];
}
