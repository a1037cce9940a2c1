import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert, Notice } from '../../src/core/alert.ts';
import type { Message } from '../../src/notify/contract.ts';
import { type EventSender, toEvent } from '../../src/notify/pagerduty/event.ts';
import { pagerduty } from '../../src/notify/pagerduty/type.ts';
import { anyMessage } from '../support/any-message.ts';
import { wrongBy } from '../support/published-schema.ts';
import { ALERT, FIRING, messageOf, NOW_MS, OK, openPeerOf, send, serverOf } from '../support/receiver.ts';

const KEY = 'canary0123456789canary0123456789';
const SENDER: EventSender = {
  receiver: 'pager',
  externalUrl: 'https://outrider.example.com',
  timezone: 'UTC',
  routingKey: KEY,
};
const wrong = wrongBy('pagerduty-events-v2');
const eventOf = (changes: Partial<Message> = {}, sender: Partial<EventSender> = {}) =>
  toEvent(messageOf(changes), { ...SENDER, ...sender }, NOW_MS);
const alertOf = (target: string, changes: Partial<Alert> = {}): Alert => ({
  ...ALERT,
  fingerprint: target,
  target,
  ...changes,
});
const resolved = (alert: Alert): Notice => ({ status: 'resolved', alert, endsAtMs: NOW_MS });
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

describe('what PagerDuty is sent', () => {
  it('is for a trouble that begins an event that triggers an incident', async () => {
    const server = await serverOf(OK);
    const peer = await openPeerOf(pagerduty, { url: `${server.url}/v2/enqueue`, routing_key: KEY }, SENDER);
    expect(await send(peer)).toEqual({ ok: true });
    expect(server.requests.map(({ method, url, headers }) => [method, url, headers['content-type']])).toEqual([
      ['POST', '/v2/enqueue', 'application/json'],
    ]);
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      routing_key: KEY,
      event_action: 'trigger',
      dedup_key: 'outrider:g',
      payload: {
        summary: 'P1 database: Postgres database is down',
        source: 'database',
        severity: 'error',
        timestamp: '2026-11-21T02:59:58.500Z',
        component: 'postgres',
        group: 'shop',
        class: 'PostgresDown',
        custom_details: {
          step: 'first',
          lasted: '1s',
          firing: 1,
          resolved: 0,
          alerts: [
            {
              status: 'firing',
              severity: 'P1',
              target: 'database',
              starts_at: '2026-11-21T02:59:58.500Z',
              labels: {
                alertname: 'PostgresDown',
                service: 'shop',
                target: 'database',
                type: 'postgres',
                severity: 'P1',
                env: 'production',
              },
              annotations: {
                summary: 'Postgres database is down',
                description: 'connection refused by 127.0.0.1:5432',
              },
              url: 'https://outrider.example.com/targets/database',
            },
          ],
        },
      },
      links: [{ href: 'https://outrider.example.com/targets/database', text: 'database in Outrider' }],
      client: 'Outrider',
      client_url: 'https://outrider.example.com/targets/database',
    });
  });

  it('is for one that is over the end of the same incident, with the times of its alerts', () => {
    const event = eventOf({ step: 'over', changed: [resolved(ALERT)] });
    expect(event).toMatchObject({
      event_action: 'resolve',
      dedup_key: 'outrider:g',
      payload: {
        summary: 'resolved after 1s: P1 database: Postgres database is down',
        custom_details: {
          alerts: [{ status: 'resolved', starts_at: '2026-11-21T02:59:58.500Z', ends_at: '2026-11-21T03:00:00.000Z' }],
        },
      },
    });
  });

  it.each(['first', 'more', 'fewer', 'reminder', 'test'] as const)(
    'triggers the same incident for the step %s',
    (step) => {
      expect(eventOf({ step })).toMatchObject({ event_action: 'trigger', dedup_key: 'outrider:g' });
    },
  );

  it.each([
    ['P0', 'critical'],
    ['P1', 'error'],
    ['P2', 'warning'],
    ['P3', 'info'],
  ] as const)('calls %s %s', (severity, word) => {
    expect(eventOf({ changed: [{ status: 'firing', alert: { ...ALERT, severity } }] }).payload.severity).toBe(word);
  });

  it('speaks of the gravest alert that still fires, and lists all of them, those that changed first', () => {
    const { payload } = eventOf({
      step: 'fewer',
      changed: [resolved(alertOf('api', { severity: 'P0' }))],
      standing: [alertOf('cache', { severity: 'P3' }), alertOf('jobs', { severity: 'P2' })],
    });
    expect([payload.source, payload.severity]).toEqual(['jobs', 'warning']);
    expect(payload.custom_details.alerts.map(({ target }) => target)).toEqual(['api', 'cache', 'jobs']);
  });

  it('has a source also where an alert has no target', () => {
    const of = (alert: Partial<Alert>) =>
      eventOf({ changed: [{ status: 'firing', alert: { ...ALERT, target: '', ...alert } }] }).payload.source;
    expect([of({}), of({ labels: {} })]).toEqual(['shop', 'outrider']);
  });

  it('links runbook, dashboard and Outrider, each once, and only what is http or https', () => {
    const annotations = { runbook_url: 'https://runbooks.example.com/db', dashboard_url: 'javascript:alert(1)' };
    const alert = { ...ALERT, annotations, generatorUrl: undefined };
    expect(
      eventOf({
        changed: [
          { status: 'firing', alert },
          { status: 'firing', alert },
        ],
      }),
    ).toMatchObject({
      links: [{ href: 'https://runbooks.example.com/db', text: 'Runbook of PostgresDown' }],
      client_url: 'https://outrider.example.com/',
    });
  });

  it('can be in words of one’s own', () => {
    const template = {
      title: '{{severity}} in {{labels.service}}',
      text: '{{#began}}{{target}}: {{description}}{{/began}}',
    };
    const { payload } = eventOf({}, { template });
    expect([payload.summary, payload.custom_details.text]).toEqual([
      'P1 in shop',
      'database: connection refused by 127.0.0.1:5432',
    ]);
  });

  it('goes by a hash where a group’s name is too long for a key, the same for the same group', () => {
    const [one, again, other] = ['x', 'x', 'y'].map((name) => eventOf({ group: name.repeat(300) }).dedup_key);
    expect(one).toMatch(/^outrider:[0-9a-f]{64}$/);
    expect([again === one, other === one]).toEqual([true, false]);
  });

  it('leaves out alerts for which there is no place, and says how many', () => {
    const standing = Array.from({ length: 3000 }, (_, index) =>
      alertOf(`t${index}`, { annotations: { description: 'x'.repeat(500) } }),
    );
    const event = eventOf({ step: 'more', standing });
    const { alerts, alerts_left_out = 0 } = event.payload.custom_details;
    expect(bytesOf(event)).toBeLessThanOrEqual(512_000);
    expect(bytesOf(event)).toBeGreaterThan(450_000);
    expect(alerts.length + alerts_left_out).toBe(3001);
    expect(alerts[0]?.target).toBe('database');
  });

  it('has no half characters, which strict parsers refuse', async () => {
    const server = await serverOf(OK);
    const alert = { ...ALERT, annotations: { description: 'cut in two: \ud83d' } };
    const peer = await openPeerOf(pagerduty, { url: server.url, routing_key: KEY });
    await send(peer, { changed: [{ status: 'firing', alert }] });
    expect(server.requests[0]?.body).toContain('cut in two: \ufffd');
  });

  it('is as the published schema wants it, whatever targets say', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const event = toEvent(message, SENDER, NOW_MS);
        expect(wrong(event)).toEqual([]);
        expect(event.payload.summary).not.toMatch(/[\p{Cc}\u202e]/u);
        expect(event.payload.summary.isWellFormed() && event.dedup_key.isWellFormed()).toBe(true);
        expect(bytesOf(event)).toBeLessThanOrEqual(512_000);
      }),
      { numRuns: 200, interruptAfterTimeLimit: 20_000 },
    );
  });

  it('would be found wrong by that schema if it were', () => {
    const event = eventOf();
    expect(wrong({ ...event, payload: { ...event.payload, summary: 'x'.repeat(1025) } })).not.toEqual([]);
    expect(wrong({ ...event, payload: { ...event.payload, severity: 'P1' } })).not.toEqual([]);
    expect(wrong({ ...event, event_action: 'open' })).not.toEqual([]);
  });
});

describe('an answer of PagerDuty', () => {
  const invalid = '{"status":"invalid event","errors":["no integration has the key canary0123456789canary0123456789"]}';
  it.each<[number, string, object]>([
    [202, '{"status":"success"}', { ok: true }],
    [
      400,
      invalid,
      {
        ok: false,
        retry: false,
        message: 'answered 400: {"status":"invalid event","errors":["no integration has the key <secret>"]}',
      },
    ],
    [429, '', { ok: false, retry: true, reason: 'rate-limited', retryAfterMs: 30_000 }],
    [500, '', { ok: false, retry: true, reason: 'server' }],
    [503, '', { ok: false, retry: true, reason: 'server' }],
  ])('%i', async (status, body, delivery) => {
    const server = await serverOf((_, response) => response.writeHead(status, { 'Retry-After': '30' }).end(body));
    expect(await send(await openPeerOf(pagerduty, { url: server.url, routing_key: KEY }))).toMatchObject(delivery);
  });
});

it('PagerDuty is called by the receiver’s name and its host', async () => {
  const peer = await openPeerOf(pagerduty, { routing_key: KEY }, SENDER);
  expect(peer.name).toBe('pager https://events.pagerduty.com');
});

it('the key may not be empty', () => {
  const { error } = pagerduty.schema.safeParse({ type: 'pagerduty', routing_key: '' });
  expect(error?.issues.map(({ path, message }) => [path, message])).toEqual([
    [['routing_key'], 'expected a key that is not empty'],
  ]);
});

it('a message that began is known by the same key when it is told again', () => {
  expect(eventOf({ changed: [FIRING], isRepeat: true }).dedup_key).toBe(eventOf().dedup_key);
});
