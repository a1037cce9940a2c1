import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type KafkaService, startKafka } from '../../demo/service/kafka.ts';
import { type PostgresService, startPostgres } from '../../demo/service/postgres.ts';
import { startRedis } from '../../demo/service/redis.ts';
import type { Service } from '../../demo/service/service.ts';
import { exposedBy, seriesIn, untilStatus } from '../support/daemon.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { kafkaTools, startConsumer } from '../support/kafka.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { otherSession } from '../support/postgres.ts';
import { shownAlerts, startTelling, type ToldBy, untilQuiet, untilShown } from '../support/told.ts';
import { until } from '../support/wait.ts';

/** Of a pool of 12, two are kept for the superuser. */
const SLOTS = 10;
/** Far from both the threshold and the timeout of a second, so that others may use the machine. */
const SLOW_MS = 700;
/** What is quick again is so for the rest of the window; longer where others make it slow now and then. */
const PATIENT = { timeout: 120_000 };
const MEMORY = ['--maxmemory', '16mb', '--maxmemory-policy', 'noeviction'];

let pool: PostgresService;
let store: PostgresService;
let memory: Service;
let filled: Service;
let queue: KafkaService;
let page: HttpServer;
let slow = false;
let alertmanager: ToldBy;
let outrider: Outrider;

beforeAll(async () => {
  page = await startHttpServer((_request, response) => {
    setTimeout(() => response.end(), slow ? SLOW_MS : 0);
  });
  const settings = { max_connections: String(SLOTS + 2), superuser_reserved_connections: '2', max_wal_senders: '0' };
  [queue, pool, store, memory, filled, alertmanager] = await Promise.all([
    startKafka(),
    startPostgres({ settings }),
    startPostgres(),
    startRedis({ args: MEMORY }),
    startRedis({ args: MEMORY }),
    startTelling(),
  ]);
  outrider = await startOutrider(`
service: shop
defaults:
  interval: 1s
targets:
  - { name: page, type: http, url: "${page.url}",
      alerts: [{ name: PageSlow, when: "p95(duration) over 20s > 400ms", severity: P2 }] }
  - { name: pool, type: postgres, url: "${pool.url}",
      alerts: [{ name: PostgresConnectionsHigh, for: 3s }, { name: PostgresConnectionsExhausted, for: 1s }] }
  - { name: store, type: postgres, url: "${store.url}", alerts: [{ name: PostgresBlockedQueries, for: 2s }] }
  - { name: memory, type: redis, url: "${memory.url}",
      alerts: [{ name: RedisMemoryHigh, for: 1s }, { name: RedisMemoryExhausted, for: 1s }] }
  - { name: queue, type: kafka, brokers: ["${queue.brokers[0]}"], groups: [workers],
      alerts: [{ name: WorkersBehind, when: "lag{group=workers} > 20", severity: P2 }] }
notify: { alertmanager: { urls: ["${alertmanager.url}"] } }
`);
  await untilStatus(outrider, 'up', ['page', 'pool', 'store', 'memory', 'queue']);
});
afterAll(async () => {
  const all = [outrider, alertmanager, page, pool, store, memory, filled, queue];
  await Promise.all(all.map((one) => one?.[Symbol.asyncDispose]()));
});

const redisOf = ({ port, host }: Service): Redis => new Redis(port, host).on('error', () => {});

/** Sets keys until this share of the memory is used. */
async function fill(server: Service, ratio: number): Promise<void> {
  const client = redisOf(server);
  try {
    const chunk = Buffer.alloc(64 * 1024, 'x');
    for (let key = 0; (await usedRatio(client)) < ratio; key++) await client.set(`${ratio}-${key}`, chunk);
  } finally {
    client.disconnect();
  }
}

async function usedRatio(client: Redis): Promise<number> {
  const memory = await client.info('memory');
  const [used, most] = ['used_memory', 'maxmemory'].map((name) => new RegExp(`^${name}:(\\d+)`, 'm').exec(memory)?.[1]);
  return Number(used) / Number(most);
}

/** Clients of the application, each with a connection of its own. */
async function connect(count: number): Promise<AsyncDisposable> {
  const clients = Array.from({ length: count }, () => {
    const client = new pg.Client({ connectionString: pool.url.replace('//postgres@', '//app@') });
    client.on('error', () => {});
    return client;
  });
  await Promise.all(clients.map((client) => client.connect()));
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}

describe.concurrent('a threshold on a real service', () => {
  it(
    'fires on an endpoint that is slow at the 95th percentile, with value and threshold, and ends when it is quick again',
    PATIENT,
    async ({ expect }) => {
      slow = true;
      const alert = await untilShown(outrider, 'firing', 'PageSlow', 'page');
      expect(alert.value).toBeGreaterThan(0.4);
      expect(alert.threshold).toBe(0.4);
      const exposed = await exposedBy(outrider);
      const labels = { alertname: 'PageSlow', target: 'page' };
      expect(seriesIn(exposed, 'outrider_alert_value', labels)).toBeGreaterThan(0.4);
      expect(seriesIn(exposed, 'outrider_alert_threshold', labels)).toBe(0.4);
      expect(seriesIn(exposed, 'outrider_target_up', { target: 'page' })).toBe(1);
      slow = false;
      const ends = ['firing PageSlow/page P2', 'resolved PageSlow/page P2'];
      await alertmanager.untilTold({ target: 'page' }, ends, 90_000);
    },
  );

  it('fires on a pool that real connections exhaust; as they leave, the milder alert takes over', async ({
    expect,
  }) => {
    {
      await using admin = await otherSession(pool);
      await admin.ask('create role app login');
    }
    const told = [
      'firing PostgresConnectionsExhausted/pool P1',
      'resolved PostgresConnectionsExhausted/pool P1',
      'firing PostgresConnectionsHigh/pool P2',
    ];
    {
      await using _most = await connect(SLOTS - 2); // one more is Outrider's own
      {
        await using _last = await connect(1);
        const graver = await untilShown(outrider, 'firing', 'PostgresConnectionsExhausted', 'pool');
        expect(graver).toMatchObject({ severity: 'P1', value: 1, threshold: 0.95 });
        await expect(connect(1)).rejects.toMatchObject({ code: '53300' });
        const milder = await untilShown(outrider, 'suppressed', 'PostgresConnectionsHigh', 'pool');
        expect(milder.suppressedBy).toEqual([graver.fingerprint]);
        await alertmanager.untilTold({ target: 'pool' }, told.slice(0, 1));
      }
      const left = await untilShown(outrider, 'firing', 'PostgresConnectionsHigh', 'pool');
      expect(left).toMatchObject({ value: (SLOTS - 1) / SLOTS, threshold: 0.8 });
      await alertmanager.untilTold({ target: 'pool' }, told);
    }
    await alertmanager.untilTold({ target: 'pool' }, [...told, 'resolved PostgresConnectionsHigh/pool P2']);
  });

  it('fires on a query that a real lock blocks, and ends when the lock is released', async ({ expect }) => {
    await using holder = await otherSession(store);
    await using waiter = await otherSession(store);
    await holder.ask('create table item (id int)');
    await holder.ask('begin; lock table item in access exclusive mode');
    const waiting = waiter.ask('select count(*) from item');
    waiting.catch(() => {}); // where the test fails before it is over
    const alert = await untilShown(outrider, 'firing', 'PostgresBlockedQueries', 'store');
    expect(alert).toMatchObject({ severity: 'P2', value: 1, threshold: 0 });
    const told = ['firing PostgresBlockedQueries/store P2'];
    await alertmanager.untilTold({ target: 'store' }, told);
    await holder.ask('commit');
    expect(await waiting).toEqual([{ count: '0' }]);
    await alertmanager.untilTold({ target: 'store' }, [...told, 'resolved PostgresBlockedQueries/store P2']);
  });

  it('fires on the lag of a consumer that stopped, and ends when it has caught up', async ({ expect }) => {
    const tools = kafkaTools(queue);
    const lag = async () =>
      seriesIn(await exposedBy(outrider), 'kafka_consumergroup_lag_sum', { consumergroup: 'workers', topic: 'orders' });
    await tools.produce('orders', 5);
    {
      await using _ = await startConsumer(queue, 'workers', 'orders');
      await until('the consumer has committed', async () => ((await lag()) === 0 ? true : undefined));
    }
    await tools.produce('orders', 30);
    const alert = await untilShown(outrider, 'firing', 'WorkersBehind', 'queue');
    expect(alert).toMatchObject({ labels: { group: 'workers', topic: 'orders' }, value: 30, threshold: 20 });
    const told = ['firing WorkersBehind/queue P2'];
    await alertmanager.untilTold({ target: 'queue', group: 'workers', topic: 'orders' }, told);
    await using _ = await startConsumer(queue, 'workers', 'orders');
    await alertmanager.untilTold({ target: 'queue' }, [...told, 'resolved WorkersBehind/queue P2']);
    expect(await lag()).toBe(0);
  });

  it('fires on memory that fills; the graver one that joins explains the milder one, which was told and ends with it', async ({
    expect,
  }) => {
    await fill(memory, 0.86);
    const high = await untilShown(outrider, 'firing', 'RedisMemoryHigh', 'memory');
    expect(high.threshold).toBe(0.8);
    await alertmanager.untilTold({ target: 'memory' }, ['firing RedisMemoryHigh/memory P2']);

    await fill(memory, 0.975);
    const exhausted = await untilShown(outrider, 'firing', 'RedisMemoryExhausted', 'memory');
    expect(exhausted.value).toBeGreaterThan(0.95);
    await untilShown(
      outrider,
      'firing',
      'RedisMemoryHigh',
      'memory',
      ({ suppressedBy = [] }) => suppressedBy.join() === exhausted.fingerprint,
    );
    const told = ['firing RedisMemoryHigh/memory P2', 'firing RedisMemoryExhausted/memory P1'];
    await alertmanager.untilTold({ target: 'memory' }, told);

    const client = redisOf(memory);
    await client.flushall();
    client.disconnect();
    const ends = ['resolved RedisMemoryExhausted/memory P1', 'resolved RedisMemoryHigh/memory P2'];
    await alertmanager.untilTold({ target: 'memory' }, [...told, ...ends]);
  });

  it('stays what it is over reloads that change the threshold, until one that it does not reach', async ({
    expect,
  }) => {
    const config = (threshold: string) => `
service: reloaded
defaults: { interval: 1s }
targets:
  - name: memory
    type: redis
    url: "${filled.url}"
    alerts: [{ name: RedisMemoryHigh, when: "memory_used_ratio > ${threshold} and eviction == none", for: 1s }]
notify: { alertmanager: { urls: ["${alertmanager.url}"] } }
`;
    await fill(filled, 0.86);
    await using daemon = await startOutrider(config('80%'));
    const before = await untilShown(daemon, 'firing', 'RedisMemoryHigh', 'memory');
    const told = ['firing RedisMemoryHigh/memory P2'];
    await alertmanager.untilTold({ service: 'reloaded' }, told);
    await daemon.reload(config('70%'));
    expect(await shownAlerts(daemon)).toMatchObject([{ state: 'firing', since: before.since }]);
    const after = await untilShown(daemon, 'firing', 'RedisMemoryHigh', 'memory', ({ threshold }) => threshold === 0.7);
    expect(after).toMatchObject({ fingerprint: before.fingerprint, since: before.since });
    expect(alertmanager.told({ service: 'reloaded' })).toEqual(told);
    await daemon.reload(config('90%'));
    await untilQuiet(daemon);
    await alertmanager.untilTold({ service: 'reloaded' }, [...told, 'resolved RedisMemoryHigh/memory P2']);
  });
});
