import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertView, NOW_MS, siteOf, targetView, viewOf, withTokens } from '../support/site.ts';

const database = targetView({
  name: 'database',
  type: 'postgres',
  status: 'down',
  reason: 'refused',
  message: 'connection refused by 127.0.0.1:5432',
  evidence: { connections: '97 of 100' },
  sinceMs: NOW_MS - 60_000,
  alerts: [
    alertView({
      target: 'database',
      annotations: { summary: 'Postgres database is down', description: 'connection refused by 127.0.0.1:5432' },
    }),
  ],
});

const json = async (site: ReturnType<typeof siteOf>, path: string): Promise<unknown> =>
  (await site.hono.request(path)).json();

describe('GET /api/v1/targets/NAME', () => {
  it('tells what is known, with times in RFC 3339', async () => {
    expect(await json(siteOf(viewOf({ targets: [database] })), '/api/v1/targets/database')).toEqual({
      name: 'database',
      type: 'postgres',
      status: 'down',
      reason: 'refused',
      message: 'connection refused by 127.0.0.1:5432',
      since: '2026-03-01T11:59:00.000Z',
      lastProbe: '2026-03-01T11:59:58.000Z',
      durationMs: 12.5,
      measures: [],
      evidence: { connections: '97 of 100' },
      alerts: [
        {
          alertname: 'HttpDown',
          target: 'database',
          severity: 'P1',
          state: 'firing',
          since: '2026-03-01T11:59:00.000Z',
          labels: { alertname: 'HttpDown', target: 'database' },
          annotations: { summary: 'Postgres database is down', description: 'connection refused by 127.0.0.1:5432' },
          fingerprint: '00000000000000aa',
        },
      ],
    });
  });

  it.each([
    ['firing', true],
    ['suppressed', true],
    ['pending', false],
  ] as const)('calls a target with a %s alert degraded: %s', async (state, degraded) => {
    const target = targetView({ name: 'api', alerts: [alertView({ target: 'api', state })] });
    const shown = await json(siteOf(viewOf({ targets: [target] })), '/api/v1/targets/api');
    expect(shown).toMatchObject(degraded ? { status: 'up', degraded } : { status: 'up' });
    expect(Object.hasOwn(Object(shown), 'degraded')).toBe(degraded);
  });

  it.each(['a/b', 'ä ö', '100%', 'a%2Fb', '?x#y'])('finds a target named %j', async (name) => {
    const site = siteOf(viewOf({ targets: [targetView({ name })] }));
    expect(await json(site, `/api/v1/targets/${encodeURIComponent(name)}`)).toMatchObject({ name });
  });

  it('answers an unknown name with a problem that says it', async () => {
    const response = await siteOf().hono.request('/api/v1/targets/nope');
    expect(response.status).toBe(404);
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'there is no target named "nope"',
    });
  });
});

describe('messages and evidence', () => {
  const views = ['/api/v1/targets/database', '/api/v1/targets', '/api/v1/alerts', '/', '/targets/database'];
  const quotes = /connection refused|97 of 100/;

  it.each(views)('are not in %s where others can listen and no token is configured', async (path) => {
    const { hono } = siteOf(viewOf({ targets: [database] }), { loopback: false });
    const text = await (await hono.request(path)).text();
    expect(text).not.toMatch(quotes);
    expect(text).toMatch(/database/);
    expect(text).toMatch(/Postgres database is down|refused/);
  });

  it.each(views)('are in %s on loopback, and elsewhere once a token is configured', async (path) => {
    const view = viewOf({ targets: [database] });
    for (const { hono } of [siteOf(view), siteOf(view, { loopback: false, auth: withTokens('public', 'write') })])
      expect(await (await hono.request(path)).text()).toMatch(quotes);
  });
});

/** Reads a list to its end along its Link headers. */
async function wholeList(site: ReturnType<typeof siteOf>, first: string): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  let path: string | undefined = first;
  while (path !== undefined) {
    const response: Response = await site.hono.request(path);
    rows.push(...((await response.json()) as Record<string, unknown>[]));
    const reference = /^<([^>]*)>; rel="next"$/.exec(response.headers.get('Link') ?? '')?.[1];
    path = reference === undefined ? undefined : new URL(reference, new URL(path, 'http://outrider')).href;
  }
  return rows;
}

describe('a list', () => {
  it('of targets comes by name, each exactly once, whatever the page size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.string({ minLength: 1 })),
        fc.integer({ min: 1, max: 12 }),
        async (names, limit) => {
          const site = siteOf(viewOf({ targets: names.map((name) => targetView({ name })) }));
          const listed = await wholeList(site, `/api/v1/targets?limit=${limit}`);
          expect(listed.map((row) => row['name'])).toEqual(names.toSorted());
        },
      ),
      { numRuns: 50 },
    );
  });

  it('of alerts comes newest first, each exactly once, whatever the page size', async () => {
    const age = fc.integer({ min: 0, max: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(age, { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), async (ages, limit) => {
        const alerts = ages.map((minutes, place) =>
          alertView({
            target: 'api',
            fingerprint: place.toString(16).padStart(16, '0'),
            startsAtMs: NOW_MS - minutes * 60_000,
          }),
        );
        const listed = await wholeList(siteOf(viewOf({ alerts })), `/api/v1/alerts?limit=${limit}`);
        expect(listed.map((row) => row['fingerprint']).toSorted()).toEqual(
          alerts.map((alert) => alert.fingerprint).toSorted(),
        );
        const since = listed.map((row) => String(row['since']));
        expect(since).toEqual(since.toSorted().toReversed());
      }),
      { numRuns: 50 },
    );
  });

  it('goes on after a target that a reload took away', async () => {
    const site = siteOf(viewOf({ targets: ['a', 'c'].map((name) => targetView({ name })) }));
    expect(await json(site, '/api/v1/targets?after=b')).toMatchObject([{ name: 'c' }]);
  });

  it.each(['0', '1001', '-1', 'x', '1.5', ''])('refuses the limit %j and says where the mistake is', async (limit) => {
    const response = await siteOf().hono.request(`/api/v1/targets?limit=${limit}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ parameter: 'limit', detail: `expected a number from 1 to 1000, got "${limit}"` }],
    });
  });

  it('refuses a cursor that no page gave', async () => {
    expect((await siteOf().hono.request('/api/v1/alerts?after=yesterday')).status).toBe(400);
  });
});

describe('health and reload', () => {
  it.each(['/-/healthy', '/healthz'])('%s is 200 while the process lives, also for HEAD', async (path) => {
    const { hono } = siteOf(viewOf({ readiness: () => ({ ready: false, checked: 0, targets: 1 }) }));
    expect((await hono.request(path)).status).toBe(200);
    const head = await hono.request(path, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it.each(['/-/ready', '/readyz'])('%s says how many targets have been checked', async (path) => {
    const { hono } = siteOf(viewOf({ readiness: () => ({ ready: true, checked: 3, targets: 4 }) }));
    const response = await hono.request(path);
    expect([response.status, await response.json()]).toEqual([200, { ready: true, checked: 3, targets: 4 }]);
  });

  it('/-/ready is 503 until the daemon does its work', async () => {
    const { hono } = siteOf(viewOf({ readiness: () => ({ ready: false, checked: 0, targets: 4 }) }));
    expect((await hono.request('/-/ready')).status).toBe(503);
  });

  it.each(['POST', 'PUT'])('%s /-/reload names every mistake of a bad config', async (method) => {
    const problems = ['outrider.yml:3:5: expected a duration', 'outrider.yml:9:1: unknown key'];
    const { hono } = siteOf(viewOf({ reload: async () => ({ ok: false, problems }) }), {
      auth: withTokens('public', 'admin'),
    });
    const response = await hono.request('/-/reload', {
      method,
      headers: { Authorization: 'Bearer otr_admin_0123456789abcdef' },
    });
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ errors: problems.map((detail) => ({ detail })) });
  });
});

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
