import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type RedisOptions, startRedis } from '../../demo/service/redis.ts';
import type { Service } from '../../demo/service/service.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { infoNumber, lookOnce, openRedisProber, probeRedis, redisCli, valueIn } from '../support/redis.ts';

/** A server of one test, ended with it. */
async function started(...args: string[]): Promise<Service> {
  return startedWith({ args });
}

async function startedWith(options: RedisOptions): Promise<Service> {
  const server = await startRedis(options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

const SECRET = 'correct-horse';

describe('a server with a password', () => {
  let server: Service;
  beforeAll(async () => {
    server = await startRedis({ args: ['--requirepass', SECRET] });
  });
  afterAll(() => server[Symbol.asyncDispose]());
  const address = () => `127.0.0.1:${server.port}`;

  it.each([
    ['in the url', () => ({ url: `redis://:${SECRET}@${address()}` })],
    ['in the url with the default user', () => ({ url: `redis://default:${SECRET}@${address()}/2` })],
    ['beside the url, over a wrong one in it', () => ({ url: `redis://:wrong@${address()}`, password: SECRET })],
    ['beside addresses', () => ({ addresses: [address()], password: SECRET })],
  ])('is up for the right one %s', async (_, keys) => {
    expect(await probeRedis(keys())).toMatchObject({ outcome: 'up', gaps: [] });
  });

  it('is down without one', async () => {
    expect(await probeRedis({ addresses: [address()] })).toMatchObject({
      outcome: 'down',
      reason: 'auth',
      message: `${address()} asks for a password (NOAUTH)`,
    });
  });

  it('is down for a wrong one, which is in no part of the answer', async () => {
    const seen = await probeRedis({ addresses: [address()], username: 'default', password: 'battery-staple' });
    expect(seen).toMatchObject({
      outcome: 'down',
      reason: 'auth',
      message: `${address()} refused the username or password (WRONGPASS)`,
    });
    expect(JSON.stringify(seen)).not.toContain('battery-staple');
  });

  it('is down for a password that the server does not ask for, as it is for most clients', async () => {
    const open = await started();
    const seen = await probeRedis({ url: open.url, password: 'battery-staple' });
    expect(seen).toMatchObject({ outcome: 'down', reason: 'auth' });
    expect(JSON.stringify(seen)).not.toContain('battery-staple');
  });
});

describe('an ACL user', () => {
  let server: Service;
  beforeAll(async () => {
    server = await startRedis();
    await redisCli(server, 'ACL', 'SETUSER', 'pinger', 'on', `>${SECRET}`, '+ping');
    await redisCli(server, 'ACL', 'SETUSER', 'informed', 'on', `>${SECRET}`, '+ping', '+info', '+select');
    await redisCli(server, 'ACL', 'SETUSER', 'nobody', 'on', `>${SECRET}`, '+get');
  });
  afterAll(() => server[Symbol.asyncDispose]());
  const as = (username: string) => ({ url: server.url, username, password: SECRET });

  it('who may only PING sees it up, and what is missing is said with its reason', async () => {
    const seen = await probeRedis(as('pinger'));
    expect(seen).toMatchObject({ outcome: 'up', measures: [], series: [] });
    expect(seen.gaps).toEqual([
      {
        measures: expect.arrayContaining(['memory_used', 'keys']),
        why: expect.stringMatching(/^INFO was refused: NOPERM/),
      },
      { measures: [], why: expect.stringMatching(/^SLOWLOG was refused: NOPERM/) },
    ]);
  });

  it('who may not read the slow log loses only that', async () => {
    const seen = await probeRedis(as('informed'));
    expect(valueIn(seen.measures, 'memory_used')).toBeGreaterThan(0);
    expect(seen.gaps).toHaveLength(1);
  });

  it('is told once in the log what is missing', async () => {
    const said: unknown[] = [];
    const quiet = () => {};
    const log = { debug: quiet, info: quiet, error: quiet, warn: (fields: unknown) => void said.push(fields) };
    await using prober = await openRedisProber(as('pinger'), { log });
    await lookOnce(prober);
    await lookOnce(prober);
    expect(said).toEqual([{ target: 'target', why: expect.stringContaining('NOPERM') }]);
  });

  it('who may not PING cannot ask for its health', async () => {
    expect(await probeRedis(as('nobody'))).toMatchObject({
      outcome: 'down',
      reason: 'auth',
      message: `the user may not run PING on 127.0.0.1:${server.port} (NOPERM)`,
    });
  });

  it('who may not choose the database is down', async () => {
    expect(await probeRedis({ ...as('pinger'), url: `${server.url}/3` })).toMatchObject({
      reason: 'auth',
      message: `the user may not run SELECT 3 on 127.0.0.1:${server.port} (NOPERM)`,
    });
  });

  it('who asks for a database that is not there is told so', async () => {
    expect(await probeRedis({ url: `${server.url}/99` })).toMatchObject({
      reason: 'protocol',
      message: expect.stringContaining('SELECT 99 with an error: ERR DB index is out of range'),
    });
  });
});

describe('a server that speaks TLS', () => {
  let certificates: Certificates;
  let server: Service;
  beforeAll(async () => {
    certificates = await makeCertificates('DNS:localhost');
    server = await startRedis({ tls: certificates });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await certificates[Symbol.asyncDispose]();
  });
  const url = () => `rediss://localhost:${server.port}`;

  it('is up for whoever knows its authority', async () => {
    expect(await probeRedis({ url: url(), tls: { ca: certificates.caFile } })).toMatchObject({ outcome: 'up' });
  });

  it('is up for a redis:// url with a tls block', async () => {
    const plain = url().replace('rediss:', 'redis:');
    expect(await probeRedis({ url: plain, tls: { ca: certificates.caFile } })).toMatchObject({ outcome: 'up' });
  });

  it('is up under another address when the name is given', async () => {
    const keys = {
      addresses: [`127.0.0.1:${server.port}`],
      tls: { ca: certificates.caFile, server_name: 'localhost' },
    };
    expect(await probeRedis(keys)).toMatchObject({ outcome: 'up' });
  });

  it.each([
    ['an unknown authority', () => ({ url: url() }), 'unknown authority'],
    [
      'a certificate for another name',
      () => ({ addresses: [`127.0.0.1:${server.port}`], tls: { ca: certificates.caFile } }),
      'is for another name',
    ],
  ])('is down for %s', async (_, keys, message) => {
    expect(await probeRedis(keys())).toMatchObject({
      outcome: 'down',
      reason: 'tls',
      message: expect.stringContaining(message),
    });
  });

  it('is down for whoever speaks without TLS', async () => {
    const seen = await probeRedis({ addresses: [`127.0.0.1:${server.port}`] });
    expect(seen).toMatchObject({ outcome: 'down', reason: 'reset' });
  });
});

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
    const server = await started('--maxmemory', '4mb', '--maxmemory-policy', 'noeviction');
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
    const server = await started('--maxmemory', '4mb', '--maxmemory-policy', policy);
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
    const server = await started('--key-load-delay', '500', '--loading-process-events-interval-bytes', '1024');
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
    const master = await started();
    const server = await started('--replicaof', `127.0.0.1 ${master.port}`, '--replica-serve-stale-data', 'no');
    await using prober = await openRedisProber({ url: server.url });
    await expect.poll(async () => (await lookOnce(prober)).outcome, { timeout: 15_000 }).toBe('up');
    await master.kill();
    await expect.poll(async () => (await lookOnce(prober)).outcome, { timeout: 15_000 }).toBe('down');
    const seen = await lookOnce(prober);
    expect(seen).toMatchObject({ reason: 'unavailable', message: expect.stringContaining('(MASTERDOWN)') });
    expect(seen).toHaveProperty('message', expect.stringContaining(`link to 127.0.0.1:${master.port} down for`));
  });

  it('is down while it refuses every write because it cannot save, and up again after it could', async () => {
    const server = await started();
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
    const server = await started('--busy-reply-threshold', '50');
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
    const server = await started('--maxclients', '2');
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
    const server = await started('--maxclients', '1');
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
    const master = await started();
    const replica = await started('--replicaof', `127.0.0.1 ${master.port}`);
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
