import { describe, expect, it } from 'vitest';
import type { ReceivedAlert } from '../../src/web/view.ts';
import { NOW_MS } from '../support/site.ts';
import { asked, open, post } from './writing.ts';

const HOUR_MS = 3_600_000;

describe('POST /api/v2/alerts', () => {
  const alert = (alertname: string, more: object = {}) => ({ labels: { alertname }, ...more });

  it('takes what Alertmanager’s clients send, and answers with nothing', async () => {
    const { calls, site } = asked('receive');
    const response = await post(site, '/api/v2/alerts', [
      {
        labels: { alertname: 'DiskFull', instance: 'db:9100', empty: '' },
        annotations: { summary: 'the disk is full' },
        startsAt: '2026-03-01T11:59:00.123456789Z',
        endsAt: '2026-03-01T13:04:00+01:00',
        generatorURL: 'http://prometheus:9090/graph?g0.expr=up',
      },
      alert('Short'),
    ]);
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(calls).toEqual([
      [
        {
          labels: { alertname: 'DiskFull', instance: 'db:9100' },
          annotations: { summary: 'the disk is full' },
          startsAtMs: NOW_MS - 60_000 + 123,
          endsAtMs: NOW_MS + 240_000,
          generatorUrl: 'http://prometheus:9090/graph?g0.expr=up',
        },
        {
          labels: { alertname: 'Short' },
          annotations: {},
          startsAtMs: NOW_MS,
          endsAtMs: undefined,
          generatorUrl: undefined,
        },
      ] satisfies ReceivedAlert[],
    ]);
  });

  it.each([
    [{ startsAt: '0001-01-01T00:00:00Z', endsAt: '0001-01-01T00:00:00.000Z' }, NOW_MS, undefined],
    [{ endsAt: '2026-03-01T11:00:00Z' }, NOW_MS - HOUR_MS, NOW_MS - HOUR_MS],
    [{ endsAt: '2026-03-01T13:00:00Z' }, NOW_MS, NOW_MS + HOUR_MS],
    [{ startsAt: '2026-03-01T13:00:00Z' }, NOW_MS + HOUR_MS, undefined],
  ])('reads %j as Alertmanager does', async (times, startsAtMs, endsAtMs) => {
    const { calls, site } = asked('receive');
    expect((await post(site, '/api/v2/alerts', [alert('A', times)])).status).toBe(200);
    expect(calls).toMatchObject([[{ startsAtMs, endsAtMs }]]);
  });

  it('passes over keys that it does not know, as what Alertmanager itself answers has', async () => {
    const { calls, site } = asked('receive');
    const read = alert('A', { fingerprint: 'x', receivers: [], status: {}, updatedAt: 'x' });
    expect((await post(site, '/api/v2/alerts', [read])).status).toBe(200);
    expect(calls).toHaveLength(1);
  });

  it('takes an empty batch', async () => {
    expect((await post(open(), '/api/v2/alerts', [])).status).toBe(200);
  });

  it.each([
    [
      alert('Bad', { endsAt: 'soon' }),
      '#/1/endsAt',
      'expected a time as RFC 3339 writes it, such as 2026-03-01T12:00:00Z (Bad)',
    ],
    [{ labels: {} }, '#/1/labels', 'expected at least one label that is not empty'],
    [{ labels: { alertname: '' } }, '#/1/labels', 'expected at least one label that is not empty'],
    [{ annotations: {} }, '#/1/labels', 'missing; expected an object'],
    [{ labels: { alertname: 'N', n: 1 } }, '#/1/labels/n', 'expected a text, got a number (N)'],
    [
      alert('Late', { startsAt: '2026-03-01T12:00:00Z', endsAt: '2026-03-01T11:00:00Z' }),
      '#/1/endsAt',
      'lies before startsAt (Late)',
    ],
    ['x', '#/1', 'expected an object, got a text'],
  ])('with %j among good ones takes none, and says which and why', async (bad, pointer, detail) => {
    const { calls, site } = asked('receive');
    const response = await post(site, '/api/v2/alerts', [alert('Good'), bad, alert('Good too')]);
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { detail: `nothing of this batch was taken: ${pointer.slice(2)}: ${detail}`, errors: [{ detail, pointer }] },
    ]);
    expect(calls).toEqual([]);
  });

  it('takes a whole batch of Prometheus with long annotations, and no more than is bounded', async () => {
    const { calls, site } = asked('receive');
    const long = Array.from({ length: 256 }, (_, index) =>
      alert(`A${index}`, { annotations: { description: 'x'.repeat(12_000) } }),
    );
    expect((await post(site, '/api/v2/alerts', long)).status).toBe(200);
    expect(calls).toMatchObject([{ length: 256 }]);
    const many = Array.from({ length: 2001 }, (_, index) => alert(`A${index}`));
    expect((await post(site, '/api/v2/alerts', many)).status).toBe(400);
  });
});
