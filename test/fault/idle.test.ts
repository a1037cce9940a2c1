import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres } from '../../demo/service/postgres.ts';
import { startRedis } from '../../demo/service/redis.ts';
import type { Service } from '../../demo/service/service.ts';
import { exposedBy, seriesIn, untilStatus } from '../support/daemon.ts';
import { type MortalDaemon, openMortal } from '../support/fault/daemon.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/fault/proxy.ts';
import { until } from '../support/wait.ts';

const NAMES = ['database', 'cache'];

/** Fails behind the daemon's back, as a bug in a library would: once at the start of each second. */
const STRAY = `data:text/javascript,${encodeURIComponent('setInterval(()=>{Promise.reject(new Error("a stray rejection"))},1000)')}`;

describe('a connection that is kept between probes', () => {
  let services: Service[] = [];
  let proxies: FaultProxy[] = [];
  let daemon: MortalDaemon;
  let pid: number;
  beforeAll(async () => {
    services = await Promise.all([startPostgres(), startRedis()]);
    proxies = await Promise.all(services.map(({ port }) => startFaultProxy(port)));
    const [database, cache] = proxies.map(({ port }) => `127.0.0.1:${port}`);
    daemon = await openMortal(
      `
service: shop
startup_grace: 0s
defaults: { interval: 1s, timeout: 900ms }
targets:
  - { name: database, type: postgres, url: "postgres://postgres@${database}/postgres" }
  - { name: cache, type: redis, url: "redis://${cache}" }
`,
      { env: { NODE_OPTIONS: `--import=${STRAY}` } },
    );
    await daemon.start();
    pid = daemon.pid;
    await untilStatus(daemon, 'up', NAMES);
  });
  afterAll(async () => {
    await Promise.all([daemon, ...proxies, ...services].map((one) => one?.[Symbol.asyncDispose]()));
  });

  const isAlive = async () => {
    expect((await daemon.get('/-/healthy')).status).toBe(200);
    expect(daemon.pid).toBe(pid);
  };
  const become = (fault: Fault) => Promise.all(proxies.map((proxy) => proxy.become(fault)));
  const passAgain = async () => {
    await become({ kind: 'pass' });
    await untilStatus(daemon, 'up', NAMES);
  };

  it.each<Fault>([
    { kind: 'reset' },
    { kind: 'refuse' },
    { kind: 'half-close' },
    { kind: 'black-hole' },
    { kind: 'cut', afterBytes: 3 },
    { kind: 'drip', everyMs: 200 },
  ])('and meets %o is down by its deadline, costs nothing else, and is made anew', async (fault) => {
    await become(fault);
    await untilStatus(daemon, 'down', NAMES);
    await isAlive();
    await passAgain();
    await until('each has one connection again', () =>
      proxies.every((proxy) => proxy.open() <= 2) ? true : undefined,
    );
  });

  it('that is reset once between two probes is made anew', async () => {
    const before = proxies.map((proxy) => proxy.accepted());
    await become({ kind: 'reset' });
    await become({ kind: 'pass' });
    await until('both have new connections', () =>
      proxies.every((proxy, at) => proxy.accepted() > (before[at] ?? 0)) ? true : undefined,
    );
    await untilStatus(daemon, 'up', NAMES);
    await isAlive();
  });

  it('that the server ends is made anew', async () => {
    const [server] = services;
    const client = new pg.Client({ connectionString: server?.url });
    client.on('error', () => {});
    await client.connect();
    const before = proxies[0]?.accepted() ?? 0;
    await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename is not null',
    );
    await client.end();
    await until('it is made anew', () => ((proxies[0]?.accepted() ?? 0) > before ? true : undefined));
    await untilStatus(daemon, 'up', NAMES);
    await isAlive();
  });

  it('that dies with its server is down, and up when that is back', async () => {
    await Promise.all(services.map((service) => service.kill()));
    await untilStatus(daemon, 'down', NAMES);
    await Promise.all(services.map((service) => service.start()));
    await untilStatus(daemon, 'up', NAMES);
    await isAlive();
  });

  it('and a rejection that nobody handles is said in the log, counted, and ends nothing', async () => {
    expect(daemon.output()).toMatch(/level=error .*a stray rejection/);
    const counted = seriesIn(await exposedBy(daemon), 'outrider_internal_errors_total', { stage: 'stray' });
    expect(counted ?? 0).toBeGreaterThan(0);
    await isAlive();
  });
});
