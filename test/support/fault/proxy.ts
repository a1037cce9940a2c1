import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort, HOST } from '../../../demo/service/port.ts';

/** What happens to connections, those that are open included. */
export type Fault =
  | { readonly kind: 'pass' }
  /** Every piece of an answer waits this long. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Connections are accepted, and nothing passes in either direction. */
  | { readonly kind: 'black-hole' }
  /** Every connection is reset: those that are open now, new ones when they come. */
  | { readonly kind: 'reset' }
  /** One byte of the answer at a time. */
  | { readonly kind: 'drip'; readonly everyMs: number }
  /** A connection ends after so many bytes of an answer. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** The client is told that nothing more comes, and what it sends still arrives. */
  | { readonly kind: 'half-close' }
  /** Nobody listens. */
  | { readonly kind: 'refuse' };

/** Stands between a client and a port, and does harm. */
export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  /** Settles when it is in force. */
  become(fault: Fault): Promise<void>;
  /** Connections that were accepted so far, and those that the client holds open now. */
  readonly accepted: () => number;
  readonly open: () => number;
}

/** Starts one before this port of 127.0.0.1, harmless at first. */
export async function startFaultProxy(target: number): Promise<FaultProxy> {
  const port = await freePort();
  const clients = new Set<Socket>();
  let fault: Fault = { kind: 'pass' };
  let accepted = 0;
  let server: Server | undefined;

  const take = (client: Socket) => {
    accepted++;
    clients.add(client);
    client.on('error', () => {}).on('close', () => clients.delete(client));
    if (fault.kind === 'reset') return void client.resetAndDestroy();
    join(client, target, () => fault);
  };
  const listen = async () => {
    if (server !== undefined) return;
    server = createServer({ allowHalfOpen: true }, take).listen(port, HOST);
    await once(server, 'listening');
  };
  const close = async () => {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    const closed = once(closing, 'close');
    closing.close();
    for (const client of clients) client.destroy();
    await closed;
  };

  await listen();
  return {
    port,
    accepted: () => accepted,
    open: () => [...clients].filter(({ readableEnded }) => !readableEnded).length,
    async become(next) {
      fault = next;
      if (next.kind === 'refuse') return close();
      await listen();
      if (next.kind === 'reset') for (const client of clients) client.resetAndDestroy();
      if (next.kind === 'half-close') for (const client of clients) client.end();
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Joins a client with the port behind; the fault of the moment decides over each piece. */
function join(client: Socket, target: number, faultNow: () => Fault): void {
  const upstream = connect(target, HOST);
  const timers = new Set<NodeJS.Timeout>();
  let passed = 0;
  let last = Promise.resolve();
  const wait = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        resolve();
      }, ms);
      timers.add(timer);
    });
  const answer = async (piece: Buffer) => {
    const fault = faultNow();
    if (fault.kind === 'black-hole' || client.writableEnded) return;
    if (fault.kind === 'delay') await wait(fault.ms);
    if (fault.kind === 'half-close') return void client.end();
    if (fault.kind === 'drip') {
      for (const byte of piece) {
        await wait(fault.everyMs);
        client.write(Buffer.of(byte));
      }
      return;
    }
    const left = fault.kind === 'cut' ? Math.max(0, fault.afterBytes - passed) : piece.length;
    passed += piece.length;
    client.write(piece.subarray(0, left));
    if (left < piece.length) client.destroySoon();
  };

  client.on('data', (piece: Buffer) => {
    if (faultNow().kind !== 'black-hole') upstream.write(piece);
  });
  client.on('end', () => {
    if (faultNow().kind !== 'black-hole') upstream.end();
  });
  client.on('close', () => {
    for (const timer of timers) clearTimeout(timer);
    upstream.destroy();
  });
  upstream.on('data', (piece: Buffer) => {
    last = last.then(() => answer(piece));
  });
  upstream.on('end', () => {
    last = last.then(() => {
      if (faultNow().kind !== 'black-hole') client.end();
    });
  });
  // Who is behind refuses or resets: so do we.
  upstream.on('error', () => {
    if (faultNow().kind !== 'black-hole') client.resetAndDestroy();
  });
}
