import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Fault, type FaultProxy, startFaultProxy } from './proxy.ts';

/** What a client saw of a connection: what came, and how it ended; nothing for a while is `open`. */
async function talk(port: number, patienceMs = 150): Promise<{ readonly text: string; readonly end: string }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (piece: Buffer) => {
    text += piece;
  });
  const end = await new Promise<string>((resolve) => {
    setTimeout(() => resolve('open'), patienceMs);
    socket.on('end', () => resolve('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.on('connect', () => socket.write('ask'));
  });
  socket.destroy();
  return { text, end };
}

describe('the fault proxy', () => {
  let server: Server;
  let proxy: FaultProxy;
  const heard: string[] = [];
  beforeEach(async () => {
    heard.length = 0;
    server = createServer((socket) => {
      socket
        .on('error', () => {})
        .on('data', (piece) => {
          heard.push(String(piece));
          socket.write('0123456789');
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await startFaultProxy((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    await proxy[Symbol.asyncDispose]();
    server.close();
  });

  it.each<[Fault, string, string, readonly string[]]>([
    [{ kind: 'pass' }, '0123456789', 'open', ['ask']],
    [{ kind: 'delay', ms: 20 }, '0123456789', 'open', ['ask']],
    [{ kind: 'delay', ms: 10_000 }, '', 'open', ['ask']],
    [{ kind: 'black-hole' }, '', 'open', []],
    [{ kind: 'reset' }, '', 'ECONNRESET', []],
    [{ kind: 'drip', everyMs: 1 }, '0123456789', 'open', ['ask']],
    [{ kind: 'drip', everyMs: 10_000 }, '', 'open', ['ask']],
    [{ kind: 'cut', afterBytes: 4 }, '0123', 'end', ['ask']],
    [{ kind: 'half-close' }, '', 'end', ['ask']],
    [{ kind: 'refuse' }, '', 'ECONNREFUSED', []],
  ])('%o', async (fault, text, end, arrived) => {
    await proxy.become(fault);
    expect(await talk(proxy.port)).toEqual({ text, end });
    expect(heard).toEqual(arrived);
  });

  it.each<[Fault, string]>([
    [{ kind: 'reset' }, 'ECONNRESET'],
    [{ kind: 'half-close' }, 'end'],
    [{ kind: 'refuse' }, 'end'],
  ])('%o ends connections that are open, and passes again afterwards', async (fault, expected) => {
    const socket: Socket = connect(proxy.port, '127.0.0.1');
    const seen = new Promise<string>((resolve) => {
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? '')).on('end', () => resolve('end'));
    });
    socket.write('ask');
    await once(socket, 'data');
    await proxy.become(fault);
    expect(await seen).toBe(expected);
    socket.destroy();
    await proxy.become({ kind: 'pass' });
    expect(await talk(proxy.port)).toEqual({ text: '0123456789', end: 'open' });
  });

  it('refuses where nobody is behind it', async () => {
    server.close();
    expect((await talk(proxy.port)).end).toBe('ECONNRESET');
  });
});
