import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { KeyPair } from './certificates.ts';

/** A request as it came in. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface HttpServer extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly requests: readonly Received[];
  /** TCP connections so far. */
  readonly connections: () => number;
  /** Has another certificate from the next handshake on. */
  renew(tls: KeyPair): void;
}

/** A real HTTP server, or HTTPS with a key pair, on a free port of 127.0.0.1. */
export async function startHttpServer(
  answer: RequestListener,
  tls?: KeyPair & { readonly maxVersion?: 'TLSv1.2' | 'TLSv1.1' },
): Promise<HttpServer> {
  const requests: Received[] = [];
  let connections = 0;
  const listener: RequestListener = async (request, response) => {
    request.setEncoding('utf8');
    let body = '';
    for await (const part of request) body += part;
    requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body });
    answer(request, response);
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    renew: (pair) => {
      if (server instanceof TlsServer) server.setSecureContext(pair);
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
