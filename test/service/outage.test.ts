import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAlertmanager } from '../../demo/service/alertmanager.ts';
import { startPostgres } from '../../demo/service/postgres.ts';
import type { Service } from '../../demo/service/service.ts';
import { activeAlerts } from '../support/alertmanager.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

const INTERVAL_MS = 2000;
const PASSWORD = 'canary-of-the-database';

/** An API that really asks its database before it calls itself healthy. */
async function startApi(databaseUrl: string): Promise<Server> {
  const server = createServer((_request, response) => {
    const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 500 });
    client.on('error', () => {});
    client
      .connect()
      .then(() => client.query('select 1'))
      .then(() => response.writeHead(200).end('{"status":"healthy"}'))
      .catch(() => response.writeHead(503).end('{"status":"unhealthy"}'))
      .finally(() => client.end().catch(() => {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

describe('an outage of a real Postgres with a real API behind it', () => {
  let database: Service;
  let alertmanager: Service;
  let api: Server;
  let outrider: Outrider;

  const config = () => `
service: shop
labels: { env: test }
external_url: https://outrider.example
defaults: { interval: ${INTERVAL_MS}ms, timeout: 1s }
targets:
  - { name: database, type: postgres, critical: true, url: "${database.url.replace('//postgres@', `//postgres:${PASSWORD}@`)}" }
  - { name: api, type: http, url: "http://127.0.0.1:${(api.address() as AddressInfo).port}/", critical: true,
      depends_on: [database], expect: { json: { "$.status": healthy } } }
notify:
  alertmanager: { urls: ["${alertmanager.url}"] }
`;
  const statuses = async () => {
    const targets = await outrider.json<{ name: string; status: string }[]>('/api/v1/targets');
    return Object.fromEntries(targets.map((target) => [target.name, target.status]));
  };

  beforeAll(async () => {
    [database, alertmanager] = await Promise.all([startPostgres(), startAlertmanager()]);
    api = await startApi(database.url);
    outrider = await startOutrider(config());
    await until('both targets are up', async () => {
      const { database: first, api: second } = await statuses();
      return first === 'up' && second === 'up' ? true : undefined;
    });
  });
  afterAll(async () => {
    await outrider?.[Symbol.asyncDispose]();
    api?.close();
    await Promise.all([database?.[Symbol.asyncDispose](), alertmanager?.[Symbol.asyncDispose]()]);
  });

  it('is one alert in Alertmanager within the interval and 2 s, and ends within two intervals and 2 s of its return', async () => {
    await database.kill();
    const { value: alert, tookMs } = await until(
      'an alert is in Alertmanager',
      async () => (await activeAlerts(alertmanager.url))[0],
    );
    expect(tookMs).toBeLessThan(INTERVAL_MS + 2000);
    expect(alert.labels).toEqual({
      alertname: 'PostgresDown',
      service: 'shop',
      target: 'database',
      type: 'postgres',
      severity: 'P0',
      env: 'test',
    });
    expect(alert.annotations['description']).toMatch(/^connection refused by 127\.0\.0\.1:\d+$/);
    expect(alert.generatorURL).toBe('https://outrider.example/targets/database');

    await until('the API is seen as a symptom', async () => {
      const alerts = await outrider.json<{ target: string; state: string; suppressedBy: string[] }[]>('/api/v1/alerts');
      const symptom = alerts.find((one) => one.target === 'api');
      return symptom?.state === 'suppressed' && symptom.suppressedBy[0] === alert.fingerprint ? true : undefined;
    });
    expect((await activeAlerts(alertmanager.url)).map((one) => one.labels['target'])).toEqual(['database']);

    await database.start();
    const end = await until('the alert has ended', async () =>
      (await activeAlerts(alertmanager.url)).length === 0 ? true : undefined,
    );
    expect(end.tookMs).toBeLessThan(2 * INTERVAL_MS + 2000);
    await until('all is up again', async () => ((await statuses())['api'] === 'up' ? true : undefined));
    expect(await activeAlerts(alertmanager.url)).toEqual([]);
  });

  it('is told again and resolved after a reload in its midst', async () => {
    await database.kill();
    await until('the alert fires', async () => (await activeAlerts(alertmanager.url))[0]);
    await outrider.reload(`${config()}\n# changed\n`);
    await outrider.reload('service: shop\ntargets: nonsense\n');
    expect(await (await outrider.get('/metrics')).text()).toContain('outrider_config_last_reload_successful 0');
    await outrider.reload(config());
    expect((await activeAlerts(alertmanager.url)).map((one) => one.labels['alertname'])).toEqual(['PostgresDown']);
    await database.start();
    await until('the alert has ended', async () =>
      (await activeAlerts(alertmanager.url)).length === 0 ? true : undefined,
    );
  });

  it('shows no password of the config in any output', async () => {
    const paths = [
      '/metrics',
      '/api/v1/targets',
      '/api/v1/targets/database',
      '/api/v1/alerts',
      '/',
      '/targets/database',
    ];
    for (const path of paths) expect(await (await outrider.get(path)).text(), path).not.toContain(PASSWORD);
    expect(outrider.output()).not.toContain(PASSWORD);
  });

  it('ends cleanly within 5 s of SIGTERM with exit code 0', async () => {
    const { code, tookMs } = await outrider.stop();
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(5000);
  });
});
