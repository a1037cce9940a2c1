import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exposedBy, seriesIn, untilStatus } from '../support/daemon.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

const KEY = 'canary-of-the-signing-key';
const PATH = '/hooks/canary-of-the-path';
const TOKEN = 'otr_the-token-of-prometheus';
const INTERVAL_MS = 500;

interface Message {
  readonly groupKey: string;
  readonly status: string;
  readonly receiver: string;
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly startsAt: string;
    readonly endsAt: string;
    readonly fingerprint: string;
  }[];
}

describe('a webhook of a real daemon', () => {
  let api: HttpServer;
  let hook: HttpServer;
  let outrider: Outrider;
  const failing = new Set<string>();
  let away = false;

  const config = (path = PATH) => `
service: shop
startup_grace: 0s
defaults: { interval: ${INTERVAL_MS}ms, timeout: 400ms }
targets:
  - { name: one, type: http, url: "${api.url}/one", place: here }
  - { name: two, type: http, url: "${api.url}/two", place: there }
notify:
  ops: { type: webhook, url: "${hook.url}${path}", group_wait: 0s, group_interval: 0s, secret: ${KEY} }
auth: { tokens: [{ name: prometheus, token: ${TOKEN}, scopes: [write] }] }
`;
  beforeAll(async () => {
    api = await startHttpServer((request, response) => {
      response.writeHead(failing.has(request.url?.slice(1) ?? '') ? 503 : 200).end();
    });
  });
  afterAll(() => api?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    failing.clear();
    away = false;
    hook = await startHttpServer((request, response) => {
      response.writeHead(away ? 503 : 200).end(away ? `${request.url} is away` : '');
    });
    outrider = await startOutrider(config());
    await untilStatus(outrider, 'up', ['one', 'two']);
  });
  afterEach(async () => {
    await Promise.all([outrider, hook].map((one) => one?.[Symbol.asyncDispose]()));
    expect(outrider.output()).not.toMatch(/canary/);
  });

  const messages = () => hook.requests.map(({ body }) => JSON.parse(body) as Message);
  const said = ({ alerts }: Message) => alerts.map(({ status, labels }) => `${status} ${labels['target']}`).join(', ');
  const keys = () => hook.requests.map(({ headers }) => headers['idempotency-key']);
  const untilTold = (count: number) =>
    until(`message ${count}`, () => (hook.requests.length >= count ? true : undefined));
  const fail = async (...names: readonly string[]) => {
    for (const name of names) failing.add(name);
    await untilStatus(outrider, 'down', names);
  };
  const recover = async (...names: readonly string[]) => {
    for (const name of names) failing.delete(name);
    await untilStatus(outrider, 'up', names);
  };

  it('is told of an outage and its end, signed, each with a key of its own', async () => {
    await fail('one');
    await untilTold(1);
    await recover('one');
    await untilTold(2);
    const [began, ended] = messages();
    expect(began).toMatchObject({ version: '4', receiver: 'ops', status: 'firing' });
    expect(ended).toMatchObject({ version: '4', receiver: 'ops', status: 'resolved', groupKey: began?.groupKey });
    expect(began?.alerts).toMatchObject([{ labels: { alertname: 'HttpDown' }, endsAt: '0001-01-01T00:00:00Z' }]);
    const [alert] = ended?.alerts ?? [];
    expect(alert).toMatchObject({
      fingerprint: began?.alerts[0]?.fingerprint,
      startsAt: began?.alerts[0]?.startsAt,
    });
    expect(Date.parse(alert?.endsAt ?? '')).toBeGreaterThan(Date.parse(alert?.startsAt ?? ''));
    expect(new Set(keys()).size).toBe(2);
    for (const { url, headers, body } of hook.requests) {
      expect(url).toBe(PATH);
      const signature = createHmac('sha256', KEY).update(body).digest('hex');
      expect(headers['x-hub-signature-256']).toBe(`sha256=${signature}`);
    }
  });

  it('that was away is told of every outage and its end, with their true times, and nothing in vain', async () => {
    away = true;
    await fail('one', 'two');
    await recover('one');
    await untilTold(3);
    const tried = new Set(keys());
    away = false;
    const before = hook.requests.length;
    const receiver = `ops ${hook.url}`;
    await until('all is told', async () =>
      seriesIn(await exposedBy(outrider), 'outrider_notification_queue_length', { receiver }) === 0 ? true : undefined,
    );
    await recover('two');
    const since = () => messages().slice(before);
    await until('the last end is told', () => (since().map(said).includes('resolved two') ? true : undefined));
    const told = since().map(said);
    expect([...told].sort()).toEqual(['firing one', 'firing two', 'resolved one', 'resolved two']);
    for (const name of ['one', 'two']) {
      const own = since().filter((message) => said(message).endsWith(name));
      expect(own.map(({ status }) => status)).toEqual(['firing', 'resolved']);
      expect(new Set(own.map(({ alerts }) => alerts[0]?.startsAt)).size).toBe(1);
    }
    expect(tried).toEqual(new Set([hook.requests[before]?.headers['idempotency-key']]));
    expect(outrider.output()).toContain('why="answered 503: <secret> is away"');
  });

  it('that changed is told nothing again, and is told of alerts from Prometheus too', async () => {
    await fail('one');
    await untilTold(1);
    await outrider.reload(config('/elsewhere'));
    await fetch(`${outrider.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify([{ labels: { alertname: 'QueueFull', target: 'two' } }]),
    });
    await untilTold(2);
    await recover('one');
    await untilTold(3);
    expect(messages().map(said)).toEqual(['firing one', 'firing two', 'resolved one']);
    expect(hook.requests.map(({ url }) => url)).toEqual([PATH, '/elsewhere', '/elsewhere']);
  });
});
