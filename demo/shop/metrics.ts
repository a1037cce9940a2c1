import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { PoolState } from './database.ts';

/** What the shop counts. */
export interface ShopMetrics {
  request(status: number, seconds: number): void;
  sent(orders: number): void;
  shipped(orders: number): void;
  text(): Promise<string>;
  readonly contentType: string;
}

/** One registry of its own; `pool` is asked at each scrape. */
export function createMetrics(pool?: () => PoolState): ShopMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests answered.',
    labelNames: ['status'],
    registers,
  });
  const durations = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from a request to the end of its answer.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const sent = new Counter({ name: 'shop_orders_sent_total', help: 'Orders that went to the queue.', registers });
  const shipped = new Counter({ name: 'shop_orders_shipped_total', help: 'Orders that were shipped.', registers });
  if (pool !== undefined) {
    new Gauge({
      name: 'shop_database_pool_used_ratio',
      help: 'Share of the database pool that is in use.',
      registers,
      collect() {
        this.set(pool().used_ratio);
      },
    });
  }
  return {
    request(status, seconds) {
      requests.inc({ status: String(status) });
      durations.observe(seconds);
    },
    sent: (orders) => sent.inc(orders),
    shipped: (orders) => shipped.inc(orders),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
