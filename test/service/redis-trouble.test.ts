import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Service } from '../../demo/service/service.ts';
import { infoNumber, lookOnce, openRedisProber, probeRedis, redisCli, redisOfTest, valueIn } from '../support/redis.ts';

describe('memory', () => {
  const fill = (server: Service, keys: number, seconds: number) =>
    redisCli(
      server,
      'EVAL',
      `local v = string.rep('x', 10000)
       for i = 1, ${keys} do
         local reply = redis.pcall('SET', 'key' .. i, v, 'EX', ${seconds})
         if reply.err then return i end
       end`,
      '0',
    );

  it('that is full without eviction leaves it up, with the refused writes as evidence', async () => {
    const server = await redisOfTest('--maxmemory', '4mb', '--maxmemory-policy', 'noeviction');
    await fill(server, 1000, 1000);
    await redisCli(server, 'SET', 'more', 'x'.repeat(10_000)).catch(() => {});
    await redisCli(server, 'CONFIG', 'SET', 'maxmemory', '3mb');
    const seen = await probeRedis({ url: server.url });
    expect(seen).toMatchObject({
      outcome: 'up',
      evidence: { memory: expect.stringContaining('writes are refused (OOM)') },
    });
    expect(valueIn(seen.measures, 'memory_used_ratio')).toBeGreaterThan(0.95);
    expect(valueIn(seen.measures, 'eviction')).toBe(2);
    expect(valueIn(seen.measures, 'evicted')).toBe(0);
    expect(valueIn(seen.series, 'redis_errors_total', 'err=OOM')).toBeGreaterThan(0);
  });

  it.each([
    ['allkeys-lru', 0],
    ['volatile-lru', 1],
  ])('that is full under %s evicts, and says what it may evict', async (policy, word) => {
    const server = await redisOfTest('--maxmemory', '4mb', '--maxmemory-policy', policy);
    await fill(server, 1000, 1000);
    const before = await infoNumber(server, 'evicted_keys');
    const seen = await probeRedis({ url: server.url });
    const after = await infoNumber(server, 'evicted_keys'); // every connection costs some more
    expect(valueIn(seen.measures, 'eviction')).toBe(word);
    expect(before).toBeGreaterThan(0);
    expect(valueIn(seen.measures, 'evicted')).toBeGreaterThanOrEqual(before);
    expect(valueIn(seen.measures, 'evicted')).toBeLessThanOrEqual(after);
    expect(seen.evidence).not.toHaveProperty('memory');
  });
});

describe('a server that does not serve', () => {
  it('is down while it loads its data, and says how far it is', async () => {
    const server = await redisOfTest('--key-load-delay', '500', '--loading-process-events-interval-bytes', '1024');
    await redisCli(server, 'EVAL', `for i = 1, 20000 do redis.call('SET', 'key' .. i, i) end`, '0');
    await redisCli(server, 'SAVE');
    await server.stop();
    await server.start();
    const seen = await probeRedis({ url: server.url });
    expect(seen).toMatchObject({ outcome: 'down', reason: 'unavailable' });
    expect(seen).toHaveProperty(
      'message',
      expect.stringMatching(/is loading its data into memory \(LOADING\): [\d.]+ % done, about \d+ s left$/),
    );
    expect(valueIn(seen.series, 'redis_loading_dump_file')).toBe(1);
    await redisCli(server, 'CONFIG', 'SET', 'key-load-delay', '0').catch(() => {});
  });

  it('is down as a replica that may not serve stale data and has lost its master', async () => {
    const master = await redisOfTest();
    const server = await redisOfTest('--replicaof', `127.0.0.1 ${master.port}`, '--replica-serve-stale-data', 'no');
    await using prober = await openRedisProber({ url: server.url });
    await expect.poll(async () => (await lookOnce(prober)).outcome, { timeout: 15_000 }).toBe('up');
    await master.kill();
    await expect.poll(async () => (await lookOnce(prober)).outcome, { timeout: 15_000 }).toBe('down');
    const seen = await lookOnce(prober);
    expect(seen).toMatchObject({ reason: 'unavailable', message: expect.stringContaining('(MASTERDOWN)') });
    expect(seen).toHaveProperty('message', expect.stringContaining(`link to 127.0.0.1:${master.port} down for`));
  });

  it('is down while it refuses every write because it cannot save, and up again after it could', async () => {
    const server = await redisOfTest();
    await redisCli(server, 'CONFIG', 'SET', 'save', '3600 1');
    const obstacle = join(server.folder, 'dump.rdb');
    await mkdir(obstacle);
    await writeFile(join(obstacle, 'x'), '');
    await redisCli(server, 'SET', 'a', '1');
    await redisCli(server, 'BGSAVE');
    await using prober = await openRedisProber({ url: server.url });
    await expect.poll(async () => (await lookOnce(prober)).outcome, { timeout: 10_000 }).toBe('down');
    const seen = await lookOnce(prober);
    expect(seen).toMatchObject({
      reason: 'unavailable',
      message: `127.0.0.1:${server.port} refuses every write: it cannot save to disk (MISCONF): the last snapshot failed`,
      evidence: { persistence: 'the last snapshot failed' },
    });
    expect(valueIn(seen.measures, 'last_save_ok')).toBe(0);
    await redisCli(server, 'CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'no');
    expect(await lookOnce(prober)).toMatchObject({
      outcome: 'up',
      evidence: { persistence: 'the last snapshot failed' },
    });
    await rm(obstacle, { recursive: true });
    await redisCli(server, 'CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'yes');
    await redisCli(server, 'BGSAVE');
    await expect
      .poll(async () => valueIn((await lookOnce(prober)).measures, 'last_save_ok'), { timeout: 10_000 })
      .toBe(1);
  });

  it('is down while a script keeps it busy', async () => {
    const server = await redisOfTest('--busy-reply-threshold', '50');
    const script = redisCli(server, 'EVAL', 'while true do end', '0').catch(() => 'killed');
    await expect.poll(() => redisCli(server, 'PING').catch(String), { timeout: 10_000 }).toContain('BUSY');
    expect(await probeRedis({ url: server.url })).toMatchObject({
      outcome: 'down',
      reason: 'unavailable',
      message: `127.0.0.1:${server.port} is busy running a script (BUSY)`,
    });
    await redisCli(server, 'SCRIPT', 'KILL');
    await script;
  });
});

describe('a server whose clients are too many', () => {
  const hold = async ({ host, port }: Service): Promise<Socket> => {
    const socket = connect({ host, port });
    await once(socket, 'connect');
    onTestFinished(() => void socket.destroy());
    return socket;
  };

  it('is down when it refuses us, with the clients that were seen last', async () => {
    const server = await redisOfTest('--maxclients', '2');
    await using prober = await openRedisProber({ url: server.url });
    await expect
      .poll(async () => (await lookOnce(prober)).evidence, { timeout: 5000 })
      .toMatchObject({ clients: '1 of 2' });
    await redisCli(server, 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await hold(server);
    await hold(server);
    expect(await lookOnce(prober)).toMatchObject({
      outcome: 'down',
      reason: 'limit',
      message: `127.0.0.1:${server.port} refused the connection: the maximum number of clients is reached`,
      evidence: { 'clients when last seen': '1 of 2' },
    });
  });

  it('is still measured over the connection that we have, and its refusals of others are counted', async () => {
    const server = await redisOfTest('--maxclients', '1');
    await using prober = await openRedisProber({ url: server.url });
    await expect.poll(async () => (await lookOnce(prober)).outcome, { timeout: 5000 }).toBe('up');
    expect(valueIn((await lookOnce(prober)).measures, 'clients_used')).toBe(1);
    const before = valueIn((await lookOnce(prober)).measures, 'rejected_connections') ?? Number.NaN;
    const refused = await hold(server);
    refused.resume();
    await once(refused, 'close');
    expect(valueIn((await lookOnce(prober)).measures, 'rejected_connections')).toBe(before + 1);
  });
});

describe('replication', () => {
  it('is seen from both ends, and a stale replica stays up with a growing lag', async () => {
    const master = await redisOfTest();
    const replica = await redisOfTest('--replicaof', `127.0.0.1 ${master.port}`);
    await using prober = await openRedisProber({ url: replica.url });
    const link = async () => valueIn((await lookOnce(prober)).series, 'redis_master_link_up');
    await expect.poll(link, { timeout: 15_000 }).toBe(1);
    const above = await probeRedis({ url: master.url });
    expect(valueIn(above.measures, 'replication_lag')).toBeLessThanOrEqual(1);
    expect(valueIn(above.series, 'redis_connected_slaves')).toBe(1);
    expect(
      valueIn(above.series, 'redis_connected_slave_lag_seconds', `slave_port=${replica.port}`),
    ).toBeLessThanOrEqual(1);
    expect(await lookOnce(prober)).toMatchObject({
      evidence: { role: `read-only replica of 127.0.0.1:${master.port}` },
    });
    await master.kill();
    await expect.poll(link, { timeout: 15_000 }).toBe(0);
    const lag = async () => valueIn((await lookOnce(prober)).measures, 'replication_lag');
    await expect.poll(lag, { timeout: 15_000 }).toBeGreaterThanOrEqual(2);
    expect(await lookOnce(prober)).toMatchObject({
      outcome: 'up',
      evidence: { replication: expect.stringContaining(`link to 127.0.0.1:${master.port} down for`) },
    });
  });
});
