import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../demo/service/port.ts';
import { systemClock } from '../../src/core/clock.ts';
import { anyAnswers, type Interfaces, openPresence, referenceText } from '../../src/probe/connectivity.ts';
import { openResolver } from '../../src/probe/dns.ts';
import type { Resolver } from '../../src/probe/resolver.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const resolver = openResolver({ clock: systemClock });
const inTime = () => AbortSignal.timeout(5000);
/** A name server that never answers. */
const silent: Resolver = {
  resolve: (host, signal) =>
    new Promise((resolve) =>
      signal.addEventListener('abort', () => resolve({ ok: false, why: 'no-answer', message: host })),
    ),
};

async function listening(host = '127.0.0.1') {
  const heard: (string | Buffer)[] = [];
  const server = createServer((socket) => socket.on('error', () => {}).on('data', (chunk) => heard.push(chunk)));
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { host, port: (server.address() as AddressInfo).port, heard };
}

describe('a reference address', () => {
  it('answers where it takes a connection; nothing is sent', async () => {
    const { host, port, heard } = await listening();
    expect(await anyAnswers([{ host, port }], resolver, inTime())).toBe(true);
    expect(heard).toEqual([]);
  });

  it('answers where it refuses a connection: somebody over there did', async () => {
    expect(await anyAnswers([{ host: '127.0.0.1', port: await freePort() }], resolver, inTime())).toBe(true);
  });

  it('answers where one of its name’s addresses does', async () => {
    const { port } = await listening('::1');
    expect(await anyAnswers([{ host: 'localhost', port }], resolver, inTime())).toBe(true);
  });

  it('does not answer where it has no address', async () => {
    const nobody: Resolver = { resolve: async (message) => ({ ok: false, why: 'no-name', message }) };
    expect(await anyAnswers([{ host: 'nobody.example', port: 443 }], nobody, inTime())).toBe(false);
  });

  it('does not answer where the system says that there is no way to it', async () => {
    // Multicast takes no TCP connection, in whatever network this machine is.
    expect(await anyAnswers([{ host: '224.0.0.1', port: 443 }], resolver, inTime())).toBe(false);
  });

  it('does not answer once time is up', async () => {
    const controller = new AbortController();
    const answer = anyAnswers([{ host: 'slow.example', port: 443 }], silent, controller.signal);
    const abortedMs = performance.now();
    controller.abort();
    expect(await answer).toBe(false);
    expect(performance.now() - abortedMs).toBeLessThan(50);
  });
});

it('one of several reference addresses is enough, and does not wait for the others', async () => {
  const { host, port } = await listening();
  const mixed: Resolver = {
    resolve: (name, signal) => (name === host ? resolver.resolve(name, signal) : silent.resolve(name, signal)),
  };
  const references = [
    { host: 'slow.example', port: 443 },
    { host, port },
  ];
  expect(await anyAnswers(references, mixed, new AbortController().signal)).toBe(true);
});

it.each([
  [{ host: '1.1.1.1', port: 443 }, '1.1.1.1:443'],
  [{ host: 'fd00::1', port: 53 }, '[fd00::1]:53'],
  [{ host: 'example.com', port: 80 }, 'example.com:80'],
])('%j is written %s', (reference, text) => expect(referenceText(reference)).toBe(text));

describe('this machine is in a network', () => {
  const loopback = [
    { address: '127.0.0.1', internal: true },
    { address: '::1', internal: true },
  ];
  it.each<[string, ReturnType<Interfaces>, boolean]>([
    ['never without an interface', {}, false],
    ['not with loopback alone', { lo: loopback }, false],
    ['not with what every interface gives itself', { eth0: [{ address: 'fe80::1', internal: false }] }, false],
    ['with an IPv4 address', { lo: loopback, eth0: [{ address: '10.0.0.5', internal: false }] }, true],
    ['with an IPv6 address', { lo: loopback, eth0: [{ address: 'fd00::5', internal: false }] }, true],
  ])('%s', (_, interfaces, present) => expect(openPresence(virtualClock(), () => interfaces)()).toBe(present));

  it('and is asked at most every 20 ms', async () => {
    const clock = virtualClock();
    let asked = 0;
    const present = openPresence(clock, () => {
      asked++;
      return {};
    });
    for (let i = 0; i < 1000; i++) present();
    expect(asked).toBe(1);
    await clock.advance(20);
    present();
    expect(asked).toBe(2);
  });

  it('by the system’s own word', () => expect(openPresence(systemClock)()).toBeTypeOf('boolean'));
});
