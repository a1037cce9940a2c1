import { describe, expect, it } from 'vitest';
import type { Notice } from '../../src/core/alert.ts';
import { alertmanager } from '../../src/notify/alertmanager.ts';
import type { ReceiverEnvironment } from '../../src/notify/contract.ts';
import { ALERT, environment, FIRING, NOW_MS, OK, openPeer, send, serverOf } from '../support/receiver.ts';

/** What one POST of these notices holds. */
async function posted(notices: readonly Notice[], keys: Record<string, unknown> = {}): Promise<unknown> {
  const server = await serverOf(OK);
  expect(await send(await openPeer({ urls: [server.url], ...keys }), { changed: notices })).toEqual({ ok: true });
  return JSON.parse(server.requests[0]?.body ?? '');
}

/** The labels of the alert that is posted in these surroundings. */
async function labelsPosted(changes: Partial<ReceiverEnvironment>): Promise<unknown> {
  const server = await serverOf(OK);
  await send(await openPeer({ urls: [server.url] }, changes));
  const [alert] = JSON.parse(server.requests[0]?.body ?? '[]') as readonly { readonly labels: unknown }[];
  return alert?.labels;
}

describe('what Alertmanager is sent', () => {
  it('is a POST of JSON to the API of version 2', async () => {
    const server = await serverOf(OK);
    await send(await openPeer({ urls: [server.url] }));
    expect(server.requests.map(({ method, url, headers }) => [method, url, headers['content-type']])).toEqual([
      ['POST', '/api/v2/alerts', 'application/json'],
    ]);
  });

  it('is for a firing alert its beginning, and an end four minutes ahead', async () => {
    expect(await posted([FIRING])).toEqual([
      {
        labels: {
          alertname: 'PostgresDown',
          service: 'shop',
          target: 'database',
          type: 'postgres',
          severity: 'P1',
          env: 'production',
        },
        annotations: { summary: 'Postgres database is down', description: 'connection refused by 127.0.0.1:5432' },
        startsAt: '2026-11-21T02:59:58.500Z',
        endsAt: '2026-11-21T03:04:00.000Z',
        generatorURL: 'https://outrider.example.com/targets/database',
      },
    ]);
  });

  it('is for an alert that ended its true end, without a link where there is none', async () => {
    const { generatorUrl: _, ...rest } = ALERT;
    const alert = { ...rest, generatorUrl: undefined };
    expect(await posted([{ status: 'resolved', alert, endsAtMs: NOW_MS - 250 }])).toEqual([
      {
        labels: ALERT.labels,
        annotations: ALERT.annotations,
        startsAt: '2026-11-21T02:59:58.500Z',
        endsAt: '2026-11-21T02:59:59.750Z',
      },
    ]);
  });

  it('is in the words of its severities, and marked where Outrider tells people itself', async () => {
    expect(await labelsPosted({ severityLabel: () => 'critical' })).toEqual({
      ...ALERT.labels,
      severity: 'critical',
      priority: 'P1',
    });
    expect(await labelsPosted({ reachesPeople: true })).toEqual({ ...ALERT.labels, pager: 'outrider' });
  });

  it('never ends before it begins, even where the clock was set back: that would be refused', async () => {
    const hour = 3_600_000;
    const later = { ...ALERT, startsAtMs: NOW_MS + hour };
    const both = [
      { status: 'firing', alert: later },
      { status: 'resolved', alert: later, endsAtMs: NOW_MS },
    ] as const;
    const times = (await posted(both)) as readonly { startsAt: string; endsAt: string }[];
    for (const { startsAt, endsAt } of times) expect(Date.parse(endsAt)).toBeGreaterThanOrEqual(Date.parse(startsAt));
  });

  it('has the labels of the receiver, where the alert has none of that name', async () => {
    const sent = await posted([FIRING], { labels: { pager: 'outrider', env: 'test' } });
    expect(sent).toMatchObject([{ labels: { pager: 'outrider', env: 'production' } }]);
  });

  it('keeps the order and the number of the notices', async () => {
    const named = (name: string): Notice => ({ status: 'firing', alert: { ...ALERT, labels: { alertname: name } } });
    const sent = await posted(['C', 'A', 'B'].map(named));
    expect(sent).toMatchObject([
      { labels: { alertname: 'C' } },
      { labels: { alertname: 'A' } },
      { labels: { alertname: 'B' } },
    ]);
  });

  it.each([
    ['/am', '/am/api/v2/alerts'],
    ['am/', '/am/api/v2/alerts'],
    ['/', '/api/v2/alerts'],
  ])('goes with the path prefix %j to %s', async (prefix, path) => {
    const server = await serverOf(OK);
    await send(await openPeer({ urls: [server.url], path_prefix: prefix }));
    expect(server.requests[0]?.url).toBe(path);
  });

  it('goes below the path of the URL', async () => {
    const server = await serverOf(OK);
    await send(await openPeer({ urls: [`${server.url}/one/`], path_prefix: 'two' }));
    expect(server.requests[0]?.url).toBe('/one/two/api/v2/alerts');
  });
});

describe('who asks', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  it.each<[string, Record<string, unknown>, (url: string) => string, string | undefined]>([
    ['nobody', {}, (url) => url, undefined],
    ['a user', { auth: { basic: { username: 'alice', password: 'pä:ss' } } }, (url) => url, basic('alice:pä:ss')],
    ['a token', { auth: { bearer: 'otr_abc' } }, (url) => url, 'Bearer otr_abc'],
    ['the user of the URL', {}, (url) => url.replace('//', '//bob:p%40ss@'), basic('bob:p@ss')],
    ['a user whose password has a bare %', {}, (url) => url.replace('//', '//bob:100%@'), basic('bob:100%')],
    [
      'a user beside the URL’s',
      { auth: { basic: { username: 'a', password: 'b' } } },
      (url) => url.replace('//', '//c:d@'),
      basic('a:b'),
    ],
  ])('is %s', async (_, keys, urlOf, expected) => {
    const server = await serverOf(OK);
    const peer = await openPeer({ urls: [urlOf(server.url)], ...keys });
    await send(peer);
    expect(server.requests[0]?.headers.authorization).toBe(expected);
    expect(peer.name).toBe(server.url);
  });
});

it('a receiver has a peer for each URL, named without its password', async () => {
  const settings = alertmanager.schema.parse({
    type: 'alertmanager',
    urls: ['http://user:canary@one:9093/path?token=canary', 'https://two'],
  });
  const peers = await alertmanager.open(settings, environment());
  expect(peers.map(({ name }) => name)).toEqual(['http://one:9093/path', 'https://two']);
  await Promise.all(peers.map((peer) => peer[Symbol.asyncDispose]()));
});

it.each([{}, { basic: { username: 'a', password: 'b' }, bearer: 'c' }])(
  'a receiver with the credentials %j is refused',
  (auth) => {
    const { error } = alertmanager.schema.safeParse({ type: 'alertmanager', urls: ['http://one'], auth });
    expect(error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [['auth'], 'expected one of basic and bearer'],
    ]);
  },
);
