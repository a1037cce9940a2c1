import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kafka } from '../../../src/probe/kafka/type.ts';
import { probeEnvironment } from '../../support/probe-environment.ts';

/** Calls `answer` with each connection and what it sent, or at once with nothing; ends them all when disposed. */
async function listen(answer: (socket: Socket, sent: Buffer | undefined) => void) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => answer(socket, Buffer.from(chunk)));
    answer(socket, undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function probe(port: number, timeoutMs: number) {
  const settings = kafka.schema.parse({ type: 'kafka', brokers: [`127.0.0.1:${port}`] });
  await using prober = await kafka.open(settings, probeEnvironment());
  return await prober.run({ signal: AbortSignal.timeout(timeoutMs), timeoutMs });
}

const int32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const frame = (...parts: readonly Buffer[]) => {
  const body = Buffer.concat(parts);
  return Buffer.concat([int32(body.length), body]);
};

const uncaught: unknown[] = [];
const catchIt = (error: unknown) => uncaught.push(error);

describe('a server that does not speak as Kafka does', () => {
  beforeEach(() => {
    uncaught.length = 0;
    process.on('uncaughtException', catchIt).on('unhandledRejection', catchIt);
  });
  afterEach(() => {
    process.off('uncaughtException', catchIt).off('unhandledRejection', catchIt);
    expect(uncaught).toEqual([]);
  });

  it.each([
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), 'protocol', 'it sent something else'],
    ['a negative size', int32(-5), 'protocol', 'it sent something else'],
    ['a TLS alert', Buffer.from([0x15, 3, 3, 0, 2, 2, 10]), 'tls', 'speaks TLS, and this target has no tls block'],
    ['an empty frame', frame(), 'protocol', 'an answer that nobody asked for'],
    ['an answer to another question', frame(int32(77)), 'protocol', 'an answer that nobody asked for'],
    ['an answer that ends too soon', frame(int32(0), Buffer.from([0])), 'protocol', 'ApiVersions that cannot be read'],
    ['more elements than bytes', frame(int32(0), Buffer.alloc(2), int32(2e9)), 'protocol', 'cannot be read'],
  ])('is down: %s', async (_, reply, reason, message) => {
    await using server = await listen((socket, sent) => sent !== undefined && socket.write(reply));
    const seen = await probe(server.port, 2000);
    expect(seen).toMatchObject({ outcome: 'down', reason, message: expect.stringContaining(message) });
    expect(seen).toHaveProperty('message', expect.stringContaining(`127.0.0.1:${server.port}`));
  });

  it('is down where it closes every connection, and is asked once', async () => {
    await using server = await listen((socket, sent) => sent !== undefined && socket.end());
    const seen = await probe(server.port, 2000);
    expect(seen).toMatchObject({ outcome: 'down', reason: 'reset' });
    expect(seen).toHaveProperty('message', expect.stringContaining('does it expect TLS?'));
    expect(server.connections()).toBe(1);
  });

  it('is down where it speaks no version that we know', async () => {
    const nothing = Buffer.concat([Buffer.alloc(2), int32(0)]);
    await using server = await listen(
      (socket, sent) => sent !== undefined && socket.write(frame(sent.subarray(8, 12), nothing)),
    );
    const seen = await probe(server.port, 2000);
    expect(seen).toMatchObject({ reason: 'protocol', message: expect.stringContaining('no version of Metadata') });
  });

  it('ends by the deadline where one byte comes at a time', async () => {
    const bytes = frame(int32(0), Buffer.alloc(1000));
    let at = 0;
    await using server = await listen((socket, sent) => {
      if (sent === undefined) return;
      const timer = setInterval(() => socket.write(bytes.subarray(at, ++at)), 20);
      socket.on('close', () => clearInterval(timer));
    });
    const startedMs = performance.now();
    expect(await probe(server.port, 300)).toMatchObject({ outcome: 'down', reason: 'timeout' });
    expect(performance.now() - startedMs).toBeLessThan(400);
    expect(at).toBeGreaterThan(3);
  });

  it('costs little memory where it sends without end', async () => {
    const garbage = Buffer.alloc(1024 * 1024);
    await using server = await listen((socket, sent) => {
      if (sent === undefined) return;
      // A size that is just allowed, then zeros for as long as anybody reads.
      socket.write(Buffer.concat([int32(64 * 1024 * 1024), int32(0)]));
      const more = () => {
        while (!socket.destroyed && socket.write(garbage));
      };
      socket.on('drain', more);
      more();
    });
    const seen = await probe(server.port, 5000);
    expect(seen).toMatchObject({ outcome: 'down', reason: 'protocol' });
    expect(process.memoryUsage().arrayBuffers).toBeLessThan(400 * 1024 * 1024);
  });
});
