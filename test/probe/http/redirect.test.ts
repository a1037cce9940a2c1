import type { RequestListener } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { followRedirect } from '../../../src/probe/http/redirect.ts';
import { buildRequest, requestParts } from '../../../src/probe/http/request.ts';
import { http } from '../../../src/probe/http/type.ts';
import { failureOf, lookOnce, sampleOf } from '../../support/http-prober.ts';
import { startHttpServer } from '../../support/http-server.ts';

/** `/5` leads to `/4`, and so on; `/0` answers. */
const countdown: RequestListener = (request, response) => {
  const left = Number(request.url?.slice(1));
  if (left === 0) response.end('UP');
  else response.writeHead(302, { Location: `/${left - 1}` }).end('elsewhere');
};

const to =
  (location: string, status = 302): RequestListener =>
  (request, response) =>
    request.url === '/start' ? response.writeHead(status, { Location: location }).end() : response.end('UP');

describe('a redirect', () => {
  test('is followed, five times by default', async () => {
    await using server = await startHttpServer(countdown);
    const seen = await lookOnce({ url: `${server.url}/5`, expect: { status: 200, body: 'UP' } });
    expect(failureOf(seen)).toBe('up');
    expect(sampleOf(seen.measures, 'redirects')).toBe(5);
    expect(seen.evidence?.['redirects']).toBe([4, 3, 2, 1, 0].map((n) => `${server.url}/${n}`).join(' → '));
  });

  test('is not followed more often than that', async () => {
    await using server = await startHttpServer(countdown);
    expect(failureOf(await lookOnce({ url: `${server.url}/6` }))).toBe(
      `protocol: more than 5 redirects, the last one to ${server.url}/0`,
    );
    expect(server.requests).toHaveLength(6);
  });

  test('is the answer where none is to be followed', async () => {
    await using server = await startHttpServer(countdown);
    const seen = await lookOnce({ url: `${server.url}/1`, redirects: 'none', expect: { status: 302 } });
    expect(failureOf(seen)).toBe('up');
    expect(sampleOf(seen.measures, 'redirects')).toBe(0);
    expect(sampleOf(seen.measures, 'size')).toBe('elsewhere'.length);
  });

  test('without a Location is the answer', async () => {
    await using server = await startHttpServer((_, response) => response.writeHead(304).end());
    expect(failureOf(await lookOnce({ url: server.url }))).toBe('assertion: expected status 2xx, got 304');
  });

  test('adds its phases to those of the answer', async () => {
    await using server = await startHttpServer(async (request, response) => {
      await sleep(50);
      countdown(request, response);
    });
    const { measures } = await lookOnce({ url: `${server.url}/2` });
    expect(sampleOf(measures, 'processing')).toBeGreaterThanOrEqual(0.14);
  });

  test.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [303, 'HEAD', 'HEAD', ''],
    [302, 'PUT', 'PUT', 'hello'],
    [307, 'POST', 'POST', 'hello'],
    [308, 'POST', 'POST', 'hello'],
  ])('with %i after %s asks by %s', async (status, method, expected, body) => {
    await using server = await startHttpServer(to('/end', status));
    await lookOnce({ url: `${server.url}/start`, method, ...(method === 'HEAD' ? {} : { body: 'hello' }) });
    expect(server.requests.at(-1)).toMatchObject({ method: expected, url: '/end', body });
  });

  test('to another origin takes no credentials along', async () => {
    await using other = await startHttpServer((_, response) => response.end('UP'));
    await using server = await startHttpServer(to(`http://user:word@127.0.0.1:${other.port}/end`));
    const headers = { Cookie: 'a=b', 'X-Api-Key': 'k', 'X-Auth-Token': 't', Host: 'shop.example', 'X-Tenant': '7' };
    await lookOnce({ url: `${server.url}/start`, auth: { bearer: 'secret' }, headers });
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer secret', cookie: 'a=b' });
    expect(other.requests[0]?.headers).toEqual({
      host: `127.0.0.1:${other.port}`,
      'user-agent': 'Outrider',
      accept: '*/*',
      'x-tenant': '7',
      connection: 'close',
    });
  });

  test('from http to https is one to another origin', () => {
    const settings = http.schema.parse({ type: 'http', url: 'http://api.example/', auth: { bearer: 'secret' } });
    const url = new URL(settings.url.reveal());
    const parts = requestParts(settings, url);
    const next = followRedirect({ request: buildRequest(url, parts), parts }, 301, 'https://api.example/');
    expect(typeof next === 'string' ? next : next.request.bytes.toString()).not.toContain('secret');
  });

  test('within one origin keeps them', async () => {
    await using server = await startHttpServer(to('/end'));
    await lookOnce({ url: `${server.url}/start`, auth: { bearer: 'secret' } });
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer secret');
  });

  test.each([
    ['ftp://elsewhere.example/', 'redirects to ftp:, which is not HTTP'],
    ['http://', 'redirects to something that is not a URL'],
    ['file:///etc/passwd', 'redirects to file:, which is not HTTP'],
  ])('to %s is not followed', async (location, problem) => {
    await using server = await startHttpServer(to(location));
    const failure = failureOf(await lookOnce({ url: `${server.url}/start` }));
    expect(failure).toBe(`protocol: 127.0.0.1:${server.port} ${problem}`);
  });

  test('says where it led without what its query may hide', async () => {
    await using server = await startHttpServer(to('/end?token=s3cret'));
    const seen = await lookOnce({ url: `${server.url}/start`, expect: { body: 'DOWN' } });
    expect(seen.evidence?.['redirects']).toBe(`${server.url}/end`);
    expect(JSON.stringify(seen)).not.toContain('s3cret');
  });
});
