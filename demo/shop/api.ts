import { openCache } from './cache.ts';
import { openDatabase } from './database.ts';
import { createFaults, serveFaults } from './faults.ts';
import { checkHealth, type Part } from './health.ts';
import { repeat } from './loop.ts';
import { createMetrics } from './metrics.ts';
import { listOrders, placeOrder } from './orders.ts';
import { openQueue } from './queue.ts';
import { createShopServer, type Route } from './server.ts';
import { type ShopSettings, settingsFrom } from './settings.ts';
import { untilStopped } from './stop.ts';

const CHECK_TIMEOUT_MS = 900;
const SLOW_MS = 4_000;
const BATCH = 100;
/** What shows the inside of the shop stays truthful while its service to customers is broken on purpose. */
const INSIGHT: ReadonlySet<string> = new Set(['/metrics', '/health/live', '/health/detailed']);
const NO_SABOTAGE = { delayMs: 0, fail: false } as const;
const ITEMS = ['teapot', 'lantern', 'compass', 'kettle', 'umbrella'];

/** The shop's HTTP API, its pretended customers, and the dispatcher that takes orders to the queue. */
async function main(): Promise<void> {
  const settings = settingsFrom(process.env);
  const parts = open(settings);
  const stopping = new AbortController();
  const faults = createFaults((fault, signal) => {
    if (fault === 'pool') void parts.database?.exhaust(signal);
  });
  const metrics = createMetrics(parts.database?.pool);
  const server = createShopServer({
    routes: routes(parts, () => metrics.text(), metrics.contentType),
    metrics,
    sabotage: (path) =>
      INSIGHT.has(path) ? NO_SABOTAGE : { delayMs: faults.isOn('slow') ? SLOW_MS : 0, fail: faults.isOn('errors') },
  }).listen(settings.port, settings.host);
  const admin = settings.adminPort === undefined ? undefined : serveFaults(faults, settings.adminPort);
  const loops = [
    repeat('queue', 250, stopping.signal, async () => metrics.sent(await dispatch(parts))),
    ...customers(settings, stopping.signal),
  ];
  await untilStopped(async () => {
    stopping.abort();
    for (const listener of [server, admin]) {
      listener?.close();
      listener?.closeAllConnections();
    }
    await Promise.all(loops);
    parts.cache?.close();
    await Promise.allSettled([parts.database?.close(), parts.queue?.close()]);
  });
}

type Parts = ReturnType<typeof open>;

function open(settings: ShopSettings) {
  const { databaseUrl, redisUrl, brokers, topic } = settings;
  return {
    database: databaseUrl === undefined ? undefined : openDatabase(databaseUrl, settings.poolSize, 'shop-api'),
    cache: redisUrl === undefined ? undefined : openCache(redisUrl),
    queue: brokers.length === 0 ? undefined : openQueue({ brokers, topic, clientId: 'shop-api' }),
  };
}

function healthParts({ database, cache, queue }: Parts): Part[] {
  return [
    ...(database === undefined ? [] : [{ name: 'database', essential: true, check: () => database.check() }]),
    ...(cache === undefined ? [] : [{ name: 'cache', essential: false, check: () => cache.check() }]),
    ...(queue === undefined ? [] : [{ name: 'queue', essential: false, check: () => queue.check() }]),
  ];
}

function routes(parts: Parts, metricsText: () => Promise<string>, contentType: string): Record<string, Route> {
  const health = () => checkHealth(healthParts(parts), CHECK_TIMEOUT_MS);
  const { database, cache } = parts;
  return {
    'GET /health/live': () => ({ status: 200, json: { status: 'alive' } }),
    'GET /health/ready': async () => {
      const result = await health();
      return { status: result.status === 'unhealthy' ? 503 : 200, json: result };
    },
    'GET /health/detailed': async () => {
      const { status, checks } = await health();
      const pool = database?.pool();
      const details = Object.entries(checks).map(([name, check]) => [
        name,
        { ...check, ...(name === 'database' && { pool }) },
      ]);
      return { status: 200, json: { status, uptime_s: Math.round(process.uptime()), ...Object.fromEntries(details) } };
    },
    'GET /metrics': async () => ({ status: 200, text: await metricsText(), contentType }),
    'GET /orders': () => (database === undefined ? closed : listOrders(database, cache)),
    'POST /orders': (body) => (database === undefined ? closed : placeOrder(database, body)),
  };
}

const closed = { status: 503, json: { error: 'the shop has no database' } } as const;

/** From the database to the queue: what the queue does not take stays, and is tried again. Gives how many went. */
async function dispatch({ database, queue }: Parts): Promise<number> {
  if (database === undefined || queue === undefined) return 0;
  const orders = await database.unsent(BATCH);
  if (orders.length === 0) return 0;
  await queue.send(orders.map((order) => ({ key: order.item, value: JSON.stringify(order) })));
  await database.markSent(orders.map(({ id }) => id));
  return orders.length;
}

/** Pretended customers, so that there is something to see: they use the shop's own HTTP API. */
function customers({ ordersPerSecond, port }: ShopSettings, signal: AbortSignal): Promise<void>[] {
  if (ordersPerSecond === 0) return [];
  let placed = 0;
  const order = async () => {
    const body = JSON.stringify({ item: ITEMS[placed % ITEMS.length], quantity: 1 + (placed % 3) });
    placed += 1;
    const limited = AbortSignal.any([signal, AbortSignal.timeout(5_000)]);
    await fetch(`http://127.0.0.1:${port}/orders`, { method: 'POST', body, signal: limited }).then((r) => r.text());
    await fetch(`http://127.0.0.1:${port}/orders`, { signal: limited }).then((r) => r.text());
  };
  return [repeat('customers', 1_000 / ordersPerSecond, signal, () => order().catch(() => undefined))];
}

await main();
