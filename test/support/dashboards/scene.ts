import { setTimeout as sleep } from 'node:timers/promises';
import { startKafka } from '../../../demo/service/kafka.ts';
import { startPostgres } from '../../../demo/service/postgres.ts';
import { startPrometheus } from '../../../demo/service/prometheus.ts';
import { startRedis } from '../../../demo/service/redis.ts';
import { makeCertificates } from '../certificates.ts';
import { untilStatus } from '../daemon.ts';
import { startHttpServer } from '../http-server.ts';
import { startOutrider } from '../outrider.ts';
import { loadKafka, loadPostgres, loadRedis } from './load.ts';

/** A small stack under load and faults, watched by Outrider, which Prometheus scrapes each second. */
export interface Scene extends AsyncDisposable {
  readonly prometheusUrl: string;
  readonly outriderUrl: string;
  /** The text of the config that the daemon runs with. */
  readonly config: string;
}

interface Addresses {
  readonly page: string;
  readonly api: string;
  readonly receiver: string;
  readonly database: string;
  readonly standby: string;
  readonly cache: string;
  readonly replica: string;
  readonly sessions: string;
  readonly broker: string;
}

const configOf = (at: Addresses): string => `
service: shop
external_url: http://localhost:9875
defaults: { interval: 1s, timeout: 900ms }
targets:
  - { name: page, type: http, url: "${at.page}/", group: front, critical: true, tls: { insecure_skip_verify: true }, depends_on: [sessions],
      measure: { pool_used: { json: "$.pool", unit: ratio }, waiting: { json: "$.waiting" } },
      alerts: [{ name: HttpSlow, when: p95(duration) over 30s > 250ms }, { name: PoolHigh, when: pool_used > 80%, severity: P2 }] }
  - { name: api, type: http, url: "${at.api}/health", group: front, critical: true, slo: 99.9% over 30d }
  - { name: database, type: postgres, url: "${at.database}", critical: true, slo: 99.95% over 30d }
  - { name: standby, type: postgres, url: "${at.standby}" }
  - { name: cache, type: redis, url: "${at.cache}", alerts: [{ name: RedisMemoryHigh, when: memory_used_ratio > 75%, for: 2s }] }
  - { name: cache-2, type: redis, url: "${at.replica}" }
  - { name: sessions, type: redis, url: "${at.sessions}", critical: false }
  - { name: jobs, type: kafka, brokers: ["${at.broker}"], groups: [worker, audit],
      alerts: [{ name: KafkaGroupEmpty, for: 3s }, { name: Backlog, when: "lag{group=audit} > 200", severity: P2 }] }
  - { name: archive, type: postgres, url: "postgres://127.0.0.1:1/archive" }
  - { name: old-jobs, type: kafka, brokers: ["127.0.0.1:1"] }
notify:
  ops: { type: webhook, url: "${at.receiver}" }
`;

/** Starts all of it, lets it run, breaks some of it and lets that be seen. Takes about half a minute beside the services' own starts. */
export async function startScene(calmMs: number, troubleMs: number): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const certificates = stack.use(await makeCertificates('IP:127.0.0.1'));
  let slowMs = 0;
  let pool = 0.3;
  const body = () => JSON.stringify({ pool, waiting: Math.round(slowMs / 50) });
  const page = stack.use(
    await startHttpServer((_request, response) => {
      setTimeout(() => response.end(body()), slowMs + Math.random() * 40);
    }, certificates),
  );
  let isBroken = false;
  const api = stack.use(
    await startHttpServer((_request, response) => {
      response.statusCode = isBroken ? 503 : 200;
      response.end('{"status":"healthy"}');
    }),
  );
  const receiver = stack.use(await startHttpServer((_request, response) => response.end()));
  const memory = ['--maxmemory', '24mb', '--maxmemory-policy', 'noeviction'];
  const [database, cache, sessions, queue] = await Promise.all([
    startPostgres(),
    startRedis({ args: memory }),
    startRedis(),
    startKafka(),
  ]);
  for (const service of [database, cache, sessions, queue]) stack.use(service);
  const standby = stack.use(await startPostgres({ standbyOf: database }));
  const replica = stack.use(await startRedis({ args: ['--replicaof', cache.host, `${cache.port}`] }));
  const config = configOf({
    page: page.url,
    api: api.url,
    receiver: receiver.url,
    database: database.url,
    standby: standby.url,
    cache: cache.url,
    replica: replica.url,
    sessions: sessions.url,
    broker: queue.brokers[0] ?? '',
  });
  for (const load of [loadPostgres(database.url), loadRedis(cache.url), loadKafka(queue.brokers[0] ?? '')])
    stack.use(await load);
  const outrider = stack.use(await startOutrider(config, { env: { OUTRIDER_STORE: 'sqlite:outrider.db' } }));
  const prometheus = stack.use(
    await startPrometheus({
      config: `
global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
scrape_configs:
  - { job_name: outrider, honor_labels: true, static_configs: [{ targets: ["${new URL(outrider.url).host}"] }] }
`,
    }),
  );
  const all = ['page', 'api', 'database', 'standby', 'cache', 'cache-2', 'sessions', 'jobs'];
  await untilStatus(outrider, 'up', all);
  await sleep(calmMs);
  slowMs = 300;
  pool = 0.9;
  isBroken = true;
  await sessions.kill();
  await untilStatus(outrider, 'down', ['api', 'sessions']);
  await sleep(troubleMs);
  const owned = stack.move();
  return {
    prometheusUrl: prometheus.url,
    outriderUrl: outrider.url,
    config,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
