import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { runProbe } from '../../../src/probe/run.ts';
import { look, openPostgresProber } from '../../support/postgres.ts';

/** A server that does this with the first bytes of each connection. */
async function serve(answer: (socket: Socket) => void): Promise<{ host: string; port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('data', () => answer(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

const HTTP = 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n';
/** A data row of almost 2 GiB, of which only the beginning is true. */
const ENDLESS = Buffer.from([0x44, 0x7f, 0xff, 0xff, 0xff]);

it.each([
  ['speaks HTTP', 'prefer', (socket: Socket) => socket.end(HTTP), 'protocol'],
  ['speaks HTTP', 'disable', (socket: Socket) => socket.end(HTTP), 'reset'],
  ['closes at once', 'prefer', (socket: Socket) => socket.end(), 'reset'],
  ['closes at once', 'disable', (socket: Socket) => socket.end(), 'reset'],
  ['resets', 'require', (socket: Socket) => socket.resetAndDestroy(), 'reset'],
  [
    'slips text in before the encryption',
    'require',
    (socket: Socket) => socket.write('SR\0\0\0\x08\0\0\0\0'),
    'protocol',
  ],
  [
    'answers TLS with something else',
    'require',
    (socket: Socket) => socket.write('S') && socket.write('nonsense'),
    'protocol',
  ],
  ['answers the login with nonsense', 'disable', (socket: Socket) => socket.write('?\0\0\0\x04'), 'protocol'],
] as const)('a server that %s is down under sslmode %s', async (_what, sslmode, answer, reason) => {
  await using prober = await openPostgresProber({ ...(await serve(answer)), sslmode });
  expect(await look(prober)).toMatchObject({ outcome: 'down', reason });
});

it('a server that never stops sending is cut off after 16 MiB', async () => {
  let sent = 0;
  const at = await serve((socket) => {
    socket.write(ENDLESS);
    const chunk = Buffer.alloc(64 * 1024);
    const more = () => {
      while (!socket.destroyed && socket.write(chunk)) sent += chunk.length;
    };
    socket.on('drain', more);
    more();
  });
  await using prober = await openPostgresProber({ ...at, sslmode: 'disable' });
  const seen = await look(prober);
  expect(seen).toMatchObject({
    outcome: 'down',
    reason: 'protocol',
    message: expect.stringContaining('sent more than'),
  });
  expect(sent).toBeLessThan(64 * 1024 * 1024);
});

it('a server that drips one byte at a time ends by the deadline', async () => {
  const at = await serve((socket) => {
    const drip = setInterval(() => socket.write('R'), 10);
    socket.on('close', () => clearInterval(drip));
  });
  await using prober = await openPostgresProber({ ...at, sslmode: 'disable' });
  const startedMs = performance.now();
  const target = { name: 'target', timeoutMs: 300, hosts: [at.host] };
  const scrub = (text: string) => text;
  const result = await runProbe({ prober, target, turn: () => 'scheduled', clock: systemClock, scrub });
  expect(performance.now() - startedMs).toBeLessThan(1000);
  expect(result).toMatchObject({ outcome: 'down', reason: 'timeout' });
  expect(result).toHaveProperty('message', `no answer from ${at.host}:${at.port} within 300ms, while logging in`);
});

it('a prober that is closed while it waits ends its run at once', async () => {
  let asked = () => {};
  const waiting = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const prober = await openPostgresProber({ ...(await serve(() => asked())), sslmode: 'disable' });
  const run = look(prober);
  await waiting;
  const startedMs = performance.now();
  await prober[Symbol.asyncDispose]();
  await run;
  expect(performance.now() - startedMs).toBeLessThan(1000);
});
