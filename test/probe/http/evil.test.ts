import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EvilServer, startEvilServer } from '../../support/evil-http.ts';
import { failureOf, lookOnce, openHttp, sampleOf } from '../../support/http-prober.ts';

let server: EvilServer;
beforeAll(async () => {
  server = await startEvilServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const MIB = 1024 * 1024;

describe('a server that never comes to an end', () => {
  test.each([
    ['/silent', 'did not answer within 300ms'],
    ['/drip-head', 'did not end within 300ms'],
    ['/drip-body', 'did not end within 300ms'],
  ])('%s is left at the deadline', async (path, message) => {
    await using prober = await openHttp({ url: server.url + path });
    const startedMs = performance.now();
    const seen = await prober.run({ signal: AbortSignal.timeout(300), timeoutMs: 300 });
    expect(performance.now() - startedMs).toBeLessThan(600);
    expect(failureOf(seen)).toMatch(/^timeout: /);
    expect(failureOf(seen)).toContain(message);
    await expect.poll(() => server.open()).toBe(0);
  });

  test.each(['/ten-gigabytes', '/endless', '/endless-chunks', '/endless-tiny-chunks'])(
    '%s is read no further than 1 MiB, at no cost of memory',
    async (path) => {
      await using prober = await openHttp({ url: server.url + path, expect: { body: 'UP' } });
      const look = () => prober.run({ signal: AbortSignal.timeout(10_000), timeoutMs: 10_000 });
      await look();
      globalThis.gc?.();
      const before = process.memoryUsage.rss();
      for (let i = 0; i < 5; i++) {
        const seen = await look();
        expect(failureOf(seen)).toContain('but the body is longer than the 1048576 bytes that are read');
        expect(sampleOf(seen.measures, 'size')).toBe(MIB);
      }
      expect(process.memoryUsage.rss() - before).toBeLessThan(20 * MIB);
      await expect.poll(() => server.open()).toBe(0);
    },
  );

  test.each([
    ['/endless-headers', 'sent headers longer than 64 KiB'],
    ['/endless-interim', 'sent headers longer than 64 KiB'],
    ['/endless-trailers', 'sent a body whose chunks are not as they should be'],
    ['/long-chunk-line', 'sent a body whose chunks are not as they should be'],
  ])('%s is refused', async (path, problem) => {
    expect(failureOf(await lookOnce({ url: server.url + path }))).toBe(`protocol: 127.0.0.1:${server.port} ${problem}`);
    await expect.poll(() => server.open()).toBe(0);
  });
});

describe('a compressed body', () => {
  test.each(['/bomb', '/bomb-in-bomb'])('%s is not blown up beyond 1 MiB', async (path) => {
    await lookOnce({ url: server.url + path }); // makes the bomb, which the server's side needs memory for
    globalThis.gc?.();
    const before = process.memoryUsage.rss();
    const seen = await lookOnce({ url: server.url + path, expect: { body: 'UP' } });
    expect(failureOf(seen)).toMatch(/but the body is longer than the \d+ bytes that are read/);
    expect(sampleOf(seen.measures, 'size')).toBeLessThanOrEqual(MIB);
    expect(process.memoryUsage.rss() - before).toBeLessThan(20 * MIB);
  });

  test.each(['/empty-in-bomb', '/endless-empty-gzip'])(
    '%s that holds nothing is not taken apart for ever',
    async (path) => {
      const seen = await lookOnce({ url: server.url + path, expect: { body: 'UP' } });
      expect(failureOf(seen)).toMatch(/^assertion: .* but the body is longer than the \d+ bytes that are read$/);
      await expect.poll(() => server.open()).toBe(0);
    },
  );

  test('that is too long is by itself no failure', async () => {
    expect(failureOf(await lookOnce({ url: `${server.url}/bomb` }))).toBe('up');
  });

  test.each([
    ['/fifty-encodings', 'sent a body that is encoded 50 times; at most 5 are accepted'],
    ['/not-gzip', 'sent a body that is not gzip'],
    ['/half-gzip', 'sent a body that is not gzip'],
  ])('%s is refused', async (path, problem) => {
    expect(failureOf(await lookOnce({ url: server.url + path }))).toBe(`protocol: 127.0.0.1:${server.port} ${problem}`);
  });
});

describe('a server that does not keep to HTTP', () => {
  test.each([
    ['/too-little', 'protocol', 'closed the connection after 9 of the 100 bytes of the body'],
    ['/close', 'reset', 'closed the connection without an answer'],
    ['/close-in-head', 'protocol', 'closed the connection in the middle of the headers'],
    ['/ssh', 'protocol', 'does not speak HTTP: it said "SSH-2.0-OpenSSH_9.2p1"'],
    ['/http2', 'protocol', 'sent a status line that is not HTTP/1.1'],
    ['/bad-chunk', 'protocol', 'sent a body whose chunks are not as they should be'],
    ['/two-lengths', 'protocol', 'has a Content-Length that is not a number'],
    ['/bad-length', 'protocol', 'has a Content-Length that is not a number'],
    ['/nameless-header', 'protocol', 'sent a header without a name'],
    ['/upgrade', 'protocol', 'switched to another protocol'],
    ['/gzip-of-transfer', 'protocol', 'has a Transfer-Encoding other than chunked'],
  ])('%s is down: %s', async (path, reason, problem) => {
    const failure = failureOf(await lookOnce({ url: server.url + path }));
    expect(failure).toBe(`${reason}: 127.0.0.1:${server.port} ${problem}`);
  });

  test.each(['/reset-in-head', '/reset-in-body'])('%s is a reset connection', async (path) => {
    const failure = failureOf(await lookOnce({ url: server.url + path }));
    expect(failure).toBe(`reset: connection reset by 127.0.0.1:${server.port}`);
  });

  test('what is beyond the Content-Length is not looked at', async () => {
    const seen = await lookOnce({ url: `${server.url}/too-much`, expect: { body: '/^UP$/' } });
    expect(failureOf(seen)).toBe('up');
  });
});
