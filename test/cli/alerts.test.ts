import { describe, expect, it } from 'vitest';
import { alertView, viewOf } from '../support/site.ts';
import { watch } from './watched.ts';

const root = alertView({
  target: 'database',
  fingerprint: 'a1b2c3d4e5f60718',
  severity: 'P0',
  labels: { alertname: 'PostgresDown' },
  annotations: { summary: 'Postgres database is down' },
  startsAtMs: Date.now() - 65_500,
});
const symptom = alertView({
  target: 'api',
  fingerprint: 'a1ffffffffffffff',
  state: 'suppressed',
  suppressedBy: [root.fingerprint],
});
const silenced = alertView({
  target: 'cache',
  fingerprint: '0123456789abcdef',
  state: 'silenced',
  silencedBy: ['5ce1a8f0-1c1d-4d7e-8a53-0f6f8f1f2b3a', 'backup@2026-03-01T03:00:00Z'],
});
const alerts = [silenced, symptom, root];

describe('outrider alerts', () => {
  it('is a table, what fires first, with what covers the rest', async () => {
    await using watched = await watch(viewOf({ alerts }));
    const { code, out } = await watched.type(['alerts']);
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(code).toBe(0);
    expect(rows[0]).toEqual(['FINGERPRINT', 'SEVERITY', 'STATE', 'ALERT', 'TARGET', 'FOR', 'SUMMARY']);
    expect(rows[1]).toEqual([
      'a1b2c3d4',
      'P0',
      'firing',
      'PostgresDown',
      'database',
      '1m5s',
      'Postgres database is down',
    ]);
    expect(rows[2]?.[2]).toBe('suppressed by database');
    expect(rows[3]?.[2]).toBe('silenced by 5ce1a8f0, backup@2026-03-01T03:00:00Z');
  });

  it('says beside the answer that there is none', async () => {
    await using watched = await watch(viewOf());
    expect(await watched.type(['alerts'])).toMatchObject({ code: 0, out: '', err: 'no alert is active\n' });
    expect(await watched.type(['alerts', '--json'])).toMatchObject({ code: 0, out: '[]\n', err: '' });
  });
});

describe('outrider alerts --explain', () => {
  const view = viewOf({
    alerts,
    explain: (fingerprint) => ({
      alert: alerts.find((each) => each.fingerprint === fingerprint) ?? root,
      condition: 'p95(duration) over 5m > 800ms',
      forMs: 120_000,
      keepFiringForMs: 0,
      tests: [
        {
          text: 'p95(duration) over 5m > 800ms',
          readings: [
            {
              labels: { phase: 'all' },
              holds: true,
              valueText: '1.2s',
              thresholdText: '800ms',
              value: 1.2,
              threshold: 0.8,
            },
          ],
          window: { overMs: 300_000, results: 30, needed: 15 },
        },
      ],
      because: ['database (PostgresDown) is down and explains it'],
    }),
  });

  it('tells what was compared with what, and what covers it', async () => {
    await using watched = await watch(view);
    const { code, out } = await watched.type(['alerts', '--explain', 'a1ff']);
    expect(code).toBe(0);
    expect(out.replace(/ for \w+$/m, ' for a while')).toBe(
      [
        'HttpDown on api: P1, suppressed for a while',
        '  HTTP api is down',
        '',
        '  condition        p95(duration) over 5m > 800ms',
        '  for              2m',
        '  fingerprint      a1ffffffffffffff',
        '',
        '  - database (PostgresDown) is down and explains it',
        '',
        'TEST                           OF         VALUE  THRESHOLD  HOLDS  RESULTS',
        'p95(duration) over 5m > 800ms  phase=all  1.2s   800ms      yes    30 of 15 needed in 5m',
        '',
      ].join('\n'),
    );
  });

  it.each([
    [
      'a1',
      2,
      'error: "a1" begins the fingerprints of 2 alerts:\n  a1b2c3d4e5f60718  PostgresDown database\n  a1ffffffffffffff  HttpDown api\n',
    ],
    ['ffff', 1, 'error: no active alert has a fingerprint that begins with "ffff"; outrider alerts lists them\n'],
    ['', 1, 'error: no active alert has a fingerprint that begins with ""; outrider alerts lists them\n'],
  ])('of "%s" is exit %i', async (beginning, code, err) => {
    await using watched = await watch(viewOf({ alerts: alerts.toReversed() }));
    expect(await watched.type(['alerts', '--explain', beginning])).toMatchObject({ code, out: '' });
    expect((await watched.type(['alerts', '--explain', beginning])).err.split('\n').toSorted()).toEqual(
      err.split('\n').toSorted(),
    );
  });

  it('with --json is the answer of the API', async () => {
    await using watched = await watch(view);
    const { out } = await watched.type(['alerts', '--explain', 'A1B2', '--json']);
    expect(JSON.parse(out)).toEqual(await (await fetch(`${watched.url}/api/v1/alerts/${root.fingerprint}`)).json());
  });
});
