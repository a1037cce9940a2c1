import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAlertmanager } from '../../demo/service/alertmanager.ts';
import { type KafkaService, startKafka } from '../../demo/service/kafka.ts';
import { startPostgres } from '../../demo/service/postgres.ts';
import { startRedis } from '../../demo/service/redis.ts';
import type { Service } from '../../demo/service/service.ts';
import { exposedBy, seriesIn, shownTargets, untilStatus } from '../support/daemon.ts';
import { type EvilServer, startEvilServer } from '../support/evil-http.ts';
import { type HttpService, startHttpService } from '../support/http-service.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import type { Exposition } from '../support/peer.ts';
import { until } from '../support/wait.ts';

const INTERVAL_MS = 1000;
const TIMEOUT_MS = 700;
/** How late this test may look, on a machine that does other things too. */
const SLACK_MS = 250;

/** One run of a probe, as seen from outside: when it began and when its result was first seen, Unix ms. */
interface SeenRun {
  readonly beganMs: number;
  readonly seenMs: number;
  readonly reason: string | undefined;
}

/** Looks at all targets for a while and tells their runs apart. */
async function watch(outrider: Outrider, forMs: number): Promise<ReadonlyMap<string, readonly SeenRun[]>> {
  const runs = new Map<string, SeenRun[]>();
  const before = await shownTargets(outrider);
  for (const end = performance.now() + forMs; performance.now() < end; await sleep(10)) {
    for (const { name, lastProbe, reason } of Object.values(await shownTargets(outrider))) {
      const known = runs.get(name) ?? [];
      runs.set(name, known);
      if (lastProbe === undefined || lastProbe === before[name]?.lastProbe) continue;
      const beganMs = Date.parse(lastProbe);
      if (known.at(-1)?.beganMs !== beganMs) known.push({ beganMs, seenMs: Date.now(), reason });
    }
  }
  return runs;
}

/** A TCP server that gives every connection one byte a second and never ends. */
async function startDrip(): Promise<{ readonly port: number } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    const timer = setInterval(() => socket.write('*'), 1000);
    sockets.add(socket.on('error', () => {}).on('close', () => clearInterval(timer)));
    socket.write('*');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const OTHERS = ['one', 'two', 'three'];
const REAL = ['database', 'cache', 'queue', 'api'];
const HOSTILE = ['drip-http', 'drip-postgres', 'drip-redis', 'drip-kafka', 'flood'];

describe('every target ends by its deadline', () => {
  let database: Service;
  let cache: Service;
  let queue: KafkaService;
  let api: HttpService;
  let healthy: HttpService;
  let evil: EvilServer;
  let drip: Awaited<ReturnType<typeof startDrip>>;
  let outrider: Outrider;

  beforeAll(async () => {
    [database, cache, queue, api, healthy, evil, drip] = await Promise.all([
      startPostgres(),
      startRedis(),
      startKafka(),
      startHttpService(),
      startHttpService(),
      startEvilServer(),
      startDrip(),
    ]);
    outrider = await startOutrider(`
service: shop
startup_grace: 0s
defaults: { interval: ${INTERVAL_MS}ms, timeout: ${TIMEOUT_MS}ms }
targets:
  - { name: database, type: postgres, url: "${database.url}" }
  - { name: cache, type: redis, url: "${cache.url}" }
  - { name: queue, type: kafka, brokers: ["${queue.brokers[0]}"] }
  - { name: api, type: http, url: "${api.url}/" }
${OTHERS.map((name) => `  - { name: ${name}, type: http, url: "${healthy.url}/${name}" }`).join('\n')}
  - { name: drip-http, type: http, url: "${evil.url}/drip-body" }
  - { name: flood, type: http, url: "${evil.url}/ten-gigabytes" }
  - { name: drip-postgres, type: postgres, url: "postgres://127.0.0.1:${drip.port}/" }
  - { name: drip-redis, type: redis, url: "redis://127.0.0.1:${drip.port}" }
  - { name: drip-kafka, type: kafka, brokers: ["127.0.0.1:${drip.port}"] }
`);
    await untilStatus(outrider, 'up', [...REAL, ...OTHERS]);
  });
  afterAll(async () => {
    const all = [outrider, database, cache, queue, api, healthy, evil, drip];
    await Promise.all(all.map((one) => one?.[Symbol.asyncDispose]()));
  });

  const skipped = (exposed: Exposition, target: string) =>
    seriesIn(exposed, 'outrider_target_probes_total', { target, outcome: 'skipped' }) ?? 0;
  const delays = (exposed: Exposition, le: string) =>
    seriesIn(exposed, 'outrider_probe_delay_seconds_bucket', { le }) ?? 0;

  function expectOnSchedule(names: readonly string[], runs: ReadonlyMap<string, readonly SeenRun[]>, forMs: number) {
    for (const name of names) {
      const began = (runs.get(name) ?? []).map(({ beganMs }) => beganMs);
      expect(began.length, name).toBeGreaterThanOrEqual(Math.floor(forMs / INTERVAL_MS) - 1);
      for (const [index, at] of began.slice(1).entries())
        expect(Math.abs(at - (began[index] ?? 0) - INTERVAL_MS), name).toBeLessThan(SLACK_MS);
    }
  }

  function expectWithinDeadline(names: readonly string[], runs: ReadonlyMap<string, readonly SeenRun[]>) {
    for (const name of names) {
      expect(runs.get(name)?.length, name).toBeGreaterThan(0);
      for (const { beganMs, seenMs } of runs.get(name) ?? [])
        expect(seenMs - beganMs, name).toBeLessThan(TIMEOUT_MS + SLACK_MS);
    }
  }

  it('where the other side drips or floods, in bounded memory', async () => {
    const before = await exposedBy(outrider);
    const runs = await watch(outrider, 3000);
    expectWithinDeadline(HOSTILE, runs);
    expectOnSchedule([...REAL, ...OTHERS], runs, 3000);
    const targets = await shownTargets(outrider);
    for (const name of ['drip-http', 'drip-postgres', 'drip-redis', 'drip-kafka'])
      expect(targets[name]?.status, name).toBe('down');
    const after = await exposedBy(outrider);
    const grown = (now: Exposition, then: Exposition) =>
      (seriesIn(now, 'process_resident_memory_bytes') ?? Number.NaN) -
      (seriesIn(then, 'process_resident_memory_bytes') ?? Number.NaN);
    expect(grown(after, before)).toBeLessThan(50e6);
  });

  it.each([
    [['database', 'api'], () => [database, api]],
    [['cache', 'queue'], () => [cache, queue]],
  ] as const)('where %j are stopped with SIGSTOP, and the others keep their schedule', async (frozen, servicesOf) => {
    const services = servicesOf();
    const others = [...REAL.filter((name) => !frozen.some((one) => one === name)), ...OTHERS];
    const before = await exposedBy(outrider);
    await Promise.all(services.map((service) => service.freeze()));
    try {
      await untilStatus(outrider, 'down', frozen);
      const runs = await watch(outrider, 4000);
      expectWithinDeadline(frozen, runs);
      expectOnSchedule([...frozen, ...others], runs, 4000);
      for (const name of frozen)
        expect(new Set(runs.get(name)?.map(({ reason }) => reason)), name).toEqual(new Set(['timeout']));
      const targets = await shownTargets(outrider);
      for (const name of frozen) expect(targets[name]?.message, name).toMatch(/ within 700ms$|timed out|no answer/);
      for (const name of others) expect(targets[name]?.status, name).toBe('up');
    } finally {
      await Promise.all(services.map((service) => service.thaw()));
    }
    await untilStatus(outrider, 'up', frozen, 2 * INTERVAL_MS + 2000);
    const after = await exposedBy(outrider);
    for (const name of [...frozen, ...others]) expect(skipped(after, name), name).toBe(skipped(before, name));
    const late = (le: string) =>
      delays(after, '+Inf') - delays(before, '+Inf') - (delays(after, le) - delays(before, le));
    expect(late('0.25')).toBe(0);
  });

  it('and a stop ends within 5 s with exit code 0, although all that is probed and told stands still', async () => {
    const services = [database, cache, queue, api];
    await using alertmanager = await startAlertmanager();
    await using other = await startOutrider(`
service: shop
defaults: { interval: ${INTERVAL_MS}ms, timeout: ${TIMEOUT_MS}ms }
targets:
  - { name: database, type: postgres, url: "${database.url}" }
  - { name: cache, type: redis, url: "${cache.url}" }
  - { name: queue, type: kafka, brokers: ["${queue.brokers[0]}"] }
  - { name: api, type: http, url: "${api.url}/" }
notify: { alertmanager: { urls: ["${alertmanager.url}"] } }
`);
    await untilStatus(other, 'up', REAL);
    await Promise.all([...services, alertmanager].map((service) => service.freeze()));
    try {
      await untilStatus(other, 'down', REAL);
      const { code, tookMs } = await other.stop();
      expect(code).toBe(0);
      expect(tookMs).toBeLessThan(5000);
    } finally {
      await Promise.all([...services, alertmanager].map((service) => service.thaw()));
    }
  });
});

it('probes in flight are bounded, and the turns that found no room are counted', async () => {
  await using evil = await startEvilServer();
  // Two names, so that no host's own bound comes first.
  const hosts = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? '127.0.0.1' : 'localhost'));
  await using outrider = await startOutrider(`
service: shop
limits: { in_flight: 5 }
defaults: { interval: 1s, timeout: 900ms }
targets:
${hosts.map((host, index) => `  - { name: t${index}, type: http, url: "http://${host}:${evil.port}/silent" }`).join('\n')}
`);
  let most = 0;
  const saturated = async () =>
    seriesIn(await exposedBy(outrider), 'outrider_probes_skipped_total', { why: 'saturated' }) ?? 0;
  await until('turns were left out', async () => {
    most = Math.max(most, evil.open());
    return (await saturated()) > 20 ? true : undefined;
  });
  expect(most).toBeGreaterThanOrEqual(4);
  expect(most).toBeLessThanOrEqual(5);
});
