import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { redis } from '../../../src/probe/redis/type.ts';
import { probeEnvironment } from '../../support/probe-environment.ts';

/** Calls `answer` with each connection and what it sent; ends them all when disposed. */
async function listen(answer: (socket: Socket, sent: string) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => answer(socket, chunk.toString()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function probe(port: number, timeoutMs: number) {
  const settings = redis.schema.parse({ type: 'redis', addresses: [`127.0.0.1:${port}`] });
  await using prober = await redis.open(settings, probeEnvironment());
  return await prober.run({ signal: AbortSignal.timeout(timeoutMs), timeoutMs });
}

const uncaught: unknown[] = [];
const catchIt = (error: unknown) => uncaught.push(error);

describe('a server that does not speak as Redis does', () => {
  beforeEach(() => {
    uncaught.length = 0;
    process.on('uncaughtException', catchIt);
  });
  afterEach(() => {
    process.off('uncaughtException', catchIt);
    expect(uncaught).toEqual([]);
  });

  it.each([
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'does not speak the Redis protocol'],
    ['a banner', '220 mail.example.com ESMTP\r\n', 'does not speak the Redis protocol'],
    ['a number for PONG', ':1\r\n', 'answered PING by something else than PONG'],
    ['null for PONG', '$-1\r\n', 'answered PING by something else than PONG'],
    ['another text for PONG', '+QUEUED\r\n', 'answered PING by something else than PONG'],
    ['a push that nobody asked for', '>1\r\n$-1\r\n', 'does not speak the Redis protocol'],
    ['an array that cannot be', '*99999999999\r\n:1\r\n', 'does not speak the Redis protocol'],
    ['an error of its own', '-ERR unsupported command\r\n', 'ERR unsupported command'],
  ])('is down: %s', async (_, reply, message) => {
    await using server = await listen((socket) => socket.write(reply));
    const seen = await probe(server.port, 2000);
    expect(seen).toMatchObject({ outcome: 'down', reason: 'protocol', message: expect.stringContaining(message) });
  });

  it('is down when it sends without end', async () => {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    await using server = await listen((socket) => {
      const pour = () => {
        while (socket.writable && socket.write(chunk));
      };
      socket.write('$10000000000\r\n');
      socket.on('drain', pour);
      pour();
    });
    const seen = await probe(server.port, 5000);
    expect(seen).toMatchObject({ reason: 'protocol', message: expect.stringContaining('far more than was asked for') });
  });

  it('is down by the deadline when it drips', async () => {
    await using server = await listen((socket) => {
      const letters = '+PONG\r\n'[Symbol.iterator]();
      const drip = setInterval(() => socket.write(letters.next().value ?? ''), 100);
      socket.on('close', () => clearInterval(drip));
    });
    const startedMs = performance.now();
    const seen = await probe(server.port, 300);
    expect(performance.now() - startedMs).toBeLessThan(800);
    expect(seen).toMatchObject({
      reason: 'timeout',
      message: `no answer to PING from 127.0.0.1:${server.port} within 300ms`,
    });
  });

  it('is down when it closes instead of answering', async () => {
    await using server = await listen((socket) => socket.end());
    const seen = await probe(server.port, 2000);
    expect(seen).toMatchObject({
      reason: 'reset',
      message: `127.0.0.1:${server.port} closed the connection`,
    });
  });

  it('is up, with a gap, when a null follows its PONG that nobody asked for', async () => {
    await using server = await listen((socket, sent) => socket.write(sent.includes('PING') ? '+PONG\r\n$-1\r\n' : ''));
    const seen = await probe(server.port, 1000);
    expect(seen).toMatchObject({ outcome: 'up', gaps: expect.arrayContaining([expect.anything()]) });
  });

  it('is up, with a gap that says so, when it answers PING and then nothing more', async () => {
    await using server = await listen((socket, sent) => void (sent.includes('PING') && socket.write('+PONG\r\n')));
    const startedMs = performance.now();
    const seen = await probe(server.port, 500);
    expect(performance.now() - startedMs).toBeLessThan(500);
    expect(seen).toMatchObject({ outcome: 'up', measures: [], series: [] });
    expect(seen.gaps?.[0]).toMatchObject({ why: 'INFO was not answered: not in time' });
  });

  it('says that it is full, although that is told to nobody in particular', async () => {
    await using server = await listen((socket) => socket.end('-ERR max number of clients reached\r\n'));
    const seen = await probe(server.port, 2000);
    expect(seen).toMatchObject({ outcome: 'down', reason: 'limit' });
  });
});
