import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';

/** Work that goes on until it is disposed. */
export type Load = AsyncDisposable;

/** Does something again and again; what fails is tried again: a service may be down meanwhile. */
function again(everyMs: number, act: () => Promise<unknown>, close: () => Promise<unknown>): Load {
  let isOver = false;
  const going = (async () => {
    while (!isOver) {
      await act().catch(() => undefined);
      await sleep(everyMs);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      isOver = true;
      await going;
      await close().catch(() => undefined);
    },
  };
}

/** Rows written, read, changed and sorted on disk; some transactions rolled back; one session that holds its transaction open. */
export async function loadPostgres(url: string): Promise<Load> {
  const pool = new pg.Pool({ connectionString: url, max: 3, options: '-c work_mem=64kB' });
  pool.on('error', () => {});
  await pool.query('create table if not exists orders (id serial primary key, what text)');
  const holder = await pool.connect();
  holder.on('error', () => {});
  await holder.query('begin; select count(*) from orders');
  const round = async () => {
    await pool.query("insert into orders (what) select repeat('x', 200) from generate_series(1, 300)");
    await pool.query('update orders set what = what where id % 7 = 0');
    await pool.query('select * from orders order by what, id desc limit 5000');
    const client = await pool.connect();
    try {
      await client.query('begin; delete from orders where id % 100 = 0');
      await client.query('rollback');
    } finally {
      client.release();
    }
  };
  return again(150, round, async () => {
    holder.release(true);
    await pool.end();
  });
}

/** Keys written, with and without an expiry, read, and asked for in vain; a command that is slow. */
export async function loadRedis(url: string): Promise<Load> {
  const client = new Redis(url, { maxRetriesPerRequest: 1 });
  client.on('error', () => {});
  await client.config('SET', 'slowlog-log-slower-than', '1000');
  let count = 0;
  const round = async () => {
    const pipeline = client.pipeline();
    for (let index = 0; index < 200; index++) {
      count++;
      pipeline.set(`order:${count}`, 'x'.repeat(500), 'EX', 600);
      pipeline.get(`order:${count - index * 3}`);
    }
    await pipeline.exec();
    await client.eval('local n = 0 for i = 1, 200000 do n = n + i end return n', 0);
  };
  return again(100, round, async () => client.disconnect());
}

/** Messages written to a topic; a group that reads them, and one that committed once and is never seen again. */
export async function loadKafka(broker: string): Promise<Load> {
  const kafka = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'orders', numPartitions: 3 }], waitForLeaders: true });
  await admin.setOffsets({
    groupId: 'audit',
    topic: 'orders',
    partitions: [0, 1, 2].map((partition) => ({ partition, offset: '0' })),
  });
  await admin.disconnect();
  const consumer = kafka.consumer({ groupId: 'worker' });
  await consumer.connect();
  await consumer.subscribe({ topics: ['orders'], fromBeginning: true });
  await consumer.run({ autoCommitInterval: 200, eachMessage: () => sleep(3) });
  const producer = kafka.producer();
  await producer.connect();
  const round = () =>
    producer.send({
      topic: 'orders',
      messages: Array.from({ length: 20 }, (_, index) => ({ key: `${index}`, value: 'an order' })),
    });
  return again(100, round, async () => {
    await producer.disconnect();
    await consumer.disconnect();
  });
}
