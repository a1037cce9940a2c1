import type { Consumer } from 'kafkajs';
import { type Cache, openCache } from './cache.ts';
import { type Database, openDatabase } from './database.ts';
import { checkHealth, type Part } from './health.ts';
import { repeat } from './loop.ts';
import { createMetrics, type ShopMetrics } from './metrics.ts';
import { kafkaClient, openQueue } from './queue.ts';
import { report } from './report.ts';
import { createShopServer } from './server.ts';
import { type ShopSettings, settingsFrom } from './settings.ts';
import { untilStopped } from './stop.ts';

const CHECK_TIMEOUT_MS = 900;

/** The shop's worker: takes orders from the queue and ships them; a process of its own in a consumer group. */
async function main(): Promise<void> {
  const settings = settingsFrom(process.env);
  const stopping = new AbortController();
  const metrics = createMetrics();
  const { databaseUrl, redisUrl, brokers, topic } = settings;
  const database = databaseUrl === undefined ? undefined : openDatabase(databaseUrl, 2, 'shop-worker');
  const cache = redisUrl === undefined ? undefined : openCache(redisUrl);
  const queue = brokers.length === 0 ? undefined : openQueue({ brokers, topic, clientId: 'shop-worker' });
  const parts: Part[] = [
    ...(queue === undefined ? [] : [{ name: 'queue', essential: true, check: () => queue.check() }]),
    ...(database === undefined ? [] : [{ name: 'database', essential: true, check: () => database.check() }]),
  ];
  const ready = async () => {
    const health = await checkHealth(parts, CHECK_TIMEOUT_MS);
    return { status: health.status === 'unhealthy' ? 503 : 200, json: health };
  };
  const server = createShopServer({
    routes: {
      'GET /health/live': () => ({ status: 200, json: { status: 'alive' } }),
      'GET /health/ready': ready,
      'GET /metrics': async () => ({ status: 200, text: await metrics.text(), contentType: metrics.contentType }),
    },
    metrics,
  }).listen(settings.port, settings.host);
  const consuming = queue === undefined ? undefined : consume(settings, stopping.signal, { database, cache, metrics });
  await untilStopped(async () => {
    stopping.abort();
    server.close();
    server.closeAllConnections();
    await consuming;
    cache?.close();
    await Promise.allSettled([database?.close(), queue?.close()]);
  });
}

interface Desk {
  readonly database: Database | undefined;
  readonly cache: Cache | undefined;
  readonly metrics: ShopMetrics;
}

/** Consumes until the signal; when kafkajs gives up (a dead broker), begins anew a second later. */
async function consume(settings: ShopSettings, signal: AbortSignal, desk: Desk): Promise<void> {
  const kafka = kafkaClient({ brokers: settings.brokers, topic: settings.topic, clientId: 'shop-worker' });
  const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await repeat('queue', 1_000, signal, async () => {
    const consumer = kafka.consumer({
      groupId: settings.group,
      sessionTimeout: 6_000,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: 500,
      allowAutoTopicCreation: false,
      retry: { retries: 2, restartOnFailure: async () => false },
    });
    const crashed = new Promise<void>((resolve) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        report('queue', payload.error);
        resolve();
      });
    });
    try {
      await start(consumer, settings.topic, desk);
      await Promise.race([crashed, stopped]);
    } finally {
      await consumer.disconnect().catch((error: unknown) => report('queue', error));
    }
  });
}

async function start(consumer: Consumer, topic: string, desk: Desk): Promise<void> {
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachBatch: async ({ batch, resolveOffset, heartbeat, commitOffsetsIfNecessary }) => {
      await ship(
        batch.messages.flatMap(({ value }) => orderId(value)),
        desk,
      );
      resolveOffset(batch.lastOffset());
      await commitOffsetsIfNecessary();
      await heartbeat();
    },
  });
}

/** An order that cannot be read is left aside: it would block the queue for ever. */
function orderId(value: Buffer | null): number[] {
  try {
    const { id } = JSON.parse(String(value)) as { id?: unknown };
    return typeof id === 'number' ? [id] : [];
  } catch (error) {
    report('queue', error);
    return [];
  }
}

/** While the database is down this rejects, the offset stays, and the orders come again. */
async function ship(ids: readonly number[], { database, cache, metrics }: Desk): Promise<void> {
  await database?.ship(ids);
  metrics.shipped(ids.length);
  await cache?.increment('orders:shipped', ids.length).catch((error: unknown) => report('cache', error));
}

await main();
