import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Clock } from '../core/clock.ts';
import { OutriderError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { createApp, type WebSettings } from './app.ts';
import { harden } from './headers.ts';
import { problem } from './problem.ts';
import type { View } from './view.ts';

export interface WebOptions extends WebSettings {
  /** An empty host listens everywhere; port 0 takes any free one. */
  readonly host: string;
  readonly port: number;
  readonly view: View;
  readonly log: Logger;
  readonly clock: Clock;
}

export interface Web extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  update(settings: WebSettings): void;
  /** Takes no more connections, ends idle ones at once and busy ones within a second. */
  close(): Promise<void>;
}

const REQUEST_MS = 30_000;
const CLOSE_MS = 1000;
const MOST_CONNECTIONS = 512;
const MOST_PER_ADDRESS = 64;

const LIMITS = {
  maxHeaderSize: 8 * 1024,
  headersTimeout: 10_000,
  requestTimeout: REQUEST_MS,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 2000,
} as const;

/** Starts listening. Throws OutriderError `listen_failed` where the address cannot be had. */
export async function startWeb({ host, port, view, log, clock, auth, externalUrl }: WebOptions): Promise<Web> {
  let loopback = false;
  const app = createApp({ view, log, clock }, { auth, externalUrl }, () => loopback);
  const listener = getRequestListener(app.hono.fetch, {
    overrideGlobalObjects: false,
    // What does not even make a request: a bad Host header, a URL that does not parse.
    errorHandler: () => harden(problem(400, { detail: 'the request line or its Host header does not parse' })),
  });
  const server = createServer(LIMITS, (incoming, outgoing) => {
    const deadline = clock.after(REQUEST_MS, () => outgoing.destroy());
    outgoing.once('close', () => deadline[Symbol.dispose]());
    void listener(incoming, outgoing);
  });
  server.maxConnections = MOST_CONNECTIONS;
  boundPerAddress(server);
  const bound = await listen(server, host, port);
  loopback = isLoopback(bound.address);
  server.on('error', (error) => log.error({ err: error }, 'the listener failed'));

  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closed ??= closeServer(server, clock);
    return closed;
  };
  return { address: bound.address, port: bound.port, update: app.update, close, [Symbol.asyncDispose]: close };
}

const WHY_NOT: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there',
  EACCES: 'this user may not listen on that port',
  EADDRNOTAVAIL: 'this machine does not have that address',
  ENOTFOUND: 'that name has no address',
  EAI_AGAIN: 'the name server did not answer',
};

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = WHY_NOT[error.code ?? ''] ?? error.message;
      const where = `${host.includes(':') ? `[${host}]` : host}:${port}`;
      reject(new OutriderError('listen_failed', `cannot listen on ${where}: ${why}`, { cause: error }));
    });
    server.listen({ port, ...(host === '' ? {} : { host }) }, () => {
      server.removeAllListeners('error');
      resolve(server.address() as AddressInfo);
    });
  });
}

const isLoopback = (address: string): boolean => address === '::1' || /^(::ffff:)?127\./.test(address);

/** One client may not take all connections; this machine's own proxies may. */
function boundPerAddress(server: Server): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (open.get(address) ?? 0) + 1;
    if (count > MOST_PER_ADDRESS && !isLoopback(address)) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}

function closeServer(server: Server, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cut = clock.after(CLOSE_MS, () => server.closeAllConnections());
    server.close(() => {
      cut[Symbol.dispose]();
      resolve();
    });
    server.closeIdleConnections();
  });
}
