import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openResolver } from '../../src/probe/dns.ts';
import { type DnsRecord, type DnsServer, startDnsServer } from '../support/dns-server.ts';

let folder: string;
let nowMs: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outrider-dns-'));
  nowMs = 0;
});
afterEach(() => rm(folder, { recursive: true }));

const clock = { monoMs: () => nowMs };
const never = new AbortController().signal;

/** A name server with these records, a resolver that asks it, and files that are the test's own. */
async function start(records: Readonly<Record<string, DnsRecord>> = {}, files: { hosts?: string; conf?: string } = {}) {
  const hostsFile = join(folder, 'hosts');
  const resolvConf = join(folder, 'resolv.conf');
  await writeFile(hostsFile, files.hosts ?? '');
  await writeFile(resolvConf, files.conf ?? '');
  const stack = new AsyncDisposableStack();
  const server = stack.use(await startDnsServer(records));
  const resolver = stack.use(openResolver({ clock, hostsFile, resolvConf, servers: [server.address] }));
  return {
    server,
    hostsFile,
    resolvConf,
    resolve: (host: string, signal = never) => resolver.resolve(host, signal),
    isAnswering: (signal = never) => resolver.isAnswering(signal),
    servers: resolver.servers,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const four = (...addresses: string[]) => ({
  ok: true,
  addresses: addresses.map((address) => ({ address, family: 4 })),
});

describe('what needs no name server', () => {
  test.each([
    ['10.0.0.5', 4, '10.0.0.5'],
    ['2001:db8::1', 6, '2001:db8::1'],
    ['[2001:db8::1]', 6, '2001:db8::1'],
  ])('%s is an address already', async (host, family, address) => {
    await using dns = await start();
    expect(await dns.resolve(host)).toEqual({ ok: true, addresses: [{ address, family }] });
    expect(dns.server.asked).toEqual([]);
  });

  test('an address is answered without a new object each time', async () => {
    await using dns = await start();
    expect(dns.resolve('10.0.0.5')).toBe(dns.resolve('10.0.0.5'));
  });

  test.each(['localhost', 'LOCALHOST', 'localhost.', 'shop.localhost'])('%s is this machine', async (host) => {
    await using dns = await start();
    expect(await dns.resolve(host)).toEqual({
      ok: true,
      addresses: [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ],
    });
    expect(dns.server.asked).toEqual([]);
  });

  test('a name of the hosts file wins over the name server', async () => {
    await using dns = await start({ db: { A: ['10.0.0.9'] } }, { hosts: '10.0.0.5 db' });
    expect(await dns.resolve('DB')).toEqual(four('10.0.0.5'));
    expect(dns.server.asked).toEqual([]);
  });

  test('a changed hosts file is read again within a second', async () => {
    await using dns = await start({}, { hosts: '10.0.0.5 db' });
    await dns.resolve('db');
    await writeFile(dns.hostsFile, '10.0.0.77 db');
    await utimes(dns.hostsFile, 2_000_000_000, 2_000_000_000);
    expect(await dns.resolve('db')).toEqual(four('10.0.0.5'));
    nowMs += 1000;
    expect(await dns.resolve('db')).toEqual(four('10.0.0.77'));
  });

  test('a hosts file that is gone is an empty one', async () => {
    await using dns = await start({ db: { A: ['10.0.0.9'] } }, { hosts: '10.0.0.5 db' });
    await rm(dns.hostsFile);
    expect(await dns.resolve('db')).toEqual(four('10.0.0.9'));
  });
});

describe('what the name server is asked', () => {
  test('a name has the addresses that the server gives, in its order', async () => {
    await using dns = await start({ 'api.example': { A: ['10.0.0.2', '10.0.0.1'] } });
    expect(await dns.resolve('api.example')).toEqual(four('10.0.0.2', '10.0.0.1'));
  });

  test('IPv6 is asked for only where there is no IPv4 address', async () => {
    await using dns = await start({
      both: { A: ['10.0.0.1'], AAAA: ['fd00::1'] },
      six: { AAAA: ['fd00::6'] },
    });
    expect(await dns.resolve('both')).toEqual(four('10.0.0.1'));
    expect(await dns.resolve('six')).toEqual({ ok: true, addresses: [{ address: 'fd00::6', family: 6 }] });
    expect(dns.server.asked).toEqual(['A both', 'A six', 'AAAA six']);
  });

  test('every lookup is a fresh one, so that a changed record is seen at once', async () => {
    await using dns = await start({ 'api.example': { A: ['10.0.0.1'] } });
    expect(await dns.resolve('api.example')).toEqual(four('10.0.0.1'));
    dns.server.set('api.example', { A: ['10.0.0.2'] });
    expect(await dns.resolve('api.example')).toEqual(four('10.0.0.2'));
  });

  test('a short name is found through the search list', async () => {
    await using dns = await start(
      { 'db.prod.example': { A: ['10.0.0.5'] } },
      { conf: 'search dev.example prod.example' },
    );
    expect(await dns.resolve('db')).toEqual(four('10.0.0.5'));
    expect(dns.server.asked).toEqual(['A db.dev.example', 'AAAA db.dev.example', 'A db.prod.example']);
  });

  test('a name of a compose network, without search list, is asked for as it is', async () => {
    await using dns = await start({ postgres: { A: ['172.18.0.3'] } }, { conf: 'options ndots:0' });
    expect(await dns.resolve('postgres')).toEqual(four('172.18.0.3'));
    expect(dns.server.asked).toEqual(['A postgres']);
  });

  test('a changed resolv.conf is read again within a second', async () => {
    await using dns = await start({ 'db.new.example': { A: ['10.0.0.5'] } }, { conf: 'search old.example' });
    expect(await dns.resolve('db')).toMatchObject({ ok: false });
    await writeFile(dns.resolvConf, 'search new.example');
    await utimes(dns.resolvConf, 2_000_000_000, 2_000_000_000);
    nowMs += 1000;
    expect(await dns.resolve('db')).toEqual(four('10.0.0.5'));
  });

  test('two hundred names at once are all answered', async () => {
    const names = Array.from({ length: 200 }, (_, i) => `n${i}.example`);
    await using dns = await start(Object.fromEntries(names.map((name, i) => [name, { A: [`10.1.0.${i}`] }])));
    const answers = await Promise.all(names.map((name) => dns.resolve(name)));
    expect(answers).toEqual(names.map((_, i) => four(`10.1.0.${i}`)));
  });
});

describe('when there is no answer', () => {
  test.each([
    ['unknown.example', undefined, 'no-name', 'no address found for unknown.example'],
    ['empty.example', { A: [] }, 'no-name', 'no address found for empty.example'],
    ['broken.example', { rcode: 'SERVFAIL' }, 'failed', 'the name server failed on broken.example (SERVFAIL)'],
    ['forbidden.example', { rcode: 'REFUSED' }, 'failed', 'the name server refused to answer for forbidden.example'],
  ] as const)('%s fails with words, and why', async (name, record, why, message) => {
    await using dns = await start(record === undefined ? {} : { [name]: record });
    expect(await dns.resolve(name)).toEqual({ ok: false, why, message });
  });

  test('a server failure under one search domain does not hide the name under another', async () => {
    await using dns = await start(
      { 'db.a.example': { rcode: 'SERVFAIL' }, 'db.b.example': { A: ['10.0.0.5'] } },
      { conf: 'search a.example b.example' },
    );
    expect(await dns.resolve('db')).toEqual(four('10.0.0.5'));
  });

  test('a silent name server is named as such after its attempts', async () => {
    await using dns = await start({ 'api.example': 'silent' }, { conf: 'options timeout:1 attempts:1' });
    expect(await dns.resolve('api.example')).toEqual({
      ok: false,
      why: 'no-answer',
      message: 'no name server answered for api.example',
    });
  });

  test('a dead name server is named as such', async () => {
    await using dns = await start({}, { conf: 'options timeout:1 attempts:1' });
    await dns.server[Symbol.asyncDispose]();
    expect(await dns.resolve('api.example')).toEqual({
      ok: false,
      why: 'no-answer',
      message: 'no name server answered for api.example',
    });
  });

  test('a lookup ends with its signal, and the others go on', async () => {
    await using dns = await start({
      'slow.example': { A: ['10.0.0.1'], delayMs: 60_000 },
      'late.example': { A: ['10.0.0.2'], delayMs: 150 },
    });
    const controller = new AbortController();
    const late = dns.resolve('late.example');
    const slow = dns.resolve('slow.example', controller.signal);
    const abortedMs = performance.now();
    controller.abort();
    expect(await slow).toEqual({ ok: false, why: 'no-answer', message: 'looking up slow.example did not end in time' });
    expect(performance.now() - abortedMs).toBeLessThan(50);
    expect(await late).toEqual(four('10.0.0.2'));
  });

  test('a lookup whose signal has already ended asks nobody', async () => {
    await using dns = await start({ 'api.example': { A: ['10.0.0.1'] } });
    expect(await dns.resolve('api.example', AbortSignal.abort())).toMatchObject({ ok: false });
    expect(dns.server.asked).toEqual([]);
  });

  test('a name that DNS cannot have is no exception', async () => {
    await using dns = await start();
    expect(await dns.resolve(`${'a'.repeat(64)}.example`)).toMatchObject({ ok: false });
    expect(await dns.resolve('a..b')).toMatchObject({ ok: false });
  });
});

describe('whether the name servers answer at all', () => {
  test('any answer will do, also that there is no such name', async () => {
    await using dns = await start();
    expect(await dns.isAnswering()).toBe(true);
    expect(dns.server.asked).toHaveLength(2);
    expect(dns.server.asked[0]).toMatch(/^A outrider-[0-9a-z]+\.invalid$/);
  });

  test('each time another name is asked for, so that no cache answers in their place', async () => {
    await using dns = await start();
    await dns.isAnswering();
    nowMs += 500;
    await dns.isAnswering();
    expect(new Set(dns.server.asked).size).toBe(4);
  });

  test('a server that answers for nothing but a name that it knows is answering', async () => {
    await using dns = await start({ database: { A: ['10.0.0.5'] } });
    await dns.resolve('database');
    dns.server.setUnknown('silent');
    expect(await dns.isAnswering()).toBe(true);
  });

  test.each<[string, (server: DnsServer) => void | Promise<void>]>([
    ['is silent', (server) => server.setUnknown('silent')],
    ['is dead', (server) => server[Symbol.asyncDispose]()],
  ])('a server that %s does not', async (_, end) => {
    await using dns = await start({}, { conf: 'options timeout:1 attempts:1' });
    await end(dns.server);
    expect(await dns.isAnswering()).toBe(false);
  });

  test('a server that takes longer than the signal waits does not, and the question ends with the signal', async () => {
    await using dns = await start();
    dns.server.setUnknown('silent');
    const controller = new AbortController();
    const answering = dns.isAnswering(controller.signal);
    const abortedMs = performance.now();
    controller.abort();
    expect(await answering).toBe(false);
    expect(performance.now() - abortedMs).toBeLessThan(50);
  });

  test('they are named', async () => {
    await using dns = await start();
    expect(dns.servers()).toEqual([dns.server.address]);
  });
});
