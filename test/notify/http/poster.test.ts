import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toDelivery } from '../../../src/notify/http/answer.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { startHttpServer } from '../../support/http-server.ts';
import { NOW_MS, OK, openPeer, send, serverOf } from '../../support/receiver.ts';

describe('the answer', () => {
  const answering = (status: number, headers: Record<string, string> = {}, body = ''): RequestListener => {
    return (_request, response) => response.writeHead(status, headers).end(body);
  };
  const again = (reason: string, message: string) => ({ ok: false, retry: true, reason, message });

  it.each<[number, string, object]>([
    [200, '', { ok: true }],
    [202, 'taken', { ok: true }],
    [301, '', { ok: false, retry: false, reason: 'client', message: 'answered 301' }],
    [400, '"bad alert"', { ok: false, retry: false, reason: 'client', message: 'answered 400: "bad alert"' }],
    [401, 'Unauthorized', { ok: false, retry: false, reason: 'auth', message: 'answered 401: Unauthorized' }],
    [403, '', { ok: false, retry: false, reason: 'auth', message: 'answered 403' }],
    [404, '', { ok: false, retry: false, reason: 'missing', message: 'answered 404' }],
    [410, '', { ok: false, retry: false, reason: 'missing', message: 'answered 410' }],
    [429, '', again('rate-limited', 'answered 429')],
    [500, 'no space left on device\n', again('server', 'answered 500: no space left on device')],
    [503, '', again('server', 'answered 503')],
  ])('%i %j', async (status, body, delivery) => {
    const server = await serverOf(answering(status, {}, body));
    expect(await send(await openPeer({ urls: [server.url] }))).toEqual(delivery);
  });

  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Sat, 21 Nov 2026 03:00:30 GMT', 30_000],
    ['Saturday, 21-Nov-26 03:00:30 GMT', 30_000],
    ['Sat Nov 21 03:00:30 2026', 30_000],
    ['Sat Nov  7 03:00:30 2026', 0],
    ['Sat, 21 Nov 2026 02:00:00 GMT', 0],
    ['Fri, 01 Jan 2100 00:00:00 GMT', 3_600_000],
    ['999999999999', 3_600_000],
    ['soon', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['2026-11-21T03:00:30Z', undefined],
    ['', undefined],
  ])('429 and 503 with Retry-After: %j ask for a wait of %j ms', async (header, waitMs) => {
    for (const status of [429, 503])
      expect(toDelivery(status, '', header, NOW_MS)).toEqual({
        ok: false,
        retry: true,
        reason: status === 429 ? 'rate-limited' : 'server',
        message: `answered ${status}`,
        ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
      });
  });

  it('of a server that says when to come back is read with its date', async () => {
    const server = await serverOf(answering(429, { 'Retry-After': 'Sat, 21 Nov 2026 03:01:00 GMT' }));
    expect(await send(await openPeer({ urls: [server.url] }))).toEqual({
      ...again('rate-limited', 'answered 429'),
      retryAfterMs: 60_000,
    });
  });

  it('that has no end is not read to its end', async () => {
    const server = await serverOf((_request, response) => {
      response.writeHead(500);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      };
      response.on('drain', more);
      more();
    });
    const peer = await openPeer({ urls: [server.url] });
    expect(await send(peer)).toEqual(again('server', `answered 500: ${'x'.repeat(200)}…`));
    expect(await send(peer)).toMatchObject({ ok: false, reason: 'server' });
  });
});

describe('a peer that cannot be told', () => {
  /** A TCP server that does this to every connection. */
  async function portOf(act: (socket: Socket) => void): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => {}));
      act(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  }

  it('refuses: said with its address', async () => {
    const server = await startHttpServer(OK);
    const peer = await openPeer({ urls: [server.url] });
    await server[Symbol.asyncDispose]();
    const message = `connection refused by 127.0.0.1:${server.port}`;
    expect(await send(peer)).toEqual({ ok: false, retry: true, reason: 'network', message });
  });

  it('refuses on each of its addresses: said once', async () => {
    const server = await startHttpServer(OK);
    const peer = await openPeer(
      { urls: [`http://alertmanager.example:${server.port}`] },
      {
        lookUp: async () => ({
          ok: true,
          addresses: [
            { address: '127.0.0.1', family: 4 },
            { address: '127.0.0.2', family: 4 },
          ],
        }),
      },
    );
    await server[Symbol.asyncDispose]();
    const message = `connection refused by alertmanager.example:${server.port}`;
    expect(await send(peer)).toEqual({ ok: false, retry: true, reason: 'network', message });
  });

  it('hangs up: told again', async () => {
    const port = await portOf((socket) => socket.destroy());
    const delivery = await send(await openPeer({ urls: [`http://127.0.0.1:${port}`] }));
    expect(delivery).toMatchObject({ ok: false, retry: true, reason: 'network' });
  });

  it('never answers: let go within 50 ms of the deadline', async () => {
    const asked = Promise.withResolvers<void>();
    const port = await portOf((socket) => socket.once('data', () => asked.resolve()));
    const peer = await openPeer({ urls: [`http://127.0.0.1:${port}`] });
    const abort = new AbortController();
    const sent = send(peer, {}, abort.signal);
    await asked.promise;
    const begun = performance.now();
    abort.abort();
    expect(await sent).toMatchObject({ ok: false, retry: true });
    expect(performance.now() - begun).toBeLessThan(50);
  });

  it('has no address: said as the resolver says it', async () => {
    const message = 'no address found for alertmanager.example';
    const peer = await openPeer(
      { urls: ['http://alertmanager.example:9093'] },
      { lookUp: async () => ({ ok: false, message }) },
    );
    expect(await send(peer)).toEqual({ ok: false, retry: true, reason: 'network', message });
  });

  it('closes twice without harm, also in the midst of a message', async () => {
    const asked = Promise.withResolvers<void>();
    const port = await portOf((socket) => socket.once('data', () => asked.resolve()));
    const peer = await openPeer({ urls: [`http://127.0.0.1:${port}`] });
    const sent = send(peer);
    await asked.promise;
    await peer[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
    expect(await sent).toMatchObject({ ok: false });
  });
});

describe('TLS', () => {
  async function secured() {
    const folder = await mkdtemp(join(tmpdir(), 'outrider-notify-'));
    const certificates = await makeCertificates('IP:127.0.0.1', 'DNS:alertmanager.example');
    const server = await startHttpServer(OK, { cert: certificates.cert, key: certificates.key });
    await writeFile(join(folder, 'ca.pem'), certificates.ca);
    onTestFinished(async () => {
      await server[Symbol.asyncDispose]();
      await certificates[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    });
    return { server, folder };
  }

  it('trusts one’s own authority, whose file is found beside the config', async () => {
    const { server, folder } = await secured();
    const peer = await openPeer({ urls: [server.url], tls: { ca: 'ca.pem' } }, { filesFrom: folder });
    expect(await send(peer)).toEqual({ ok: true });
  });

  it('trusts nobody else', async () => {
    const { server } = await secured();
    const delivery = await send(await openPeer({ urls: [server.url] }));
    const message = `the certificate of 127.0.0.1:${server.port} was signed by an unknown authority`;
    expect(delivery).toEqual({ ok: false, retry: true, reason: 'network', message });
    expect(server.requests).toEqual([]);
  });

  it('verifies the name of the URL, or the one that is given', async () => {
    const { server, folder } = await secured();
    const urls = [`https://other.example:${server.port}`];
    const other = await openPeer({ urls, tls: { ca: 'ca.pem' } }, { filesFrom: folder });
    const message = `the certificate of other.example:${server.port} is for another name`;
    expect(await send(other)).toMatchObject({ ok: false, reason: 'network', message });
    const tls = { ca: 'ca.pem', server_name: 'alertmanager.example' };
    expect(await send(await openPeer({ urls, tls }, { filesFrom: folder }))).toEqual({ ok: true });
  });

  it('is not taken for granted: a peer that does not speak it is told apart', async () => {
    const server = await serverOf(OK);
    const peer = await openPeer({ urls: [server.url.replace('http:', 'https:')] });
    expect(await send(peer)).toMatchObject({ ok: false, message: `127.0.0.1:${server.port} does not speak TLS` });
  });

  it('verifies nothing where it is told so', async () => {
    const { server } = await secured();
    const peer = await openPeer({ urls: [server.url], tls: { insecure_skip_verify: true } });
    expect(await send(peer)).toEqual({ ok: true });
  });
});
