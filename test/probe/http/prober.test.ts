import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { openResolver } from '../../../src/probe/dns.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { failureOf, lookOnce, openHttp, sampleOf } from '../../support/http-prober.ts';
import { startHttpServer } from '../../support/http-server.ts';

const up: RequestListener = (_, response) => response.end('{"status":"UP"}');
const look = { signal: new AbortController().signal, timeoutMs: 5000 };

describe('a request', () => {
  test('asks for the path and query over a fresh connection', async () => {
    await using server = await startHttpServer(up);
    expect(failureOf(await lookOnce({ url: `${server.url}/health?full=1#top` }))).toBe('up');
    expect(server.requests).toMatchObject([
      {
        method: 'GET',
        url: '/health?full=1',
        headers: { host: `127.0.0.1:${server.port}`, connection: 'close', 'user-agent': 'Outrider', accept: '*/*' },
      },
    ]);
  });

  test.each(['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('may be a %s', async (method) => {
    await using server = await startHttpServer(up);
    expect(failureOf(await lookOnce({ url: server.url, method: method.toLowerCase() }))).toBe('up');
    expect(server.requests).toMatchObject([{ method, body: '' }]);
  });

  test('carries its own headers in place of the usual ones', async () => {
    await using server = await startHttpServer(up);
    const headers = { Host: 'shop.example', 'X-Tenant': 7, 'user-agent': 'probe', 'X-Api-Key': 'k' };
    await lookOnce({ url: server.url, headers });
    expect(server.requests[0]?.headers).toMatchObject({
      host: 'shop.example',
      'x-tenant': '7',
      'user-agent': 'probe',
      'x-api-key': 'k',
    });
  });

  test('carries a body as it is', async () => {
    await using server = await startHttpServer(up);
    await lookOnce({ url: server.url, method: 'POST', body: 'grüße' });
    expect(server.requests).toMatchObject([{ body: 'grüße', headers: { 'content-length': '7' } }]);
  });

  test('carries JSON with its content type', async () => {
    await using server = await startHttpServer(up);
    await lookOnce({ url: server.url, method: 'POST', json: { query: [1, null] } });
    expect(server.requests).toMatchObject([
      { body: '{"query":[1,null]}', headers: { 'content-type': 'application/json' } },
    ]);
  });

  test.each([
    ['a bearer token', { auth: { bearer: 't0ken' } }, 'Bearer t0ken'],
    ['a user', { auth: { basic: { username: 'ann', password: 'p:w' } } }, `Basic ${btoa('ann:p:w')}`],
  ])('logs in with %s', async (_, keys, authorization) => {
    await using server = await startHttpServer(up);
    await lookOnce({ url: server.url, ...keys });
    expect(server.requests[0]?.headers.authorization).toBe(authorization);
  });

  test('logs in with the user of its URL', async () => {
    await using server = await startHttpServer(up);
    await lookOnce({ url: `http://ann:p%40w%zz@127.0.0.1:${server.port}/` });
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('ann:p%40w%zz')}`);
  });

  test('reaches a name by the resolver, afresh each time', async () => {
    await using server = await startHttpServer(up);
    await using dns = await startDnsServer({ 'api.example': { A: ['127.0.0.1'] } });
    using resolver = openResolver({ clock: systemClock, servers: [dns.address], resolvConf: '/nonexistent' });
    await using prober = await openHttp({ url: `http://api.example:${server.port}/` }, { resolver });
    expect(failureOf(await prober.run(look))).toBe('up');
    expect(failureOf(await prober.run(look))).toBe('up');
    expect(dns.asked).toEqual(['A api.example', 'A api.example']);
    expect(server.requests[0]?.headers.host).toBe(`api.example:${server.port}`);
  });

  test('tries the next address where one refuses', async () => {
    await using server = await startHttpServer(up);
    await using dns = await startDnsServer({ 'api.example': { A: ['127.0.0.2', '127.0.0.1'] } });
    using resolver = openResolver({ clock: systemClock, servers: [dns.address], resolvConf: '/nonexistent' });
    const seen = await lookOnce({ url: `http://api.example:${server.port}/` }, { resolver });
    expect(failureOf(seen)).toBe('up');
    expect(sampleOf(seen.measures, 'connect')).toBeGreaterThan(0);
  });

  test('names the host and the address where all refuse', async () => {
    await using dns = await startDnsServer({ 'api.example': { A: ['127.0.0.2', '127.0.0.3'] } });
    using resolver = openResolver({ clock: systemClock, servers: [dns.address], resolvConf: '/nonexistent' });
    const seen = await lookOnce({ url: 'http://api.example:1/' }, { resolver });
    expect(failureOf(seen)).toBe('refused: connection refused by api.example:1 (127.0.0.2)');
  });

  test('is down for DNS where the name has no address', async () => {
    await using dns = await startDnsServer();
    using resolver = openResolver({ clock: systemClock, servers: [dns.address], resolvConf: '/nonexistent' });
    expect(failureOf(await lookOnce({ url: 'http://gone.example/' }, { resolver }))).toBe(
      'dns: no address found for gone.example',
    );
  });

  test('ends with its signal while the name is looked up', async () => {
    await using dns = await startDnsServer({ 'api.example': 'silent' });
    using resolver = openResolver({ clock: systemClock, servers: [dns.address], resolvConf: '/nonexistent' });
    await using prober = await openHttp({ url: 'http://api.example/' }, { resolver });
    const seen = await prober.run({ signal: AbortSignal.timeout(100), timeoutMs: 100 });
    expect(failureOf(seen)).toBe('timeout: looking up api.example did not end in time');
  });
});

describe('what an answer measures', () => {
  test('its phases add up to its duration, and are measured where they happen', async () => {
    await using server = await startHttpServer(async (_, response) => {
      await sleep(60);
      response.write('a');
      await sleep(40);
      response.end('b');
    });
    const { measures, durationMs } = await lookOnce({ url: server.url });
    const phases = ['resolve', 'connect', 'tls', 'processing', 'transfer'].map(
      (name) => sampleOf(measures, name) ?? -1,
    );
    expect(phases[0]).toBe(0);
    expect(phases[1]).toBeGreaterThan(0);
    expect(phases[2]).toBe(0);
    expect(phases[3]).toBeGreaterThanOrEqual(0.055);
    expect(phases[4]).toBeGreaterThanOrEqual(0.035);
    expect(phases.reduce((a, b) => a + b)).toBeCloseTo(durationMs / 1000, 2);
  });

  test('status, size and what blackbox_exporter would show', async () => {
    await using server = await startHttpServer((_, response) =>
      response.writeHead(203, { 'Content-Length': 5, 'Last-Modified': 'Sun, 01 Mar 2026 12:00:00 GMT' }).end('hello'),
    );
    const { measures, series } = await lookOnce({ url: server.url });
    expect(sampleOf(measures, 'status')).toBe(203);
    expect(sampleOf(measures, 'size')).toBe(5);
    expect(sampleOf(measures, 'redirects')).toBe(0);
    expect(Object.fromEntries(series.map(({ name, value }) => [name, value]))).toEqual({
      probe_dns_lookup_time_seconds: 0,
      probe_failed_due_to_regex: 0,
      probe_http_content_length: 5,
      probe_http_last_modified_timestamp_seconds: Date.UTC(2026, 2, 1, 12) / 1000,
      probe_http_ssl: 0,
      probe_http_uncompressed_body_length: 5,
      probe_http_version: 1.1,
      probe_ip_addr_hash: 3668918509, // as blackbox_exporter has it for 127.0.0.1
      probe_ip_protocol: 4,
    });
  });

  test('a body without a length has length -1 and its own size', async () => {
    await using server = await startHttpServer((_, response) => {
      response.write('hello ');
      response.end('world');
    });
    const { measures, series } = await lookOnce({ url: server.url });
    expect(sampleOf(series, 'probe_http_content_length')).toBe(-1);
    expect(sampleOf(measures, 'size')).toBe(11);
  });

  test('a failed run tells the half that it has seen', async () => {
    const seen = await lookOnce({ url: 'http://127.0.0.1:1/' });
    expect(seen).toMatchObject({ outcome: 'down', reason: 'refused', message: 'connection refused by 127.0.0.1:1' });
    expect(seen.measures.map(({ name }) => name)).toEqual(['resolve']);
  });
});

describe('a compressed body', () => {
  const zlib = process.getBuiltinModule('node:zlib');
  test.each([
    ['gzip', zlib.gzipSync],
    ['x-gzip', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
    ['deflate', zlib.deflateRawSync],
    ['br', zlib.brotliCompressSync],
    ['zstd', zlib.zstdCompressSync],
    ['gzip, br', (text: string) => zlib.brotliCompressSync(zlib.gzipSync(text))],
    ['identity', (text: string) => text],
    ['utf-8', (text: string) => text],
  ])('of %s is read', async (encoding, compress) => {
    const text = `status=UP ${'x'.repeat(10_000)}`;
    await using server = await startHttpServer((_, response) =>
      response.setHeader('Content-Encoding', encoding).end(compress(text)),
    );
    const seen = await lookOnce({ url: server.url, expect: { body: 'status=UP' } });
    expect(failureOf(seen)).toBe('up');
    expect(sampleOf(seen.measures, 'size')).toBe(text.length);
  });

  test('that is empty is no mistake', async () => {
    await using server = await startHttpServer((_, response) => response.setHeader('Content-Encoding', 'gzip').end());
    expect(failureOf(await lookOnce({ url: server.url }))).toBe('up');
  });
});

describe('a long body', () => {
  const long: RequestListener = (_, response) => response.end(`UP ${'x'.repeat(5000)}`);

  test('is read no further than max_body, and that alone is no failure', async () => {
    await using server = await startHttpServer(long);
    const seen = await lookOnce({ url: server.url, max_body: '1kB' });
    expect(failureOf(seen)).toBe('up');
    expect(sampleOf(seen.measures, 'size')).toBe(1000);
  });

  test('of exactly max_body is whole', async () => {
    await using server = await startHttpServer(long);
    const seen = await lookOnce({ url: server.url, max_body: '5003B', expect: { body: 'UP' } });
    expect(failureOf(seen)).toBe('up');
    expect(sampleOf(seen.measures, 'size')).toBe(5003);
  });

  test('cannot be vouched for', async () => {
    await using server = await startHttpServer(long);
    const seen = await lookOnce({ url: server.url, max_body: '1kB', expect: { body: 'UP', json: { '$.a': 1 } } });
    expect(failureOf(seen)).toBe(
      'assertion: expected body to contain "UP", but the body is longer than the 1000 bytes that are read; ' +
        'expected JSON, but the body is longer than the 1000 bytes that are read',
    );
  });

  test('has the bound of the whole config where the target has none', async () => {
    await using server = await startHttpServer(long);
    const seen = await lookOnce({ url: server.url }, { maxBodyBytes: 100 });
    expect(sampleOf(seen.measures, 'size')).toBe(100);
  });
});

describe('a connection that is kept', () => {
  test('serves the next probe too', async () => {
    await using server = await startHttpServer(up);
    await using prober = await openHttp({ url: server.url, reuse_connection: true, expect: { body: 'UP' } });
    for (let i = 0; i < 5; i++) expect(failureOf(await prober.run(look))).toBe('up');
    expect(server.requests).toHaveLength(5);
    expect(server.connections()).toBe(1);
  });

  test('is replaced without a failure when the server has closed it', async () => {
    await using server = await startHttpServer((request, response) => {
      up(request, response);
      response.on('finish', () => request.socket.destroy());
    });
    await using prober = await openHttp({ url: server.url, reuse_connection: true });
    for (let i = 0; i < 5; i++) expect(failureOf(await prober.run(look))).toBe('up');
  });

  test('is replaced without a failure when the server closes it at the next request', async () => {
    const seen = new WeakSet<object>();
    await using server = await startHttpServer((request, response) => {
      if (seen.has(request.socket)) return void request.socket.destroy();
      seen.add(request.socket);
      up(request, response);
    });
    await using prober = await openHttp({ url: server.url, reuse_connection: true });
    expect(failureOf(await prober.run(look))).toBe('up');
    expect(failureOf(await prober.run(look))).toBe('up');
    expect(server.connections()).toBe(2);
  });

  test('is not kept where the server says so', async () => {
    await using server = await startHttpServer((_, response) => response.setHeader('Connection', 'close').end());
    await using prober = await openHttp({ url: server.url, reuse_connection: true });
    for (let i = 0; i < 3; i++) expect(failureOf(await prober.run(look))).toBe('up');
    expect(server.connections()).toBe(3);
  });

  test('is replaced after five minutes, so that a changed address is noticed', async () => {
    await using server = await startHttpServer(up);
    let lateMs = 0;
    const now = () => ({ monoMs: performance.now() + lateMs, wallMs: Date.now() });
    const clock = { ...systemClock, now, monoMs: () => now().monoMs };
    await using prober = await openHttp({ url: server.url, reuse_connection: true }, { clock });
    await prober.run(look);
    lateMs = 5 * 60_000;
    expect(failureOf(await prober.run(look))).toBe('up');
    expect(server.connections()).toBe(2);
  });
});
