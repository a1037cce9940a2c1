import { execFile } from 'node:child_process';
import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAlertmanager } from '../../demo/service/alertmanager.ts';
import { binary } from '../../demo/service/binary.ts';
import { type KafkaService, startKafka } from '../../demo/service/kafka.ts';
import { startPostgres } from '../../demo/service/postgres.ts';
import { startPrometheus } from '../../demo/service/prometheus.ts';
import { startRedis } from '../../demo/service/redis.ts';
import type { Service } from '../../demo/service/service.ts';
import { exposedBy, seriesIn, untilStatus } from '../support/daemon.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

const TARGETS = ['api', 'database', 'cache', 'queue'];

/** Every `outrider_*` metric of the contract that this daemon can have: what threshold alerts, incidents, SLOs and maintenance add is not among them. */
const OWN_NAMES = [
  'outrider_target_info',
  'outrider_target_up',
  'outrider_target_last_probe_timestamp_seconds',
  'outrider_target_probes_total',
  'outrider_probe_failure_info',
  'outrider_probes_total',
  'outrider_probes_skipped_total',
  'outrider_probe_delay_seconds_bucket',
  'outrider_probe_delay_seconds_sum',
  'outrider_probe_delay_seconds_count',
  'outrider_alerts',
  'outrider_alert_since_timestamp_seconds',
  'outrider_notifications_total',
  'outrider_notification_queue_length',
  'outrider_notification_delay_seconds_count',
  'outrider_receiver_up',
  'outrider_sender_info',
  'outrider_config_last_reload_successful',
  'outrider_config_last_reload_success_timestamp_seconds',
  'outrider_build_info',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'nodejs_eventloop_lag_seconds',
];

/** Exit code and output of `promtool check metrics`. */
function promtool(exposed: string): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve) => {
    const child = execFile(binary('promtool'), ['check', 'metrics'], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), said: `${stdout}${stderr}`.trim() });
    });
    child.stdin?.end(exposed);
  });
}

const SILENT = { code: 0, said: '' };

describe('the metrics of a daemon over a real Postgres, Redis, Kafka and HTTP server', () => {
  let database: Service;
  let cache: Service;
  let queue: KafkaService;
  let alertmanager: Service;
  let api: HttpServer;
  let outrider: Outrider;
  let whole: string;

  beforeAll(async () => {
    [database, cache, queue, alertmanager] = await Promise.all([
      startPostgres(),
      startRedis(),
      startKafka(),
      startAlertmanager(),
    ]);
    api = await startHttpServer((_request, response) => response.end('{"status":"healthy"}'));
    whole = `
service: shop
labels: { env: test }
defaults: { interval: 1s }
targets:
  - { name: api, type: http, url: "${api.url}/", group: front, critical: true, expect: { json: { "$.status": healthy } } }
  - { name: database, type: postgres, url: "${database.url}", instance: db-1 }
  - { name: cache, type: redis, url: "${cache.url}" }
  - { name: queue, type: kafka, brokers: ["${queue.brokers[0]}"] }
notify:
  alertmanager: { urls: ["${alertmanager.url}"] }
watchdog: { to: [] }
`;
    outrider = await startOutrider(whole);
  });
  afterAll(async () => {
    const all = [outrider, api, database, cache, queue, alertmanager];
    await Promise.all(all.map((one) => one?.[Symbol.asyncDispose]()));
  });
  const text = async (query = '') => (await outrider.get(`/metrics${query}`)).text();

  it('say that all four are up', async () => {
    await untilStatus(outrider, 'up', TARGETS);
    const exposed = await exposedBy(outrider);
    for (const target of TARGETS) expect(seriesIn(exposed, 'outrider_target_up', { target }), target).toBe(1);
    expect(seriesIn(exposed, 'pg_up', { target: 'database', instance: 'db-1' })).toBe(1);
    expect(seriesIn(exposed, 'redis_up', { target: 'cache', instance: 'cache' })).toBe(1);
    expect(seriesIn(exposed, 'kafka_brokers', { target: 'queue' })).toBe(1);
    expect(seriesIn(exposed, 'probe_success', { target: 'api' })).toBe(1);
    const { labels } = exposed.get('outrider_target_info')?.find((each) => each.labels['target'] === 'api') ?? {};
    expect(labels).toEqual({ target: 'api', type: 'http', critical: 'true', group: 'front', service: 'shop' });
  });

  it.each([
    '',
    '?type=http',
    '?type=postgres',
    '?type=redis',
    '?type=kafka',
    '?target=api&target=queue',
    '?target=none',
  ])('at /metrics%s leave promtool nothing to say', async (query) => {
    expect(await promtool(await text(query))).toEqual(SILENT);
  });

  it('are only those of the type or target that is asked for', async () => {
    const targets = async (query: string) => {
      const series = [...(await exposedBy(outrider, query)).values()].flat();
      return [...new Set(series.map(({ labels }) => labels['target']))].sort();
    };
    expect(await targets('?type=postgres')).toEqual(['database']);
    expect(await targets('?type=redis&type=kafka')).toEqual(['cache', 'queue']);
    expect(await targets('?target=api')).toEqual(['api']);
    expect(await targets('?target=nobody')).toEqual([]);
  });

  it('come compressed to who takes gzip', async () => {
    const { headers, body } = await new Promise<{ headers: NodeJS.Dict<string | string[]>; body: Buffer }>(
      (resolve, reject) => {
        get(`${outrider.url}/metrics`, { headers: { 'Accept-Encoding': 'gzip' } }, (response) => {
          buffer(response).then((body) => resolve({ headers: response.headers, body }), reject);
        }).on('error', reject);
      },
    );
    expect(headers['content-encoding']).toBe('gzip');
    const unpacked = gunzipSync(body).toString();
    expect(unpacked).toContain('outrider_target_up{target="api",type="http"} 1\n');
    expect(body.length).toBeLessThan(unpacked.length / 4);
  });

  it('are accepted as OpenMetrics by a real Prometheus, with the labels that the dashboards select by', async () => {
    const target = `"${new URL(outrider.url).host}"`;
    await using prometheus = await startPrometheus({
      config: `
global: { scrape_interval: 1s, scrape_timeout: 1s }
scrape_configs:
  - { job_name: outrider, honor_labels: true, static_configs: [{ targets: [${target}] }] }
  - { job_name: postgres, honor_labels: true, params: { type: [postgres] }, static_configs: [{ targets: [${target}] }] }
`,
    });
    const accepted = await fetch(`${outrider.url}/metrics`, {
      headers: { Accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5' },
    });
    expect(accepted.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(await accepted.text()).toMatch(/\n# EOF\n$/);

    interface Scraped {
      readonly data: {
        readonly activeTargets: readonly { health: string; lastError: string; labels: { job: string } }[];
      };
    }
    const scraped = async () => {
      const { data } = (await (await fetch(`${prometheus.url}/api/v1/targets`)).json()) as Scraped;
      return data.activeTargets.map(({ health, lastError, labels }) => ({ job: labels.job, health, lastError }));
    };
    await until('both jobs were scraped', async () => {
      const jobs = await scraped();
      return jobs.length === 2 && jobs.every(({ health }) => health !== 'unknown') ? true : undefined;
    });
    expect(await scraped()).toEqual([
      { job: 'outrider', health: 'up', lastError: '' },
      { job: 'postgres', health: 'up', lastError: '' },
    ]);

    interface Answer {
      readonly data: { readonly result: readonly { metric: Record<string, string>; value: [number, string] }[] };
    }
    const query = async (promql: string) => {
      const url = `${prometheus.url}/api/v1/query?query=${encodeURIComponent(promql)}`;
      const { data } = (await (await fetch(url)).json()) as Answer;
      return data.result.map(({ metric, value }) => ({ ...metric, value: value[1] }));
    };
    const is = (name: string, job: string, labels: Record<string, string>, value = '1') => [
      { __name__: name, job, ...labels, value },
    ];
    expect(await query('outrider_target_up{target="api",job="outrider"}')).toEqual(
      is('outrider_target_up', 'outrider', { target: 'api', type: 'http', instance: new URL(outrider.url).host }),
    );
    expect(await query('pg_up{job="postgres"}')).toEqual(
      is('pg_up', 'postgres', { target: 'database', instance: 'db-1' }),
    );
    expect(await query('redis_up')).toEqual(is('redis_up', 'outrider', { target: 'cache', instance: 'cache' }));
    expect(await query('kafka_brokers')).toEqual(
      is('kafka_brokers', 'outrider', { target: 'queue', instance: 'queue' }),
    );
    expect(await query('probe_success')).toEqual(is('probe_success', 'outrider', { target: 'api', instance: 'api' }));
    expect(await query('count by (job) ({target="cache",job="postgres"})')).toEqual([]);
    expect(await query('outrider_build_info{job="postgres"}')).toEqual([]);
  });

  it('lack what a failed probe did not measure, and say why it failed', async () => {
    const before = await exposedBy(outrider);
    const measured = ['redis_memory_used_bytes', 'redis_connected_clients', 'redis_uptime_in_seconds'];
    for (const name of measured) expect(seriesIn(before, name, { target: 'cache' }), name).toBeGreaterThan(0);
    await cache.kill();
    await untilStatus(outrider, 'down', ['cache']);
    const during = await exposedBy(outrider);
    for (const name of measured) expect(seriesIn(during, name, { target: 'cache' }), name).toBeUndefined();
    expect(seriesIn(during, 'redis_up', { target: 'cache' })).toBe(0);
    expect(seriesIn(during, 'outrider_target_up', { target: 'cache' })).toBe(0);
    expect(seriesIn(during, 'outrider_probe_failure_info', { target: 'cache', reason: 'refused' })).toBe(1);
    expect(seriesIn(during, 'pg_up', { target: 'database' })).toBe(1);
  });

  it('have every name of Outrider’s own, and leave promtool nothing to say during an outage either', async () => {
    await until('the outage was delivered', async () =>
      seriesIn(await exposedBy(outrider), 'outrider_notifications_total', { outcome: 'delivered' }),
    );
    const exposed = await exposedBy(outrider);
    expect(OWN_NAMES.filter((name) => !exposed.has(name))).toEqual([]);
    const labels = { alertname: 'RedisDown', target: 'cache', severity: 'P1', state: 'firing' };
    expect(seriesIn(exposed, 'outrider_alerts', labels)).toBe(1);
    expect(seriesIn(exposed, 'outrider_receiver_up', { receiver: alertmanager.url })).toBe(1);
    expect(seriesIn(exposed, 'outrider_notification_queue_length', { receiver: alertmanager.url })).toBe(0);
    expect(await promtool(await text())).toEqual(SILENT);
  });

  it('count every probe of a target by its outcome', async () => {
    const down = async () =>
      seriesIn(await exposedBy(outrider), 'outrider_target_probes_total', { target: 'cache', outcome: 'down' }) ?? 0;
    const before = await down();
    await until('three more failed', async () => ((await down()) >= before + 3 ? true : undefined));
    await cache.start();
    await untilStatus(outrider, 'up', ['cache']);
    const after = await exposedBy(outrider);
    expect(seriesIn(after, 'outrider_probe_failure_info', { target: 'cache' })).toBeUndefined();
    expect(seriesIn(after, 'redis_memory_used_bytes', { target: 'cache' })).toBeGreaterThan(0);
    expect(after.get('outrider_alerts')).toBeUndefined();
  });

  it('say no verdict of a target that was never seen up or is paused', async () => {
    const more = `targets:
  - { name: new, type: http, url: "http://127.0.0.1:1/" }
  - { name: paused, type: http, url: "${api.url}/", enabled: false }`;
    await outrider.reload(whole.replace('targets:', more));
    await until('the new one has failed', async () =>
      seriesIn(await exposedBy(outrider), 'outrider_probe_failure_info', { target: 'new', reason: 'refused' }),
    );
    const exposed = await exposedBy(outrider);
    for (const target of ['new', 'paused']) {
      expect(seriesIn(exposed, 'outrider_target_info', { target }), target).toBe(1);
      expect(seriesIn(exposed, 'outrider_target_up', { target }), target).toBeUndefined();
    }
    expect(seriesIn(exposed, 'probe_success', { target: 'new' })).toBe(0);
    expect(seriesIn(exposed, 'probe_success', { target: 'paused' })).toBeUndefined();
  });

  it('have our own names in place of an exporter’s that still serves them', async () => {
    await outrider.reload(`${whole}metrics: { exporter_names: [http, kafka] }\n`);
    const exposed = await exposedBy(outrider);
    for (const name of ['probe_success', 'kafka_brokers', 'outrider_postgres_up', 'outrider_redis_memory_used_bytes'])
      expect(exposed.get(name)?.length, name).toBe(1);
    expect([...exposed.keys()].filter((name) => /^(pg|redis)_/.test(name))).toEqual([]);
    expect(await promtool(await text())).toEqual(SILENT);
  });

  it('no longer have a target that left the config, nor a receiver', async () => {
    const without = whole.replace(/^ {2}- \{ name: cache.*\n/m, '').replace(/notify:\n.*\n/, '');
    await outrider.reload(without);
    expect(await text()).not.toMatch(/"cache"/);
    const exposed = await exposedBy(outrider);
    for (const name of ['outrider_receiver_up', 'outrider_notification_queue_length'])
      expect(exposed.get(name) ?? [], name).toEqual([]);
    expect(await promtool(await text())).toEqual(SILENT);
    for (const target of ['api', 'database', 'queue'])
      expect(seriesIn(exposed, 'outrider_target_up', { target }), target).toBe(1);
    await outrider.reload(whole);
    await untilStatus(outrider, 'up', TARGETS);
  });
});
