import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

const TOKEN = 'test-token-of-a-writer';

/** An HTTP server that answers what it is told to. */
async function startService(): Promise<{ server: Server; status: number }> {
  const service = { status: 200, server: createServer() };
  service.server.on('request', (_, response) => void response.writeHead(service.status).end());
  await new Promise<void>((resolve) => service.server.listen(0, '127.0.0.1', resolve));
  return service;
}

interface Told {
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** Stands in for an Alertmanager: takes whatever is posted, and remembers it. */
async function startReceiver() {
  const told: (Told & { readonly ended: boolean })[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    request.on('end', () => {
      for (const alert of JSON.parse(text) as Told[])
        told.push({ ...alert, ended: Date.parse(alert.endsAt) <= Date.now() });
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    alerts: () => told,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('a daemon that is killed and started again', () => {
  let folder: string;
  let service: Awaited<ReturnType<typeof startService>>;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'outrider-restart-'));
    [service, receiver] = await Promise.all([startService(), startReceiver()]);
  });
  afterEach(async () => {
    service.server.close();
    receiver.close();
    await rm(folder, { recursive: true, force: true });
  });

  const start = () =>
    startOutrider(
      `
service: shop
defaults: { interval: 300ms, timeout: 200ms }
startup_grace: 60s
auth: { tokens: [{ name: ops, token: ${TOKEN}, scopes: [write] }] }
targets:
  - { name: api, type: http, url: "http://127.0.0.1:${(service.server.address() as AddressInfo).port}/" }
notify:
  alertmanager: { urls: ["${receiver.url}"] }
`,
      { env: { OUTRIDER_STORE: `sqlite:${join(folder, 'outrider.db')}` } },
    );
  const kill = async (daemon: Outrider) => {
    process.kill(daemon.pid, 'SIGKILL');
    await daemon[Symbol.asyncDispose]();
  };
  const isUp = (daemon: Outrider) =>
    until('the target is up', async () => {
      const [target] = await daemon.json<{ status: string }[]>('/api/v1/targets');
      return target?.status === 'up' ? true : undefined;
    });
  const write = (daemon: Outrider, path: string, body: object) =>
    fetch(`${daemon.url}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${TOKEN}` },
      body: JSON.stringify(body),
    });
  const downs = () => receiver.alerts().filter(({ labels }) => labels['alertname'] === 'HttpDown');

  it('tells the end of what recovered meanwhile, with its true beginning', async () => {
    const first = await start();
    await isUp(first);
    service.status = 503;
    const { value: begun } = await until('the alert is told', () => downs()[0]);
    await kill(first);
    service.status = 200;
    const second = await start();
    const { value: ended } = await until('its end is told', () => downs().find(({ ended }) => ended));
    expect(ended.startsAt).toBe(begun.startsAt);
    await second[Symbol.asyncDispose]();
  });

  it('goes on with what is still down, without the startup grace and under the same beginning', async () => {
    const first = await start();
    await isUp(first);
    service.status = 503;
    const { value: begun } = await until('the alert is told', () => downs()[0]);
    await kill(first);
    const second = await start();
    await until('it fires again', async () => {
      const [alert] = await second.json<{ state: string; since: string }[]>('/api/v1/alerts');
      return alert?.state === 'firing' && alert.since === begun.startsAt ? true : undefined;
    });
    expect(new Set(downs().map(({ startsAt }) => startsAt))).toEqual(new Set([begun.startsAt]));
    await second[Symbol.asyncDispose]();
  });

  it('knows its silences, its planned maintenance and its deployments', async () => {
    const first = await start();
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    const matchers = [{ name: 'target', value: 'api', isRegex: false, isEqual: true }];
    const answers = [
      await write(first, '/api/v1/silences', { matchers, endsAt, comment: 'upgrade', createdBy: 'alice' }),
      await write(first, '/api/v1/maintenance', { name: 'move', targets: ['api'], endsAt }),
      await write(first, '/api/v1/deployments', { version: '1.2.3' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const all = (daemon: Outrider) =>
      Promise.all(['silences', 'maintenance', 'deployments'].map((name) => daemon.json(`/api/v1/${name}`)));
    const before = await all(first);
    await kill(first);
    const second = await start();
    expect(await all(second)).toEqual(before);
    await second[Symbol.asyncDispose]();
  });

  it('is refused its file while another daemon has it', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(/store_locked/);
    await first[Symbol.asyncDispose]();
  });
});
