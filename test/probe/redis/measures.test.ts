import { describe, expect, it } from 'vitest';
import { parseInfo } from '../../../src/probe/redis/info.ts';
import { INFO_MEASURES, measuresOf } from '../../../src/probe/redis/measures.ts';
import { redis } from '../../../src/probe/redis/type.ts';

interface Given {
  readonly info: string;
  readonly memoryBytes?: number;
  readonly database?: number;
}

function told(name: string, { info, memoryBytes, database = 0 }: Given): number | undefined {
  const samples = measuresOf(parseInfo(info.replaceAll(' ', '\n')), { memoryBytes, database });
  return samples.find((sample) => sample.name === name)?.value;
}

describe('memory_used_ratio', () => {
  it.each([
    ['of maxmemory', { info: 'used_memory:50 maxmemory:200' }, 0.25],
    ['of maxmemory rather than of memory_limit', { info: 'used_memory:50 maxmemory:200', memoryBytes: 100 }, 0.25],
    ['of memory_limit where there is no maxmemory', { info: 'used_memory:50 maxmemory:0', memoryBytes: 100 }, 0.5],
    ['of memory_limit where maxmemory is not told', { info: 'used_memory:50', memoryBytes: 100 }, 0.5],
    ['absent without a limit', { info: 'used_memory:50 maxmemory:0' }, undefined],
    ['absent where the memory is not told', { info: 'maxmemory:200' }, undefined],
  ])('is %s', (_, given, expected) => {
    expect(told('memory_used_ratio', given)).toBe(expected);
  });
});

describe('eviction', () => {
  it.each([
    ['any', 'maxmemory:1 maxmemory_policy:allkeys-lru', 0],
    ['volatile', 'maxmemory:1 maxmemory_policy:volatile-ttl', 1],
    ['none', 'maxmemory:1 maxmemory_policy:noeviction', 2],
    ['none without a limit of its own, whatever the policy', 'maxmemory:0 maxmemory_policy:allkeys-lru', 2],
  ])('is %s', (_, info, expected) => {
    expect(told('eviction', { info })).toBe(expected);
  });

  it('is absent where the policy is not told', () => {
    expect(told('eviction', { info: 'maxmemory:1' })).toBeUndefined();
  });
});

describe('clients_used', () => {
  it('counts replicas and cluster links too, as maxclients does', () => {
    const info = 'connected_clients:5 connected_slaves:2 cluster_connections:3 maxclients:20';
    expect(told('clients_used', { info })).toBe(0.5);
  });

  it.each(['connected_clients:5', 'connected_clients:5 maxclients:0', 'maxclients:20'])('is absent for %s', (info) => {
    expect(told('clients_used', { info })).toBeUndefined();
  });
});

describe('hit_ratio', () => {
  it.each([
    ['keyspace_hits:3 keyspace_misses:1', 0.75],
    ['keyspace_hits:0 keyspace_misses:4', 0],
    ['keyspace_hits:0 keyspace_misses:0', undefined],
    ['keyspace_hits:3', undefined],
  ])('of %s is %s', (info, expected) => {
    expect(told('hit_ratio', { info })).toBe(expected);
  });
});

describe('last_save_ok', () => {
  it.each([
    ['rdb_last_bgsave_status:ok', 1],
    ['rdb_last_bgsave_status:err', 0],
    ['rdb_last_bgsave_status:ok aof_enabled:1 aof_last_write_status:ok aof_last_bgrewrite_status:ok', 1],
    ['rdb_last_bgsave_status:ok aof_enabled:1 aof_last_write_status:err', 0],
    ['rdb_last_bgsave_status:ok aof_enabled:1 aof_last_bgrewrite_status:err', 0],
    ['rdb_last_bgsave_status:ok aof_enabled:0 aof_last_write_status:err', 1],
    ['aof_enabled:1', undefined],
  ])('of %s is %s', (info, expected) => {
    expect(told('last_save_ok', { info })).toBe(expected);
  });
});

describe('keys', () => {
  const keys = (info: string, database: number) =>
    measuresOf(parseInfo(info), { memoryBytes: undefined, database })
      .filter(({ name }) => name === 'keys')
      .map(({ value, labels }) => [labels?.['db'], value]);

  it('is told for every database that has some', () => {
    expect(keys('db0:keys=7,expires=1\ndb3:keys=2,expires=0', 0)).toEqual([
      ['db0', 7],
      ['db3', 2],
    ]);
  });

  it('is 0, not absent, for the own database when it is empty', () => {
    expect(keys('db0:keys=7,expires=1', 5)).toEqual([
      ['db0', 7],
      ['db5', 0],
    ]);
  });
});

it('names for a gap exactly the measures that it declares, but for those of the health question', () => {
  const declared = redis.measures.map(({ name }) => name);
  expect([...INFO_MEASURES, 'up', 'failed', 'duration'].sort()).toEqual(declared.toSorted());
});
