import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startRedis } from '../../demo/service/redis.ts';
import type { Service } from '../../demo/service/service.ts';
import { redis } from '../../src/probe/redis/type.ts';
import { scrape, startExporter } from '../support/exporter.ts';
import { exposeProbe, promtoolSays } from '../support/exposition.ts';
import { compareExpositions, type Exception, parseExposition, type Tolerance } from '../support/peer.ts';
import { openRedisProber, redisCli } from '../support/redis.ts';

// Each of ours lies between the exporter's just before and just after, but for these.
const TOLERANCES: Readonly<Record<string, Tolerance>> = {
  // The exporter's own connection is there while it asks, with its buffers.
  redis_connected_clients: { absolute: 1 },
  redis_memory_used_bytes: { absolute: 64 * 1024 },
  redis_memory_used_dataset_bytes: { absolute: 64 * 1024 },
  redis_memory_used_overhead_bytes: { absolute: 64 * 1024 },
  redis_mem_clients_normal: { absolute: 64 * 1024 },
  redis_client_recent_max_input_buffer_bytes: { absolute: 64 * 1024 },
  redis_client_recent_max_output_buffer_bytes: { absolute: 64 * 1024 },
  // Whole seconds, rounded at another moment.
  redis_start_time_seconds: { absolute: 1 },
  // Sampled by the server ten times a second, so that three looks may see three samples.
  redis_memory_used_rss_bytes: { relative: 0.02 },
  redis_mem_fragmentation_ratio: { relative: 0.05 },
  redis_mem_fragmentation_bytes: { relative: 0.05 },
  redis_allocator_active_bytes: { relative: 0.05 },
  redis_allocator_allocated_bytes: { relative: 0.05 },
  redis_allocator_resident_bytes: { relative: 0.05 },
  redis_allocator_frag_bytes: { absolute: 64 * 1024 },
  redis_allocator_frag_ratio: { absolute: 0.05 },
  redis_allocator_rss_bytes: { relative: 0.05 },
  redis_allocator_rss_ratio: { relative: 0.05 },
};

const EXCEPTIONS: readonly Exception[] = [
  {
    name: 'redis_db_keys',
    series: ({ db }) => db !== 'db0' && db !== 'db3',
    reason:
      'the exporter asks CONFIG for the number of databases and says 0 for each empty one; INFO names only those with keys',
  },
  {
    name: 'redis_db_keys_expiring',
    series: ({ db }) => db !== 'db0' && db !== 'db3',
    reason: 'as redis_db_keys',
  },
];

describe('beside redis_exporter on the same server', () => {
  let master: Service;
  let replica: Service;
  beforeAll(async () => {
    master = await startRedis({ args: ['--appendonly', 'yes', '--maxmemory', '64mb', '--databases', '16'] });
    replica = await startRedis({ args: ['--replicaof', `127.0.0.1 ${master.port}`] });
    await redisCli(master, 'EVAL', `for i = 1, 1000 do redis.call('SET', 'key' .. i, i, 'EX', 3600) end`, '0');
    await redisCli(master, '-n', '3', 'SET', 'a', '1');
    await redisCli(master, 'GET', 'key1');
    await redisCli(master, 'GET', 'nothing');
    await redisCli(master, 'LPUSH', 'key1', 'x').catch(() => {});
    await redisCli(master, 'BGSAVE');
    const says = (server: Service, text: string) =>
      vi.waitFor(async () => expect(await redisCli(server, 'INFO', 'all')).toContain(text), 15_000);
    await says(replica, 'master_link_status:up');
    await says(master, 'rdb_bgsave_in_progress:0');
  });
  afterAll(async () => {
    await replica[Symbol.asyncDispose]();
    await master[Symbol.asyncDispose]();
  });

  it.each([
    ['a master', () => master, ['redis_connected_slave_lag_seconds', 'redis_commands_total', 'redis_errors_total']],
    ['a replica', () => replica, ['redis_master_link_up', 'redis_slave_info', 'redis_slave_repl_offset']],
  ])('every metric that both expose of %s agrees', async (_, server, expected) => {
    const args = (address: string) => ['-redis.addr', server().url, '-web.listen-address', address];
    await using exporter = await startExporter({ name: 'redis_exporter', args });
    await using prober = await openRedisProber({ url: server().url });
    await exposeProbe(redis, prober); // connects
    const before = await scrape(exporter.url);
    const text = await exposeProbe(redis, prober);
    const after = await scrape(exporter.url);
    const report = compareExpositions({
      ours: parseExposition(text),
      before,
      after,
      tolerances: TOLERANCES,
      exceptions: EXCEPTIONS,
    });
    expect(report.differences).toEqual([]);
    expect(report.idle).toEqual([]);
    expect(report.compared.length).toBeGreaterThan(100);
    expect(report.compared).toEqual(expect.arrayContaining(['redis_up', 'redis_memory_used_bytes', ...expected]));
    expect(await promtoolSays(text)).toBe('');
  });
});
