import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProgram } from '../../demo/program.ts';
import { type KafkaService, startKafka } from '../../demo/service/kafka.ts';
import { freePort, freePorts } from '../../demo/service/port.ts';
import { type PostgresService, startPostgres } from '../../demo/service/postgres.ts';
import { startRedis } from '../../demo/service/redis.ts';
import type { Service } from '../../demo/service/service.ts';
import { until } from '../support/wait.ts';

let postgres: PostgresService;
let redis: Service;
let kafka: KafkaService;
let api: Service;
let worker: Service;
let switches = '';

beforeAll(async () => {
  [postgres, redis, kafka] = await Promise.all([startPostgres(), startRedis(), startKafka()]);
  const [apiPort = 0, switchesPort = 0, workerPort = 0] = await freePorts(3);
  const services = {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    KAFKA_BROKERS: kafka.url,
    ORDERS_PER_SECOND: '0',
  };
  const program = { readyPath: '/health/live', within: tmpdir() };
  switches = `http://127.0.0.1:${switchesPort}/faults`;
  [api, worker] = await Promise.all([
    startProgram({
      ...program,
      name: 'shop',
      script: 'demo/shop/api.ts',
      port: apiPort,
      environment: { ...services, PORT: String(apiPort), ADMIN_PORT: String(switchesPort) },
    }),
    startProgram({
      ...program,
      name: 'shop-worker',
      script: 'demo/shop/worker.ts',
      port: workerPort,
      environment: { ...services, PORT: String(workerPort) },
    }),
  ]);
}, 120_000);

afterAll(async () => {
  await Promise.all([api, worker].map((program) => program?.[Symbol.asyncDispose]()));
  await Promise.all([postgres, redis, kafka].map((service) => service?.[Symbol.asyncDispose]()));
});

interface Ready {
  readonly status: string;
  readonly checks: Readonly<Record<string, { readonly status: string; readonly message?: string }>>;
}

async function ready(): Promise<{ readonly code: number; readonly body: Ready }> {
  const response = await fetch(`${api.url}/health/ready`);
  return { code: response.status, body: (await response.json()) as Ready };
}

const becomes = (status: string) =>
  until(`the shop is ${status}`, async () => {
    const answer = await ready();
    return answer.body.status === status ? answer : undefined;
  });

async function place(item: string): Promise<{ readonly id: number }> {
  const response = await fetch(`${api.url}/orders`, { method: 'POST', body: JSON.stringify({ item }) });
  expect(response.status).toBe(201);
  return (await response.json()) as { id: number };
}

const shipped = ({ id }: { readonly id: number }) =>
  until(`order ${id} is shipped`, async () => {
    const response = await fetch(`${api.url}/orders`);
    const orders = (await response.json()) as { id: number; status: string }[];
    return orders.find((order) => order.id === id && order.status === 'shipped');
  });

describe('the shop', () => {
  it('takes an order through the database and the queue to the worker', async () => {
    await becomes('healthy');
    await shipped(await place('teapot'));
    const metrics = await (await fetch(`${api.url}/metrics`)).text();
    expect(metrics).toMatch(/^http_requests_total\{status="201"\} 1$/m);
    expect(metrics).toMatch(/^http_request_duration_seconds_bucket\{le="0.1"\} [1-9]/m);
  });

  it('says 503 without its database, does not end, and goes on when it is back', async () => {
    await postgres.kill();
    const { code, body } = (await becomes('unhealthy')).value;
    expect([code, body.checks['database']?.message]).toEqual([503, `connect ECONNREFUSED 127.0.0.1:${postgres.port}`]);
    expect((await fetch(`${api.url}/orders`, { method: 'POST', body: '{"item": "kettle"}' })).status).toBe(503);
    await postgres.start();
    await becomes('healthy');
    await shipped(await place('kettle'));
  });

  it('is only degraded without its cache and its queue, and ships later what was ordered meanwhile', async () => {
    await Promise.all([redis.kill(), kafka.kill()]);
    const { code, body } = (await becomes('degraded')).value;
    expect([code, body.checks['cache']?.status, body.checks['queue']?.status]).toEqual([200, 'down', 'down']);
    const order = await place('lantern');
    await Promise.all([redis.start(), kafka.start()]);
    await becomes('healthy');
    await shipped(order);
  });

  it('shows when its pool is taken, and recovers when it is given back', async () => {
    await fetch(`${switches}/pool`, { method: 'PUT' });
    await until('the pool is full', async () => {
      const { database } = (await (await fetch(`${api.url}/health/detailed`)).json()) as {
        database: { pool: { size: number; used: number; used_ratio: number } };
      };
      return database.pool.used_ratio === 1 || undefined;
    });
    const { body } = (await becomes('unhealthy')).value;
    expect(body.checks['database']?.message).toMatch(/^no free connection: 5 of 5 in use, \d+ waiting$/);
    await fetch(`${switches}/pool`, { method: 'DELETE' });
    await becomes('healthy');
  });

  it('starts without any service', async () => {
    const port = await freePort();
    const environment = { PORT: String(port), ORDERS_PER_SECOND: '0' };
    const settings = { name: 'shop', script: 'demo/shop/api.ts', port, readyPath: '/health/ready', environment };
    await using shop = await startProgram({ ...settings, within: tmpdir() });
    expect((await fetch(`${shop.url}/orders`)).status).toBe(503);
  });
});
