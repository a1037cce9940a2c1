import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { siteOf, targetView, viewOf } from '../support/site.ts';

describe('what is not served', () => {
  it.each([
    ['DELETE', '/metrics', 405, 'GET, HEAD'],
    ['GET', '/-/reload', 405, 'POST, PUT'],
    ['OPTIONS', '/api/v1/targets/x', 405, 'GET, HEAD'],
    ['GET', '/nope', 404, null],
    ['POST', '/nope', 404, null],
  ])('%s %s is %i', async (method, path, status, allow) => {
    const response = await siteOf().hono.request(path, { method });
    expect([response.status, response.headers.get('Allow')]).toEqual([status, allow]);
    expect(await response.json()).toMatchObject({ status });
  });

  it('refuses a URL over 4 KiB and a body over 256 KiB', async () => {
    const { hono } = siteOf();
    expect((await hono.request(`/metrics?target=${'a'.repeat(4096)}`)).status).toBe(414);
    expect((await hono.request(`/${'a'.repeat(4096)}`)).status).toBe(414);
    const body = 'x'.repeat(256 * 1024 + 1);
    const big = await hono.request('/-/reload', {
      method: 'POST',
      body,
      headers: { 'Content-Length': String(body.length) },
    });
    expect(big.status).toBe(413);
  });
});

describe('every answer', () => {
  it.each(['/', '/style.css', '/metrics', '/api/v1/targets', '/-/healthy', '/nope'])(
    '%s carries the security headers',
    async (path) => {
      const { headers } = await siteOf().hono.request(path);
      expect(headers.get('Content-Security-Policy')).toMatch(
        /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/,
      );
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
      expect(headers.get('Referrer-Policy')).toBe('no-referrer');
      expect(headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
      expect(headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
      expect(headers.has('Permissions-Policy')).toBe(true);
      expect(headers.get('Access-Control-Allow-Origin')).toBeNull();
      if (path !== '/style.css') expect(headers.get('Cache-Control')).toBe('no-store');
    },
  );

  it('is a problem without inner words when Outrider itself makes a mistake, which is logged', async () => {
    const site = siteOf(
      viewOf({
        readiness: () => {
          throw new Error('secret-hunter2');
        },
      }),
    );
    const response = await site.hono.request('/-/ready');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('hunter2');
    expect(response.headers.has('Content-Security-Policy')).toBe(true);
    expect(site.log.errors).toEqual(['a request failed']);
  });

  it('is never a 500 because of what was asked', async () => {
    const site = siteOf(viewOf({ targets: [targetView({ name: 'api' })] }));
    const segment = fc.oneof(
      fc.constantFrom(
        'api',
        'v1',
        'targets',
        'alerts',
        'metrics',
        '-',
        'ready',
        '..',
        '%',
        '%2e',
        '%E0%A4',
        '%00',
        ':name',
        '*',
      ),
      fc.webSegment(),
      fc.string(),
    );
    const path = fc.array(segment, { maxLength: 6 }).map((parts) => `/${parts.join('/')}`);
    const query = fc.oneof(
      fc.constant(''),
      fc.webQueryParameters().map((text) => `?${text}`),
      fc.string().map((text) => `?limit=${text}&after=${text}`),
    );
    const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND');
    await fc.assert(
      fc.asyncProperty(method, path, query, async (verb, where, asked) => {
        const response = await site.hono.request(
          new Request(URL.parse(`http://outrider${where}${asked}`)?.href ?? 'http://outrider/', { method: verb }),
        );
        expect(response.status).toBeLessThan(500);
      }),
      { numRuns: 500 },
    );
    expect(site.log.errors).toEqual([]);
  });
});
