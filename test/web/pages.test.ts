import { describe, expect, it } from 'vitest';
import type { Silence } from '../../src/core/silence.ts';
import { measured, roughly, took } from '../../src/web/format.ts';
import type { PlannedMaintenance } from '../../src/web/view.ts';
import { alertView, NOW_MS, siteOf, targetView, viewOf } from '../support/site.ts';

const text = async (site: ReturnType<typeof siteOf>, path: string): Promise<string> =>
  (await site.hono.request(path)).text();

const EVIL = `"><script>alert('x')</script><img src=x onerror=alert(1)>`;
const evil = targetView({
  name: EVIL,
  type: EVIL,
  status: 'down',
  message: EVIL,
  evidence: { [EVIL]: EVIL },
  group: EVIL,
  description: EVIL,
  dependsOn: [EVIL],
  runbook: EVIL,
  dashboard: `javascript:alert('x')`,
  measures: [{ name: EVIL, unit: 'count', value: 1, labels: { [EVIL]: EVIL } }],
  alerts: [
    alertView({
      target: EVIL,
      labels: { alertname: EVIL },
      annotations: { summary: EVIL },
      suppressedBy: ['00000000000000aa'],
      silencedBy: ['s1'],
    }),
  ],
});

const silence = (given: Partial<Silence>): Silence => ({
  id: 's1',
  matchers: [],
  startsAtMs: NOW_MS - 1000,
  endsAtMs: NOW_MS + 7_200_000,
  createdBy: 'alice',
  comment: 'disk swap',
  ...given,
});

describe('text of a target or a user', () => {
  const explain = () => ({
    alert: alertView({
      target: EVIL,
      fingerprint: 'aa',
      origin: 'external',
      labels: { alertname: EVIL, [EVIL]: EVIL },
      annotations: { summary: EVIL, runbook_url: `javascript:alert('x')`, [EVIL]: EVIL },
      generatorUrl: `javascript:alert('x')`,
    }),
    condition: EVIL,
    forMs: 1000,
    keepFiringForMs: 1000,
    tests: [
      { text: EVIL, readings: [{ labels: { [EVIL]: EVIL }, holds: true, valueText: EVIL, thresholdText: EVIL }] },
    ],
    because: [EVIL],
  });

  it.each(['/', `/targets/${encodeURIComponent(EVIL)}`, '/alerts/aa'])(
    'comes out of %s as text, never as HTML',
    async (path) => {
      const silences = () => [silence({ id: 's1', createdBy: EVIL, comment: EVIL })];
      const receivers = () => [{ name: EVIL, status: 'down', waiting: 1, message: EVIL }] as const;
      const site = siteOf(
        viewOf({ targets: [evil], about: () => ({ service: EVIL, version: EVIL }), explain, silences, receivers }),
      );
      const page = await text(site, path);
      expect(page).toContain('&lt;script&gt;');
      expect(page).not.toContain('<script');
      expect(page).not.toContain('<img');
      expect(page).not.toMatch(/href="javascript:/i);
    },
  );

  it.each([
    ['https://runbooks.example.com/api', true],
    ['http://runbooks.example.com/api', true],
    ['javascript:alert(1)', false],
    ['data:text/html,x', false],
    ['ops-handbook, page 12', false],
  ])('is a link where it leads to the web: %s', async (runbook, link) => {
    const page = await text(siteOf(viewOf({ targets: [targetView({ name: 'api', runbook })] })), '/targets/api');
    expect(page).toContain(runbook);
    expect(page.includes(`href="${runbook}"`)).toBe(link);
  });
});

describe('the page at /', () => {
  const database = targetView({
    name: 'database',
    status: 'down',
    reason: 'refused',
    message: 'connection refused by 127.0.0.1:5432',
  });
  const root = alertView({ target: 'database', fingerprint: 'a1', labels: { alertname: 'PostgresDown' } });
  const symptom = alertView({
    target: 'api',
    fingerprint: 'a2',
    state: 'suppressed',
    suppressedBy: ['a1'],
    startsAtMs: NOW_MS - 30_000,
  });

  it('says what is down, why and since when, before what is well', async () => {
    const page = await text(siteOf(viewOf({ targets: [targetView({ name: 'cache' }), database] })), '/');
    expect(page).toContain('<h1>1 of 2 targets is down</h1>');
    expect(page).toContain('connection refused by 127.0.0.1:5432');
    expect(page).toContain('1h ago');
    expect(page.indexOf('>database</a>')).toBeLessThan(page.indexOf('>cache</a>'));
  });

  it('lists the root before its symptom, and says whose symptom it is', async () => {
    const page = await text(siteOf(viewOf({ targets: [database], alerts: [symptom, root] })), '/');
    expect(page.indexOf('PostgresDown')).toBeLessThan(page.indexOf('HttpDown'));
    expect(page).toContain('suppressed</span> by <a href="targets/database">database</a>');
  });

  it.each([
    [[], 'Nothing to watch'],
    [[targetView({ name: 'a' })], 'Everything is up'],
    [[targetView({ name: 'a', status: 'unknown' })], '1 of 1 targets is not known yet'],
    [[targetView({ name: 'a', alerts: [alertView({ target: 'a' })] })], 'Up, but degraded'],
  ])('sums up %#', async (targets, headline) => {
    expect(await text(siteOf(viewOf({ targets })), '/')).toContain(`<h1>${headline}</h1>`);
  });

  it('stays small with 10,000 targets', async () => {
    const targets = Array.from({ length: 10_000 }, (_, place) => targetView({ name: `target-${place}` }));
    const page = await text(siteOf(viewOf({ targets })), '/');
    expect(page.match(/<tr>/g)?.length).toBeLessThan(510);
    expect(page).toContain('9500 more');
  });
});

describe('what keeps an alert quiet', () => {
  const quiet = (silencedBy: readonly string[]) => alertView({ target: 'api', state: 'silenced', silencedBy });
  const maintenance: PlannedMaintenance = {
    id: 'm1',
    name: 'nightly backup',
    targets: ['api'],
    groups: [],
    matchers: [],
    startsAtMs: NOW_MS,
    endsAtMs: NOW_MS + 1_800_000,
  };

  it.each([
    ['s1', 'silence of alice until 2026-03-01 14:00 UTC: disk swap'],
    ['m1', 'maintenance nightly backup until 2026-03-01 12:30 UTC'],
    ['gone', 'silence gone'],
  ])('is named on each page that shows it: %s', async (id, says) => {
    const target = targetView({ name: 'api', alerts: [quiet([id])] });
    const site = siteOf(viewOf({ targets: [target], silences: () => [silence({})], maintenance: () => [maintenance] }));
    for (const path of ['/', '/targets/api', '/alerts/00000000000000aa'])
      expect(await text(site, path)).toContain(says);
  });

  it('is without person and comment where nobody may read details', async () => {
    const target = targetView({ name: 'api', alerts: [quiet(['s1'])] });
    const site = siteOf(viewOf({ targets: [target], silences: () => [silence({})] }), { loopback: false });
    for (const path of ['/', '/targets/api', '/alerts/00000000000000aa']) {
      const page = await text(site, path);
      expect(page).toContain('silence until 2026-03-01 14:00 UTC');
      expect(page).not.toMatch(/alice|disk swap/);
    }
  });
});

describe('the page of an alert', () => {
  const alert = alertView({ target: 'api', labels: { alertname: 'HttpSlow', phase: 'all' } });
  const view = viewOf({
    alerts: [alert],
    explain: () => ({
      alert,
      condition: 'p95(duration) over 5m > 800ms and down',
      forMs: 120_000,
      keepFiringForMs: 0,
      tests: [
        {
          text: 'p95(duration) over 5m > 800ms',
          readings: [{ labels: { phase: 'all' }, holds: true, valueText: '1.2s', thresholdText: '800ms', value: 1.2 }],
          window: { overMs: 300_000, results: 30, needed: 15 },
        },
        { text: 'down', readings: [] },
      ],
      because: ['database (PostgresDown) is down and explains it'],
    }),
  });

  it('tells what was compared with what, and why it is so', async () => {
    const page = await text(siteOf(view), '/alerts/00000000000000aa');
    expect(page).toContain('<title>HttpSlow on api · Outrider</title>');
    for (const said of [
      '<code>p95(duration) over 5m &gt; 800ms and down</code>',
      '<a href="../targets/api">api</a>',
      '30 results in 5m, needs 15',
      '<td>phase=all</td><td class="number">1.2s</td><td class="number">800ms</td><td>yes</td>',
      '<td>no value</td>',
      '<li>database (PostgresDown) is down and explains it</li>',
    ])
      expect(page).toContain(said);
  });

  it('is without sentences and values of a service where nobody may read details', async () => {
    const page = await text(siteOf(view, { loopback: false }), '/alerts/00000000000000aa');
    expect(page).not.toMatch(/explains it|1\.2s/);
    expect(page).toContain('<td class="number">1.2</td><td class="number">800ms</td>');
  });

  it('of one that is not active is a problem', async () => {
    const response = await siteOf().hono.request('/alerts/ff');
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { detail: 'no alert with the fingerprint "ff" is active' },
    ]);
  });
});

describe('references', () => {
  const alerts = [alertView({ target: 'c' })];
  const targets = [targetView({ name: 'a/b', dependsOn: ['c'] }), targetView({ name: 'c', alerts })];
  const site = siteOf(viewOf({ targets }), { externalUrl: 'https://ops.example.com/outrider/' });
  const pages = ['/', '/targets/a%2Fb', '/targets/c', '/alerts/00000000000000aa'];

  it.each([...pages, ...pages.map((path) => `/outrider${path}`)])(
    'of %s all lead to something, also behind a prefix',
    async (path) => {
      const page = await text(site, path);
      const references = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, reference = '']) => reference);
      const own = references.filter((reference) => !/^[a-z]+:/.test(reference));
      expect(own.length).toBeGreaterThan(5);
      for (const reference of own) {
        expect(reference).not.toMatch(/^\//);
        const response = await site.hono.request(new URL(reference, `http://outrider${path}`).href);
        expect([reference, response.status]).toEqual([reference, 200]);
      }
    },
  );

  it('need no script and no other host', async () => {
    expect(await text(site, '/')).not.toMatch(/<script|https?:\/\/|\sstyle=|\son[a-z]+="/);
  });
});

describe('for people', () => {
  it.each([
    [900, '0s'],
    [59_900, '59s'],
    [3_725_000, '1h2m'],
    [90_061_000, '1d1h'],
    [-5, '0s'],
  ])('%d ms lasted %s', (ms, shown) => {
    expect(roughly(ms)).toBe(shown);
  });

  it.each([
    [0.4211, '0.421 ms'],
    [37.26, '37.3 ms'],
    [999.6, '1000 ms'],
    [1254, '1.25 s'],
  ])('%d ms took %s', (ms, shown) => {
    expect(took(ms)).toBe(shown);
  });

  it.each([
    ['count', 1234567, '1,234,567'],
    ['count', 0.12345, '0.123'],
    ['ratio', 0.8123, '81.2 %'],
    ['seconds', 0.0374, '37.4 ms'],
    ['seconds', 7_776_000, '12w6d'],
    ['bytes', 0, '0 B'],
    ['bytes', 53_211, '52 KiB'],
    ['bytes', 5 * 1024 ** 3, '5 GiB'],
    ['count', Number.NaN, 'NaN'],
  ] as const)('a %s of %d is %s', (unit, value, shown) => {
    expect(measured({ name: 'x', unit, value })).toBe(shown);
  });

  it('a measure of words is its word', () => {
    expect(measured({ name: 'lag_status', unit: 'words', value: 2, word: 'STOP' })).toBe('STOP');
  });
});

it('the overview shows who cannot be told first, and why only to those who may know', async () => {
  const receivers = () =>
    [
      { name: 'pager', status: 'up', waiting: 0, sinceMs: NOW_MS },
      { name: 'mail', status: 'down', waiting: 3, message: 'answered 401', sinceMs: NOW_MS - 60_000 },
    ] as const;
  const page = await text(siteOf(viewOf({ receivers })), '/');
  expect(page.indexOf('mail')).toBeLessThan(page.indexOf('pager'));
  expect(page).toContain('answered 401');
  const outside = await text(siteOf(viewOf({ receivers }), { loopback: false }), '/');
  expect(outside).toContain('cannot be told');
  expect(outside).not.toContain('answered 401');
});
