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
          origin: 'own',
          group: 'g',
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

describe('GET /api/v1/alerts/FINGERPRINT', () => {
  const alert = alertView({ target: 'api', state: 'silenced', silencedBy: ['s1'], value: 1.2, threshold: 0.8 });
  const view = viewOf({
    alerts: [alert],
    explain: (fingerprint) =>
      fingerprint === alert.fingerprint
        ? {
            alert,
            condition: 'duration > 800ms',
            forMs: 60_000,
            keepFiringForMs: 0,
            tests: [
              {
                text: 'duration > 800ms',
                readings: [
                  { labels: {}, holds: true, valueText: '1.2s', thresholdText: '800ms', value: 1.2, threshold: 0.8 },
                ],
              },
            ],
            because: ['silence s1 of alice keeps it quiet'],
          }
        : undefined,
  });

  it('tells the alert with its condition, what was seen, and why it is so', async () => {
    expect(await json(siteOf(view), '/api/v1/alerts/00000000000000aa')).toMatchObject({
      alertname: 'HttpDown',
      state: 'silenced',
      silencedBy: ['s1'],
      value: 1.2,
      threshold: 0.8,
      origin: 'own',
      group: 'g',
      condition: 'duration > 800ms',
      forMs: 60_000,
      tests: [{ text: 'duration > 800ms', readings: [{ holds: true, valueText: '1.2s', thresholdText: '800ms' }] }],
      because: ['silence s1 of alice keeps it quiet'],
    });
  });

  it('tells no sentence and no value in words where others can listen and no token is configured', async () => {
    const shown = await json(siteOf(view, { loopback: false }), '/api/v1/alerts/00000000000000aa');
    expect(shown).toMatchObject({ because: [], tests: [{ readings: [{ holds: true, value: 1.2, threshold: 0.8 }] }] });
    expect(JSON.stringify(shown)).not.toMatch(/alice|1\.2s/);
  });

  it('of one that is not active is 404', async () => {
    expect((await siteOf(view).hono.request('/api/v1/alerts/ff')).status).toBe(404);
  });
});

it('annotations of alerts from elsewhere are shown to nobody unknown, for they may quote anything', async () => {
  const alert = alertView({ target: 'api', origin: 'external', annotations: { summary: 'db:5432 said hunter22' } });
  const shown = await json(siteOf(viewOf({ alerts: [alert] }), { loopback: false }), '/api/v1/alerts');
  expect(shown).toMatchObject([{ annotations: {} }]);
});
