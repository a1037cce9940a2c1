import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, type Point } from '../../src/core/history.ts';
import type { HistoryAsk, View } from '../../src/web/view.ts';
import { NOW_MS, siteOf, targetView, viewOf } from '../support/site.ts';

const PATH = '/api/v1/targets/api/history';
const point = (given: Partial<Point>): Point => ({
  ...{ atMs: NOW_MS, count: 0, down: 0, inconclusive: 0, maintained: 0 },
  ...given,
});

function site(answer: Awaited<ReturnType<View['history']>>, loopback = true) {
  const asked: HistoryAsk[] = [];
  const view = viewOf({
    targets: [targetView({ name: 'api' })],
    history: async (ask) => {
      asked.push(ask);
      return answer;
    },
  });
  const { hono } = siteOf(view, { loopback });
  return { asked, get: (query = '') => hono.request(`${PATH}${query}`) };
}

const NOTHING = { unit: 'seconds' as const, stepMs: 300_000, series: [], changes: [] };

describe('the history of a target', () => {
  it('is that of its results in the last day where nothing else is asked for', async () => {
    const { asked, get } = site(NOTHING);
    expect(await (await get()).json()).toEqual({
      target: 'api',
      measure: 'duration',
      unit: 'seconds',
      from: '2026-02-28T12:00:00.000Z',
      to: '2026-03-01T12:00:00.000Z',
      step: '5m',
      series: [],
      changes: [],
    });
    expect(asked).toEqual([
      { target: 'api', measure: 'duration', fromMs: NOW_MS - DAY_MS, toMs: NOW_MS, stepMs: undefined },
    ]);
  });

  it('says of each span how many results there were and how long they took', async () => {
    const good = point({ count: 6, down: 1, mean: 0.2, min: 0.1, max: 0.4, p50: 0.2, p95: 0.38, p99: 0.4 });
    const points = [good, point({ atMs: NOW_MS + MINUTE_MS, inconclusive: 2, maintained: 4 })];
    const { get } = site({ ...NOTHING, series: [{ labels: {}, points }] });
    const { series } = (await (await get()).json()) as { series: unknown };
    expect(series).toEqual([
      {
        labels: {},
        points: [
          {
            ...{ at: '2026-03-01T12:00:00.000Z', up: 6, down: 1, inconclusive: 0, maintenance: 0 },
            ...{ mean: 0.2, min: 0.1, max: 0.4, p50: 0.2, p95: 0.38, p99: 0.4 },
          },
          { at: '2026-03-01T12:01:00.000Z', up: 0, down: 0, inconclusive: 2, maintenance: 4 },
        ],
      },
    ]);
  });

  it('of another measure has the values of each instance', async () => {
    const points = [point({ count: 2, mean: 3, min: 1, max: 5 })];
    const { asked, get } = site({
      unit: 'count',
      stepMs: HOUR_MS,
      series: [{ labels: { group: 'a' }, points }],
      changes: [],
    });
    const query = '?measure=lag&from=2026-02-01T00:00:00Z&to=2026-02-02T00:00:00%2B01:00&step=1h';
    expect(await (await get(query)).json()).toMatchObject({
      ...{ measure: 'lag', unit: 'count', step: '1h' },
      series: [
        { labels: { group: 'a' }, points: [{ at: '2026-03-01T12:00:00.000Z', count: 2, mean: 3, min: 1, max: 5 }] },
      ],
    });
    const [ask] = asked;
    expect(ask).toMatchObject({ measure: 'lag', stepMs: HOUR_MS, toMs: Date.parse('2026-02-01T23:00:00Z') });
  });

  it('has the changes of state; why, only where messages may be read', async () => {
    const changes = [
      { atMs: NOW_MS, target: 'api', alertname: 'HttpDown', from: 'pending', to: 'firing' },
      { atMs: NOW_MS - 1000, target: 'api', from: 'up', to: 'down', message: 'connection refused' },
    ];
    const shown = async (loopback: boolean) =>
      ((await (await site({ ...NOTHING, changes }, loopback).get()).json()) as { changes: unknown }).changes;
    const down = { at: '2026-03-01T11:59:59.000Z', from: 'up', to: 'down' };
    const fires = { at: '2026-03-01T12:00:00.000Z', alertname: 'HttpDown', from: 'pending', to: 'firing' };
    expect(await shown(true)).toEqual([fires, { ...down, message: 'connection refused' }]);
    expect(await shown(false)).toEqual([fires, down]);
  });

  it.each([
    ['?from=yesterday', 'from', 'expected a time as in RFC 3339, like 2030-01-01T12:00:00Z'],
    ['?to=2026-02-30T00:00:00Z', 'to', 'expected a time as in RFC 3339, like 2030-01-01T12:00:00Z'],
    ['?from=2026-03-02T00:00:00Z', 'from', 'does not lie before "to"'],
    ['?step=90s', 'step', 'expected whole minutes, or from an hour on whole hours, like 5m or 6h'],
    ['?step=90m', 'step', 'expected whole minutes, or from an hour on whole hours, like 5m or 6h'],
    ['?step=soon', 'step', 'expected whole minutes, or from an hour on whole hours, like 5m or 6h'],
    ['?step=1m&from=2026-02-01T00:00:00Z', 'step', 'gives more than 1500 points: expected a longer one'],
  ])('refuses %s', async (query, parameter, detail) => {
    const { asked, get } = site(NOTHING);
    const response = await get(query);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ parameter, detail }] });
    expect(asked).toEqual([]);
  });

  it('of a measure that it does not have is refused', async () => {
    const response = await site({ wrong: 'expected one of up, duration' }).get('?measure=x');
    expect([response.status, await response.json()]).toMatchObject([400, { errors: [{ parameter: 'measure' }] }]);
  });

  it('that cannot be read now is 503', async () => {
    const response = await site({ unavailable: 'history cannot be read now' }).get();
    expect([response.status, await response.json()]).toMatchObject([503, { detail: 'history cannot be read now' }]);
  });

  it('of nobody is 404', async () => {
    expect((await siteOf().hono.request(PATH)).status).toBe(404);
  });
});

describe('how a target fared lately', () => {
  const summary = {
    '24h': point({ count: 9, down: 1, mean: 0.2, min: 0.1, max: 0.4, p50: 0.21, p95: 0.38, p99: 0.4 }),
    '7d': point({ down: 4 }),
  };
  const view = viewOf({
    targets: [targetView({ name: 'api' }), targetView({ name: 'new' })],
    summaries: async (names) => new Map(names.filter((name) => name === 'api').map((name) => [name, summary] as const)),
  });

  it('is in its view and in the list; nothing is said of what is not known', async () => {
    const one = {
      uptime: { '24h': 0.9, '7d': 0 },
      durationsMs: { '24h': { mean: 200, p50: 210, p95: 380, p99: 400 } },
    };
    expect(await (await siteOf(view).hono.request('/api/v1/targets/api')).json()).toMatchObject(one);
    const [api, fresh] = (await (await siteOf(view).hono.request('/api/v1/targets')).json()) as readonly object[];
    expect(api).toMatchObject(one);
    expect(Object.keys(fresh ?? {})).not.toContain('uptime');
    expect(Object.keys(fresh ?? {})).not.toContain('durationsMs');
  });

  it('is on its page', async () => {
    expect(await (await siteOf(view).hono.request('/targets/api')).text()).toContain('24h 90 %, 7d 0 %');
    expect(await (await siteOf(view).hono.request('/targets/new')).text()).not.toContain('Uptime');
  });
});
