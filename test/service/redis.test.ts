import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis } from '../../demo/service/redis.ts';
import type { Service } from '../../demo/service/service.ts';
import { systemClock } from '../../src/core/clock.ts';
import { redis } from '../../src/probe/redis/type.ts';
import { probeContract } from '../contract/probe.ts';
import { infoNumber, lookOnce, openRedisProber, probeRedis, redisCli, redisOfTest, valueIn } from '../support/redis.ts';

describe('redis', () => {
  let server: Service;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  probeContract('redis', {
    declared: redis,
    open: ({ host, port }) => openRedisProber({ addresses: [`${host}:${port}`] }),
    service: () => ({ endpoint: server, freeze: () => server.freeze(), thaw: () => server.thaw() }),
  });

  it('measures what INFO says', async () => {
    await redisCli(server, 'MSET', 'a', '1', 'b', '2');
    await redisCli(server, 'SETEX', 'c', '1000', '3');
    await redisCli(server, '-n', '3', 'SET', 'd', '4');
    await redisCli(server, 'GET', 'a');
    await redisCli(server, 'GET', 'nothing');
    const seen = await probeRedis({ url: server.url });
    expect(seen.outcome).toBe('up');
    const fields = {
      clients: 'connected_clients',
      blocked_clients: 'blocked_clients',
      hits: 'keyspace_hits',
      misses: 'keyspace_misses',
      evicted: 'evicted_keys',
      rejected_connections: 'rejected_connections',
    };
    for (const [measure, field] of Object.entries(fields))
      expect(valueIn(seen.measures, measure), measure).toBe(await infoNumber(server, field));
    expect(valueIn(seen.measures, 'hit_ratio')).toBe(0.5);
    expect(valueIn(seen.measures, 'keys', 'db=db0')).toBe(3);
    expect(valueIn(seen.measures, 'keys', 'db=db3')).toBe(1);
    expect(valueIn(seen.measures, 'clients_used')).toBe(1 / 10_000);
    expect(valueIn(seen.measures, 'last_save_ok')).toBe(1);
    expect(valueIn(seen.measures, 'replication_lag')).toBeUndefined();
    expect(valueIn(seen.measures, 'memory_used_ratio')).toBeUndefined();
    const used = await infoNumber(server, 'used_memory');
    expect(Math.abs((valueIn(seen.measures, 'memory_used') ?? 0) - used)).toBeLessThan(0.1 * used);
    expect(valueIn(seen.series, 'redis_db_keys_expiring', 'db=db0')).toBe(1);
    expect(valueIn(seen.series, 'redis_commands_total', 'cmd=setex')).toBe(1);
  });

  it('takes memory_limit where the server has no maxmemory', async () => {
    const seen = await probeRedis({ url: server.url, memory_limit: '64MiB' });
    const used = valueIn(seen.measures, 'memory_used') ?? 0;
    expect(valueIn(seen.measures, 'memory_used_ratio')).toBeCloseTo(used / (64 * 1024 ** 2), 10);
  });

  it('tells the length of the slow log and its newest entry', async () => {
    const slow = await redisOfTest('--slowlog-log-slower-than', '0');
    await redisCli(slow, 'SET', 'a', '1');
    const seen = await probeRedis({ url: slow.url });
    expect(valueIn(seen.series, 'redis_slowlog_length')).toBeGreaterThan(0);
    expect(valueIn(seen.series, 'redis_slowlog_last_id')).toBeGreaterThan(0);
    expect(valueIn(seen.series, 'redis_last_slow_execution_duration_seconds')).toBeLessThan(0.1);
  });

  describe('its one connection', () => {
    const connections = (of: Service) => infoNumber(of, 'total_connections_received');

    it('is kept from one probe to the next, under the name outrider', async () => {
      await using prober = await openRedisProber({ url: server.url });
      await lookOnce(prober);
      const before = await connections(server);
      await lookOnce(prober);
      await lookOnce(prober);
      expect(await connections(server)).toBe(before + 1); // redis-cli's own
      expect(await redisCli(server, 'CLIENT', 'LIST')).toContain('name=outrider');
    });

    it('is replaced when it is five minutes old', async () => {
      let offsetMs = 0;
      const clock = { ...systemClock, monoMs: () => systemClock.monoMs() + offsetMs };
      await using prober = await openRedisProber({ url: server.url }, { clock });
      await lookOnce(prober);
      const before = await connections(server);
      offsetMs = 5 * 60_000;
      expect(await lookOnce(prober)).toMatchObject({ outcome: 'up' });
      expect(await connections(server)).toBe(before + 2); // ours and redis-cli's
    });

    it('is replaced within the run when the server closed it since the last one', async () => {
      await using prober = await openRedisProber({ url: server.url });
      await lookOnce(prober);
      await redisCli(server, 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      expect(await lookOnce(prober)).toMatchObject({ outcome: 'up' });
    });

    it('may be killed while idle: the next run says so, and the one after the return is up', async () => {
      const own = await redisOfTest();
      await using prober = await openRedisProber({ url: own.url });
      expect(await lookOnce(prober)).toMatchObject({ outcome: 'up' });
      await own.kill();
      expect(await lookOnce(prober)).toMatchObject({
        outcome: 'down',
        reason: 'refused',
        message: `connection refused by 127.0.0.1:${own.port}`,
      });
      await own.start();
      expect(await lookOnce(prober)).toMatchObject({ outcome: 'up' });
    });

    it('frozen between probes is a timeout that says what was waited for', async () => {
      const own = await redisOfTest();
      await using prober = await openRedisProber({ url: own.url });
      await lookOnce(prober);
      await own.freeze();
      expect(await lookOnce(prober, 200)).toMatchObject({
        outcome: 'down',
        reason: 'timeout',
        message: `no answer to PING from 127.0.0.1:${own.port} within 200ms`,
      });
      await own.thaw();
      expect(await lookOnce(prober)).toMatchObject({ outcome: 'up' });
    });
  });
});
