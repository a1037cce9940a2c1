import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { outriderConfig, prometheusConfig, type Running } from './configuration.ts';
import { type ProgramSettings, startProgram } from './program.ts';
import { type Progress, showProgress } from './progress.ts';
import type { Screen } from './screen.ts';
import { startAlertmanager } from './service/alertmanager.ts';
import { startKafka } from './service/kafka.ts';
import { freePorts, HOST } from './service/port.ts';
import { startPostgres } from './service/postgres.ts';
import { startPrometheus } from './service/prometheus.ts';
import { provision } from './service/provision.ts';
import { startRedis } from './service/redis.ts';
import type { Service } from './service/service.ts';
import { openSite, type Site } from './site.ts';

/** Everything that the demo runs; what could not be had is undefined. */
export interface Stack extends AsyncDisposable {
  readonly postgres: Service | undefined;
  readonly redis: Service | undefined;
  readonly kafka: Service | undefined;
  readonly alertmanager: Service | undefined;
  readonly prometheus: Service | undefined;
  readonly api: Service;
  readonly worker: Service | undefined;
  readonly outrider: Service;
  /** Where the shop's own faults are switched. */
  readonly switchesUrl: string;
}

type Backing = Pick<Stack, 'postgres' | 'redis' | 'kafka' | 'alertmanager'>;

const SERVICES = ['postgres', 'redis', 'kafka', 'alertmanager', 'prometheus'] as const;
type ServiceName = (typeof SERVICES)[number];

/** Starts all of it, saying each part; throws if Outrider or the shop cannot start, or the signal came. */
export async function startStack(screen: Screen, signal: AbortSignal): Promise<Stack> {
  const available = await availableServices(screen);
  signal.throwIfAborted();
  const site = await openSite();
  try {
    // Postgres runs as another user and must get through to its own folder.
    await chmod(site.folder, 0o711);
    screen.line(`Starting in ${site.folder}, which goes when the demo ends:`);
    using progress = showProgress(screen, signal);
    const backing = await startBacking(site, available, progress);
    signal.throwIfAborted();
    const stack = await startPrograms(site, backing, available.has('prometheus'), progress);
    signal.throwIfAborted();
    return stack;
  } catch (error) {
    await site[Symbol.asyncDispose]();
    throw error;
  }
}

/** Finds or installs the services; what cannot be had is named with what to install. */
async function availableServices(screen: Screen): Promise<ReadonlySet<ServiceName>> {
  const results = await provision(SERVICES, (line) => screen.line(`  ${line}`));
  const available = new Set<ServiceName>(SERVICES);
  for (const result of results) {
    if (result.ok) continue;
    for (const name of SERVICES) if (name === result.name) available.delete(name);
    screen.line(screen.style('yellow', `Left out. ${result.instruction}`));
  }
  return available;
}

async function startBacking(site: Site, available: ReadonlySet<ServiceName>, progress: Progress): Promise<Backing> {
  const within = site.folder;
  const part = async (name: ServiceName, start: () => Promise<Service>) =>
    available.has(name)
      ? progress.part(
          name,
          async () => site.keep(await start()),
          ({ url }) => url,
        )
      : undefined;
  const [postgres, redis, kafka, alertmanager] = await Promise.all([
    part('postgres', () => startPostgres({ within })),
    part('redis', () => startRedis({ within })),
    part('kafka', () => startKafka({ within })),
    part('alertmanager', () => startAlertmanager({ within })),
  ]);
  return { postgres, redis, kafka, alertmanager };
}

async function startPrograms(
  site: Site,
  backing: Backing,
  withPrometheus: boolean,
  progress: Progress,
): Promise<Stack> {
  const [api = 0, switches = 0, worker = 0, outrider = 0] = await freePorts(4);
  const ports = { api, switches, worker, outrider };
  const running = addresses(backing, ports);
  const config = join(site.folder, 'outrider.yml');
  await writeFile(config, outriderConfig(running));
  const programs = programSettings(backing, ports, config, site.folder);
  const part = (name: string, start: () => Promise<Service>) =>
    progress.part(
      name,
      async () => site.keep(await start()),
      ({ url }) => url,
    );
  const [shop, shopWorker, daemon, prometheus] = await Promise.all([
    part('shop', () => startProgram(programs.shop)),
    running.worker === undefined ? undefined : part('shop-worker', () => startProgram(programs.worker)),
    part('outrider', () => startProgram(programs.outrider)),
    withPrometheus
      ? part('prometheus', () => startPrometheus({ config: prometheusConfig(running), within: site.folder }))
      : undefined,
  ]);
  if (shop === undefined || daemon === undefined) throw new Error('there is no demo without Outrider and the shop');
  const parts = { ...backing, prometheus, api: shop, worker: shopWorker, outrider: daemon };
  const dispose = () => site[Symbol.asyncDispose]();
  return { ...parts, switchesUrl: `http://${HOST}:${switches}`, [Symbol.asyncDispose]: dispose };
}

interface Ports {
  readonly api: number;
  readonly switches: number;
  readonly worker: number;
  readonly outrider: number;
}

function programSettings(
  { postgres, redis, kafka }: Backing,
  ports: Ports,
  config: string,
  within: string,
): Record<'shop' | 'worker' | 'outrider', ProgramSettings> {
  const shop = { DATABASE_URL: postgres?.url, REDIS_URL: redis?.url, KAFKA_BROKERS: kafka?.url };
  return {
    shop: {
      name: 'shop',
      script: 'demo/shop/api.ts',
      port: ports.api,
      readyPath: '/health/live',
      environment: { ...shop, PORT: String(ports.api), ADMIN_PORT: String(ports.switches) },
      within,
    },
    worker: {
      name: 'shop-worker',
      script: 'demo/shop/worker.ts',
      port: ports.worker,
      readyPath: '/health/live',
      environment: { ...shop, PORT: String(ports.worker) },
      within,
    },
    outrider: {
      name: 'outrider',
      script: 'bin/outrider.js',
      args: ['run', '-c', config, '--listen', `${HOST}:${ports.outrider}`],
      port: ports.outrider,
      readyPath: '/-/ready',
      within,
    },
  };
}

function addresses(backing: Backing, ports: Ports): Running {
  return {
    postgres: backing.postgres?.url,
    redis: backing.redis?.url,
    kafka: backing.kafka?.url,
    alertmanager: backing.alertmanager?.url,
    api: `http://${HOST}:${ports.api}`,
    worker: backing.kafka === undefined ? undefined : `http://${HOST}:${ports.worker}`,
    outrider: `http://${HOST}:${ports.outrider}`,
  };
}
