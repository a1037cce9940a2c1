import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Alert, Notice } from '../../src/core/alert.ts';
import { toWebhookPayload } from '../../src/notify/webhook/payload.ts';
import { webhook } from '../../src/notify/webhook/type.ts';
import { ALERT, FIRING, messageOf, NOW_MS, OK, openPeerOf, send, serverOf } from '../support/receiver.ts';

const AROUND = { receiver: 'ops', externalUrl: 'https://outrider.example.com' };
const open = (keys: Record<string, unknown>) => openPeerOf(webhook, keys, AROUND);

const named = (target: string, changes: Partial<Alert> = {}): Alert => ({
  ...ALERT,
  fingerprint: target,
  target,
  labels: { ...ALERT.labels, target },
  ...changes,
});
const firing = (target: string, changes?: Partial<Alert>): Notice => ({
  status: 'firing',
  alert: named(target, changes),
});
const resolved = (target: string, endsAtMs = NOW_MS): Notice => ({
  status: 'resolved',
  alert: named(target),
  endsAtMs,
});

const payloadOf = (changed: readonly Notice[], standing: readonly Alert[] = []) =>
  toWebhookPayload(messageOf({ changed, standing }), AROUND);

/** What one POST holds. */
async function posted(notices: readonly Notice[], standing: readonly Alert[] = []): Promise<unknown> {
  const server = await serverOf(OK);
  const peer = await open({ url: server.url });
  expect(await send(peer, { changed: notices, standing })).toEqual({ ok: true });
  return JSON.parse(server.requests[0]?.body ?? '');
}

describe('what a webhook is sent', () => {
  it('is for an alert that fires all that Alertmanager would say of it', async () => {
    const labels = {
      alertname: 'PostgresDown',
      service: 'shop',
      target: 'database',
      type: 'postgres',
      severity: 'P1',
      env: 'production',
    };
    const annotations = { summary: 'Postgres database is down', description: 'connection refused by 127.0.0.1:5432' };
    expect(await posted([FIRING])).toEqual({
      version: '4',
      groupKey: 'outrider:g',
      truncatedAlerts: 0,
      status: 'firing',
      receiver: 'ops',
      groupLabels: {},
      commonLabels: labels,
      commonAnnotations: annotations,
      externalURL: 'https://outrider.example.com',
      alerts: [
        {
          status: 'firing',
          labels,
          annotations,
          startsAt: '2026-11-21T02:59:58.500Z',
          endsAt: '0001-01-01T00:00:00Z',
          generatorURL: 'https://outrider.example.com/targets/database',
          fingerprint: '0123456789abcdef',
        },
      ],
    });
  });

  it('is for one that ended its true times, without a link where there is none', async () => {
    const alert = { ...ALERT, generatorUrl: undefined };
    expect(await posted([{ status: 'resolved', alert, endsAtMs: NOW_MS - 250 }])).toMatchObject({
      status: 'resolved',
      groupKey: 'outrider:g',
      alerts: [
        {
          status: 'resolved',
          startsAt: '2026-11-21T02:59:58.500Z',
          endsAt: '2026-11-21T02:59:59.750Z',
          generatorURL: '',
        },
      ],
    });
  });

  it('fires as long as anything of the group does, which it is told beside what changed', async () => {
    expect(await posted([resolved('one')], [named('two')])).toMatchObject({
      status: 'firing',
      commonLabels: { alertname: 'PostgresDown', env: 'production' },
      alerts: [
        { status: 'resolved', labels: { target: 'one' } },
        { status: 'firing', labels: { target: 'two' }, endsAt: '0001-01-01T00:00:00Z' },
      ],
    });
  });

  it('has in common only what all of its alerts have, with one value', async () => {
    const other = { annotations: { description: ALERT.annotations['description'] ?? '' } };
    const { commonLabels, commonAnnotations } = payloadOf([firing('one'), firing('two', other)]);
    expect(commonLabels).toEqual({
      alertname: 'PostgresDown',
      service: 'shop',
      type: 'postgres',
      severity: 'P1',
      env: 'production',
    });
    expect(commonAnnotations).toEqual({ description: 'connection refused by 127.0.0.1:5432' });
  });

  it('never ends before it begins, even where the clock was set back', () => {
    const { alerts } = payloadOf([resolved('one', 0)]);
    expect(alerts[0]?.endsAt).toBe(alerts[0]?.startsAt);
  });

  it('says how many alerts of a big group it leaves out, none of them changed', () => {
    const standing = Array.from({ length: 600 }, (_, index) => named(`t${index}`));
    const payload = payloadOf([resolved('one')], standing);
    expect([payload.alerts.length, payload.truncatedAlerts, payload.status]).toEqual([500, 101, 'firing']);
    expect(payload.alerts[0]).toMatchObject({ status: 'resolved', fingerprint: 'one' });
  });

  it('goes to the very URL, with its query', async () => {
    const server = await serverOf(OK);
    await send(await open({ url: `${server.url}/in/?token=canary` }));
    expect(server.requests.map(({ method, url, headers }) => [method, url, headers['content-type']])).toEqual([
      ['POST', '/in/?token=canary', 'application/json'],
    ]);
  });

  it.each<[string, object, string]>([
    ['a token', { bearer: 'otr_abc' }, 'Bearer otr_abc'],
    ['a user', { basic: { username: 'a', password: 'b' } }, `Basic ${Buffer.from('a:b').toString('base64')}`],
  ])('comes with %s where there is one', async (_, auth, expected) => {
    const server = await serverOf(OK);
    await send(await open({ url: server.url, auth }));
    expect(server.requests[0]?.headers.authorization).toBe(expected);
  });
});

it('names itself by its Idempotency-Key, and is the same when it is told again', async () => {
  const server = await serverOf(OK);
  const peer = await open({ url: server.url });
  await send(peer, { key: 'one' });
  await send(peer, { key: 'one', isRepeat: true });
  expect(server.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['one', 'one']);
  expect(server.requests[0]?.body).toBe(server.requests[1]?.body);
});

describe('the signature', () => {
  it('is the HMAC of the body as it was sent, as GitHub signs', async () => {
    const server = await serverOf(OK);
    await send(await open({ url: server.url, secret: 'canary-of-a-key' }));
    const [request] = server.requests;
    const expected = createHmac('sha256', 'canary-of-a-key').update(request?.body ?? '');
    expect(request?.headers['x-hub-signature-256']).toBe(`sha256=${expected.digest('hex')}`);
    expect(JSON.stringify(request)).not.toContain('canary');
  });

  it('is not there without a secret', async () => {
    const server = await serverOf(OK);
    await send(await open({ url: server.url }));
    expect(server.requests[0]?.headers).not.toHaveProperty('x-hub-signature-256');
  });

  it('is not made with an empty one: that is a mistake in the config', () => {
    const { error } = webhook.schema.safeParse({ type: 'webhook', url: 'http://one', secret: '' });
    expect(error?.issues.map(({ path, message }) => [path, message])).toEqual([
      [['secret'], 'expected a secret that is not empty'],
    ]);
  });
});

describe('an answer', () => {
  it.each<[number, object]>([
    [204, { ok: true }],
    [400, { ok: false, retry: false, reason: 'client' }],
    [404, { ok: false, retry: false, reason: 'missing' }],
    [429, { ok: false, retry: true, reason: 'rate-limited', retryAfterMs: 30_000 }],
    [503, { ok: false, retry: true, reason: 'server', retryAfterMs: 30_000 }],
  ])('%i', async (status, delivery) => {
    const server = await serverOf((_, response) => response.writeHead(status, { 'Retry-After': '30' }).end());
    expect(await send(await open({ url: server.url }))).toMatchObject(delivery);
  });

  it('that leads elsewhere is not followed', async () => {
    const elsewhere = await serverOf(OK);
    const server = await serverOf((_, response) => response.writeHead(307, { Location: elsewhere.url }).end());
    expect(await send(await open({ url: server.url }))).toMatchObject({ ok: false, message: 'answered 307' });
    expect(elsewhere.requests).toEqual([]);
  });

  it('that repeats the address is shown without it', async () => {
    const server = await serverOf((request, response) =>
      response.writeHead(404).end(`Cannot POST ${request.url}, nor ${request.url?.slice(7, 21)}`),
    );
    const peer = await open({ url: `${server.url}/hooks/canary-in-path?key=canary-in-query` });
    expect(await send(peer)).toMatchObject({ message: 'answered 404: Cannot POST <secret>, nor <secret>' });
  });
});

it('a webhook is called by its name and host, without what may be a token', async () => {
  const peer = await open({ url: 'https://user:canary@hooks.example.com/canary?token=canary' });
  expect(peer.name).toBe('ops https://hooks.example.com');
});
