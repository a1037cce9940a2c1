import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRedis } from '../../demo/service/redis.ts';
import type { Service } from '../../demo/service/service.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { probeRedis, redisCli, redisOfTest, valueIn } from '../support/redis.ts';

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
    const open = await redisOfTest();
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
