import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.ts';
import { openResolver } from '../../../src/probe/dns.ts';
import { type Authority, type KeyPair, makeAuthority } from '../../support/certificates.ts';
import { startDnsServer } from '../../support/dns-server.ts';
import { startEvilServer } from '../../support/evil-http.ts';
import { failureOf, lookOnce, openHttp, sampleOf } from '../../support/http-prober.ts';
import { startHttpServer } from '../../support/http-server.ts';

let authority: Authority;
beforeAll(async () => {
  authority = await makeAuthority();
});
afterAll(() => authority[Symbol.asyncDispose]());

const DAY_S = 86_400;
const start = (pair: KeyPair) => startHttpServer((_, response) => response.end('UP'), pair);

describe('a server with a good certificate', () => {
  test('is up by the authority of the config, and says what blackbox_exporter would', async () => {
    await using server = await start(await authority.issue({ subject: '/O=Shop/CN=api', fromDays: -3, toDays: 1 }));
    const { measures, series, evidence, outcome } = await lookOnce({ url: server.url, tls: { ca: authority.caFile } });
    expect(outcome).toBe('up');
    expect(sampleOf(measures, 'tls')).toBeGreaterThan(0);
    expect(sampleOf(measures, 'certificate_expires_in')).toBeGreaterThan(0.99 * DAY_S);
    expect(sampleOf(measures, 'certificate_expires_in')).toBeLessThanOrEqual(DAY_S);
    expect(sampleOf(measures, 'certificate_lifetime_left')).toBeCloseTo(0.25, 2);
    expect(sampleOf(series, 'probe_http_ssl')).toBe(1);
    expect(sampleOf(series, 'probe_ssl_earliest_cert_expiry')).toBeCloseTo(Date.now() / 1000 + DAY_S, -2);
    expect(sampleOf(series, 'probe_ssl_last_chain_expiry_timestamp_seconds')).toBeGreaterThan(Date.now() / 1000);
    expect(series).toContainEqual({ name: 'probe_tls_version_info', value: 1, labels: { version: 'TLS 1.3' } });
    const info = series.find(({ name }) => name === 'probe_ssl_last_chain_info');
    expect(info?.labels).toMatchObject({ subject: 'CN=api,O=Shop', issuer: 'CN=test ca', subjectalternative: '' });
    expect(info?.labels?.['fingerprint_sha256']).toMatch(/^[0-9a-f]{64}$/);
    expect(info?.labels?.['serialnumber']).toMatch(/^[0-9a-f]+$/);
    expect(evidence?.['certificate']).toMatch(/^CN=api,O=Shop, issued by CN=test ca, valid until 20/);
    expect(evidence?.['tls']).toMatch(/^TLSv1.3, TLS_/);
  });

  test('is found by a name of the config’s folder', async () => {
    await using server = await start(await authority.issue({}));
    const filesFrom = dirname(authority.caFile);
    expect(failureOf(await lookOnce({ url: server.url, tls: { ca: 'ca.crt' } }, { filesFrom }))).toBe('up');
  });

  test('is verified by the name in its URL, and asked for by it', async () => {
    await using server = await start(await authority.issue({ names: ['DNS:api.example'] }));
    await using dns = await startDnsServer({ 'api.example': { A: ['127.0.0.1'] }, 'db.example': { A: ['127.0.0.1'] } });
    using resolver = openResolver({ clock: systemClock, servers: [dns.address], resolvConf: '/nonexistent' });
    const tls = { ca: authority.caFile };
    const ask = async (host: string) =>
      failureOf(await lookOnce({ url: `https://${host}:${server.port}/`, tls }, { resolver }));
    expect(await ask('api.example')).toBe('up');
    expect(await ask('db.example')).toBe(
      `tls: the certificate of db.example:${server.port} (127.0.0.1) is for another name`,
    );
  });

  test('may be verified by another name', async () => {
    await using server = await start(await authority.issue({ names: ['DNS:internal.example'] }));
    const tls = { ca: authority.caFile, server_name: 'internal.example' };
    expect(failureOf(await lookOnce({ url: server.url, tls }))).toBe('up');
  });

  test('expires with the first of its chain', async () => {
    await using below = await authority.subordinate({ subject: '/CN=below', fromDays: -1, toDays: 1 });
    await using server = await start(await below.issue({ toDays: 20 }));
    const { measures, outcome } = await lookOnce({ url: server.url, tls: { ca: authority.caFile } });
    expect(outcome).toBe('up');
    expect(sampleOf(measures, 'certificate_expires_in')).toBeLessThanOrEqual(DAY_S);
    expect(sampleOf(measures, 'certificate_lifetime_left')).toBeCloseTo(0.5, 2);
  });

  test('is seen anew when it is renewed', async () => {
    const [first, second] = [await authority.issue({ toDays: 5 }), await authority.issue({ toDays: 10 })];
    await using server = await start(first);
    await using prober = await openHttp({ url: server.url, tls: { ca: authority.caFile } });
    const look = async () => {
      const seen = await prober.run({ signal: AbortSignal.timeout(5000), timeoutMs: 5000 });
      const info = seen.series.find(({ name }) => name === 'probe_ssl_last_chain_info');
      return [
        info?.labels?.['serialnumber'],
        Math.round((sampleOf(seen.measures, 'certificate_expires_in') ?? 0) / DAY_S),
      ];
    };
    const [serial, days] = await look();
    expect(days).toBe(5);
    server.renew(second);
    const [newSerial, newDays] = await look();
    expect(newDays).toBe(10);
    expect(newSerial).not.toBe(serial);
  });

  test('shows it also over a connection that is kept', async () => {
    await using server = await start(await authority.issue({}));
    await using prober = await openHttp({ url: server.url, reuse_connection: true, tls: { ca: authority.caFile } });
    for (let i = 0; i < 3; i++) {
      const seen = await prober.run({ signal: AbortSignal.timeout(5000), timeoutMs: 5000 });
      expect(failureOf(seen)).toBe('up');
      expect(sampleOf(seen.measures, 'certificate_expires_in')).toBeGreaterThan(0);
    }
    expect(server.connections()).toBe(1);
  });
});

describe('a server with a bad certificate is down, nothing is sent to it, and its certificate is shown', () => {
  test.each([
    ['expired', { fromDays: -10, toDays: -2 }, 'has expired'],
    ['not valid yet', { fromDays: 2, toDays: 10 }, 'is not valid yet'],
    ['for another name', { names: ['DNS:elsewhere.example'] }, 'is for another name'],
  ])('%s', async (_, options, problem) => {
    await using server = await start(await authority.issue(options));
    const seen = await lookOnce({ url: server.url, tls: { ca: authority.caFile } });
    expect(failureOf(seen)).toBe(`tls: the certificate of 127.0.0.1:${server.port} ${problem}`);
    expect(seen.evidence?.['certificate']).toContain('CN=test server, issued by CN=test ca, valid until ');
    expect(sampleOf(seen.measures, 'certificate_expires_in')).toBeTypeOf('number');
    expect(sampleOf(seen.series, 'probe_ssl_last_chain_expiry_timestamp_seconds')).toBeUndefined();
    expect(server.requests).toEqual([]);
  });

  test('signed by itself', async () => {
    await using server = await start(await authority.selfSign({}));
    expect(failureOf(await lookOnce({ url: server.url }))).toBe(
      `tls: the certificate of 127.0.0.1:${server.port} is self-signed`,
    );
    expect(server.requests).toEqual([]);
  });

  test('signed by an authority that nobody knows', async () => {
    await using server = await start(await authority.issue({}));
    expect(failureOf(await lookOnce({ url: server.url }))).toBe(
      `tls: the certificate of 127.0.0.1:${server.port} was signed by an unknown authority`,
    );
    expect(server.requests).toEqual([]);
  });

  test('unless that is to be skipped', async () => {
    await using server = await start(await authority.issue({ fromDays: -10, toDays: -2 }));
    const seen = await lookOnce({ url: server.url, tls: { insecure_skip_verify: true } });
    expect(failureOf(seen)).toBe('up');
    expect(sampleOf(seen.measures, 'certificate_expires_in')).toBeLessThan(-DAY_S);
    expect(sampleOf(seen.measures, 'certificate_lifetime_left')).toBe(0);
  });
});

describe('without a handshake', () => {
  test('a server that does not speak TLS is told as such', async () => {
    await using server = await startHttpServer((_, response) => response.end());
    expect(failureOf(await lookOnce({ url: `https://127.0.0.1:${server.port}/` }))).toBe(
      `tls: 127.0.0.1:${server.port} does not speak TLS`,
    );
  });

  test('a TLS server that is asked without TLS is no HTTP server', async () => {
    await using server = await start(await authority.issue({}));
    expect(failureOf(await lookOnce({ url: `http://127.0.0.1:${server.port}/` }))).toMatch(/^(reset|protocol): 127/);
  });

  test('a server that is too old for min_version is refused', async () => {
    const pair = await authority.issue({});
    await using server = await startHttpServer((_, response) => response.end(), { ...pair, maxVersion: 'TLSv1.2' });
    expect(failureOf(await lookOnce({ url: server.url, tls: { ca: authority.caFile } }))).toBe('up');
    const failure = failureOf(await lookOnce({ url: server.url, tls: { ca: authority.caFile, min_version: '1.3' } }));
    expect(failure).toMatch(/^tls: TLS handshake with 127\.0\.0\.1:\d+ failed: ERR_SSL_/);
  });

  test('a server that goes silent in it ends with the signal', async () => {
    await using server = await startEvilServer();
    await using prober = await openHttp({ url: `https://127.0.0.1:${server.port}/` });
    const seen = await prober.run({ signal: AbortSignal.timeout(200), timeoutMs: 200 });
    expect(failureOf(seen)).toBe(`timeout: the TLS handshake with 127.0.0.1:${server.port} did not end within 200ms`);
  });

  test('a file of authorities that is not there refuses to open', async () => {
    await expect(openHttp({ url: 'https://127.0.0.1/', tls: { ca: '/nonexistent/ca.crt' } })).rejects.toThrow('ENOENT');
  });

  test('a changed file of authorities is read when the target is opened again', async () => {
    await using server = await start(await authority.issue({}));
    await using other = await makeAuthority();
    const ca = join(dirname(other.caFile), 'changing.crt');
    await writeFile(ca, other.ca);
    expect(failureOf(await lookOnce({ url: server.url, tls: { ca } }))).toMatch(/^tls: /);
    await writeFile(ca, authority.ca);
    expect(failureOf(await lookOnce({ url: server.url, tls: { ca } }))).toBe('up');
  });
});

describe('redirects and TLS', () => {
  test('from HTTP to HTTPS are verified by the authority of the config', async () => {
    await using secure = await start(await authority.issue({}));
    await using plain = await startHttpServer((_, response) =>
      response.writeHead(301, { Location: `${secure.url}/` }).end(),
    );
    const seen = await lookOnce({ url: plain.url, tls: { ca: authority.caFile } });
    expect(failureOf(seen)).toBe('up');
    expect(sampleOf(seen.series, 'probe_http_ssl')).toBe(1);
    expect(failureOf(await lookOnce({ url: plain.url }))).toMatch(/^tls: .* was signed by an unknown authority$/);
  });

  test('from HTTPS to HTTP leave no certificate in the answer', async () => {
    await using plain = await startHttpServer((_, response) => response.end('UP'));
    await using secure = await startHttpServer(
      (_, response) => response.writeHead(302, { Location: `${plain.url}/` }).end(),
      await authority.issue({}),
    );
    const seen = await lookOnce({ url: secure.url, tls: { ca: authority.caFile } });
    expect(failureOf(seen)).toBe('up');
    expect(sampleOf(seen.series, 'probe_http_ssl')).toBe(0);
    expect(sampleOf(seen.measures, 'certificate_expires_in')).toBeUndefined();
  });
});

describe('expect.certificate', () => {
  const look = async (certificate: { issuer?: string; san?: string | string[] }) => {
    const names = ['DNS:api.example', 'DNS:*.shop.example', 'IP:127.0.0.1'];
    await using server = await start(await authority.issue({ names }));
    return failureOf(await lookOnce({ url: server.url, tls: { ca: authority.caFile }, expect: { certificate } }));
  };

  test.each([
    [{ issuer: 'test ca' }],
    [{ san: 'API.example' }],
    [{ san: ['api.example', 'www.shop.example', '127.0.0.1'] }],
  ])('is met by %j', async (certificate) => {
    expect(await look(certificate)).toBe('up');
  });

  test.each([
    [{ issuer: 'Big CA' }, 'expected a certificate issued by "Big CA", got one by "CN=test ca"'],
    [
      { san: 'a.b.shop.example' },
      'expected a certificate for a.b.shop.example, got one for "api.example, *.shop.example, 127.0.0.1"',
    ],
  ])('is not met by %j', async (certificate, message) => {
    expect(await look(certificate)).toBe(`assertion: ${message}`);
  });

  test('is not met without TLS', async () => {
    await using server = await startHttpServer((_, response) => response.end());
    expect(failureOf(await lookOnce({ url: server.url, expect: { certificate: { san: 'a' } } }))).toBe(
      'assertion: expected a certificate, but the connection is not encrypted',
    );
  });
});
