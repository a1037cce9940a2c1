import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KafkaService, startKafka } from '../../demo/service/kafka.ts';
import { countConnects } from '../support/count-connects.ts';
import { kafkaTools, lookOnce, openKafkaProber, probeKafka, valueIn } from '../support/kafka.ts';

const SETTLE = { timeout: 30_000, interval: 200 };

describe('a kafka cluster of three brokers', () => {
  let service: KafkaService;
  let tools: ReturnType<typeof kafkaTools>;
  let brokers: readonly string[];
  beforeAll(async () => {
    service = await startKafka({ brokers: 3 });
    tools = kafkaTools(service);
    brokers = service.brokers;
    await tools.createTopic('copied', 6, 3);
    await tools.createTopic('single', 3, 1);
    await tools.produce('single', 9);
    await tools.commit('behind', 'single', 1);
  });
  afterAll(() => service?.[Symbol.asyncDispose]());

  const healthy = async () => {
    const { measures } = await probeKafka({ brokers });
    const of = (name: string) => valueIn(measures, name);
    return [of('brokers'), of('under_replicated_partitions'), of('offline_partitions')];
  };

  it('is counted whole, wherever a group and its partitions live', async () => {
    await expect.poll(healthy, SETTLE).toEqual([3, 0, 0]);
    const { measures } = await probeKafka({ brokers });
    expect(valueIn(measures, 'lag', { group: 'behind', topic: 'single' })).toBe(6);
  });

  it('asks each broker over one connection of its own', async () => {
    await using prober = await openKafkaProber({ brokers });
    using connects = countConnects(service.nodes.map(({ port }) => port));
    for (let run = 0; run < 10; run++) expect(await lookOnce(prober)).toMatchObject({ outcome: 'up' });
    expect(connects.count()).toBeLessThanOrEqual(3);
  });

  it('is up while the broker that is asked first hangs', async () => {
    const [first] = service.nodes;
    await using prober = await openKafkaProber({ brokers });
    expect(await lookOnce(prober)).toMatchObject({ outcome: 'up' });
    await first?.freeze();
    try {
      const seen = await lookOnce(prober, 4000);
      expect(seen).toMatchObject({ outcome: 'up' });
      expect(seen.evidence?.['answered_by']).not.toBe(brokers[0]);
      expect(seen.durationMs).toBeLessThan(3000);
    } finally {
      await first?.thaw();
    }
    await expect.poll(healthy, SETTLE).toEqual([3, 0, 0]);
  });

  it('tells what is missing while one of its brokers is dead', async () => {
    await using prober = await openKafkaProber({ brokers });
    await service.nodes[2]?.kill();
    await expect.poll(async () => valueIn((await lookOnce(prober)).measures, 'brokers'), SETTLE).toBe(2);
    await expect.poll(async () => valueIn((await lookOnce(prober)).measures, 'offline_partitions'), SETTLE).toBe(1);
    const seen = await lookOnce(prober);
    expect(seen).toMatchObject({ outcome: 'up' });
    expect(valueIn(seen.measures, 'under_replicated_partitions')).toBe(
      await tools.partitions('--under-replicated-partitions'),
    );
    expect(valueIn(seen.measures, 'under_replicated_partitions')).toBeGreaterThanOrEqual(6);
    expect(await tools.partitions('--unavailable-partitions')).toBe(1);
  });

  it('tells no lag of a topic of which a partition is lost, and says why', async () => {
    await using prober = await openKafkaProber({ brokers, groups: ['behind'] });
    await expect
      .poll(async () => valueIn((await lookOnce(prober)).measures, 'group_members', { group: 'behind' }), SETTLE)
      .toBe(0);
    const { measures, series, gaps } = await lookOnce(prober);
    expect(valueIn(measures, 'lag', { group: 'behind', topic: 'single' })).toBeUndefined();
    expect(series.filter(({ name }) => name === 'kafka_consumergroup_lag')).toHaveLength(2);
    expect(gaps).toContainEqual({
      measures: ['lag'],
      why: 'no end offset of some partition: group "behind" on "single"',
    });
  });

  it('is whole again when the broker is back', async () => {
    await service.nodes[2]?.start();
    await expect.poll(healthy, SETTLE).toEqual([3, 0, 0]);
  });

  it('ends by the deadline when all brokers hang', async () => {
    await using prober = await openKafkaProber({ brokers });
    await lookOnce(prober);
    await service.freeze();
    try {
      const startedMs = performance.now();
      const seen = await lookOnce(prober, 1000);
      expect(performance.now() - startedMs).toBeLessThan(1050);
      expect(seen).toMatchObject({ outcome: 'down', reason: 'timeout' });
    } finally {
      await service.thaw();
    }
    await expect.poll(healthy, SETTLE).toEqual([3, 0, 0]);
  });

  it('is refused by each while all are dead, by one attempt a probe and broker', async () => {
    await using prober = await openKafkaProber({ brokers });
    await lookOnce(prober);
    await service.kill();
    using connects = countConnects(service.nodes.map(({ port }) => port));
    for (let run = 0; run < 20; run++) {
      const seen = await lookOnce(prober);
      expect(seen).toMatchObject({ outcome: 'down', reason: 'refused' });
      for (const broker of brokers) expect(seen.outcome === 'down' && seen.message).toContain(broker);
    }
    expect(connects.count()).toBe(3 * 20);
  });
});

describe('a kafka user who may see nothing', () => {
  let service: KafkaService;
  beforeAll(async () => {
    service = await startKafka({
      sasl: { user: 'alice', password: 'wonder-land' },
      properties: {
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        'super.users': 'User:ANONYMOUS',
      },
    });
    await kafkaTools(service).createTopic('orders', 1);
    await kafkaTools(service).commit('worker', 'orders', 0);
  });
  afterAll(() => service?.[Symbol.asyncDispose]());

  it('is told so, and not that topics and groups do not exist', async () => {
    const sasl = { mechanism: 'plain', username: 'alice', password: 'wonder-land' };
    const seen = await probeKafka({ brokers: service.saslBrokers, sasl, topics: ['orders'], groups: ['worker'] });
    expect(seen).toMatchObject({ outcome: 'down', message: 'topic "orders" may not be seen by this user' });
    expect(valueIn(seen.measures, 'group_members', { group: 'worker' })).toBeUndefined();
    expect(seen.gaps).toContainEqual(
      expect.objectContaining({ why: expect.stringMatching(/GROUP_AUTHORIZATION_FAILED.*worker/) }),
    );
  });
});
