import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KafkaService, startKafka } from '../../demo/service/kafka.ts';
import { systemClock } from '../../src/core/clock.ts';
import { GROUP_STATES } from '../../src/probe/kafka/measures.ts';
import { kafka } from '../../src/probe/kafka/type.ts';
import { probeContract } from '../contract/probe.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { countConnects } from '../support/count-connects.ts';
import { kafkaTools, lookOnce, openKafkaProber, probeKafka, startConsumer, valueIn } from '../support/kafka.ts';

const USER = { user: 'alice', password: 'wonder-land' };
const SETTLE = { timeout: 30_000, interval: 100 };

describe('kafka', () => {
  let service: KafkaService;
  let certificates: Certificates;
  let tools: ReturnType<typeof kafkaTools>;
  let brokers: readonly string[];
  beforeAll(async () => {
    certificates = await makeCertificates('IP:127.0.0.1');
    service = await startKafka({ sasl: USER, tls: certificates });
    tools = kafkaTools(service);
    brokers = service.brokers;
  });
  afterAll(async () => {
    await service?.[Symbol.asyncDispose]();
    await certificates?.[Symbol.asyncDispose]();
  });

  probeContract('kafka', {
    declared: kafka,
    open: ({ host, port }) => openKafkaProber({ brokers: [`${host}:${port}`] }),
    service: () => ({ endpoint: service, freeze: () => service.freeze(), thaw: () => service.thaw() }),
  });

  it('creates nothing, whatever it asks for', async () => {
    const before = await tools.topics();
    const keys = { brokers, topics: ['nowhere'], groups: ['nobody', 'no-*'] };
    const seen = await probeKafka(keys);
    expect(seen).toMatchObject({ outcome: 'down', reason: 'assertion', message: 'topic "nowhere" does not exist' });
    await probeKafka({ brokers });
    expect(await tools.topics()).toEqual(before);
  });

  it('counts brokers and names the controller', async () => {
    const seen = await probeKafka({ brokers });
    expect(valueIn(seen.measures, 'brokers')).toBe(1);
    expect(valueIn(seen.measures, 'controllers')).toBe(1);
    expect(valueIn(seen.measures, 'offline_partitions')).toBe(0);
    expect(valueIn(seen.measures, 'under_replicated_partitions')).toBe(0);
    expect(valueIn(seen.series, 'kafka_broker_info', { id: '1', address: `${brokers[0]}` })).toBe(1);
    expect(seen.evidence).toMatchObject({ answered_by: brokers[0], controller: `${brokers[0]} (broker 1)` });
  });

  describe('with a topic of 3 partitions and 30 messages', () => {
    beforeAll(async () => {
      await tools.createTopic('orders', 3);
      await tools.produce('orders', 30);
    });

    it('tells the topic’s partitions and offsets, and no internal topic', async () => {
      const { series } = await probeKafka({ brokers });
      expect(valueIn(series, 'kafka_topic_partitions', { topic: 'orders' })).toBe(3);
      const each = ['0', '1', '2'].map((partition) => ({ topic: 'orders', partition }));
      const of = (name: string) => each.map((labels) => valueIn(series, name, labels));
      expect(of('kafka_topic_partition_current_offset').reduce((sum = 0, end) => sum + (end ?? 0), 0)).toBe(30);
      expect(of('kafka_topic_partition_oldest_offset')).toEqual([0, 0, 0]);
      expect(of('kafka_topic_partition_leader')).toEqual([1, 1, 1]);
      expect(of('kafka_topic_partition_leader_is_preferred')).toEqual([1, 1, 1]);
      expect(of('kafka_topic_partition_replicas')).toEqual([1, 1, 1]);
      expect(of('kafka_topic_partition_in_sync_replica')).toEqual([1, 1, 1]);
      expect(of('kafka_topic_partition_under_replicated_partition')).toEqual([0, 0, 0]);
      expect(series.filter(({ labels }) => labels?.['topic']?.startsWith('__'))).toEqual([]);
    });

    it('measures lag as Kafka’s own tool does', async () => {
      await tools.commit('behind', 'orders', 4);
      const { measures, series } = await probeKafka({ brokers });
      const told = await tools.lag('behind');
      expect(Object.keys(told)).toHaveLength(3);
      const total = Object.values(told).reduce((sum, lag) => sum + lag, 0);
      expect(total).toBe(30 - 3 * 4);
      expect(valueIn(measures, 'lag', { group: 'behind', topic: 'orders' })).toBe(total);
      const labels = { consumergroup: 'behind', topic: 'orders' };
      expect(valueIn(series, 'kafka_consumergroup_lag_sum', labels)).toBe(total);
      expect(valueIn(series, 'kafka_consumergroup_current_offset_sum', labels)).toBe(12);
      for (const [where, lag] of Object.entries(told)) {
        const partition = where.replace('orders-', '');
        expect(valueIn(series, 'kafka_consumergroup_lag', { ...labels, partition })).toBe(lag);
        expect(valueIn(series, 'kafka_consumergroup_current_offset', { ...labels, partition })).toBe(4);
      }
    });

    it('is down where a required topic is smaller than stated', async () => {
      const topics = [
        { name: 'orders', partitions: 3 },
        { name: 'orders', replicas: 2 },
      ];
      expect(await probeKafka({ brokers, topics })).toMatchObject({
        outcome: 'down',
        reason: 'assertion',
        message: 'topic "orders" has 1 replica, expected at least 2',
      });
    });

    it('keeps to the limit of series, and says what it left out', async () => {
      await tools.createTopic('wide', 10);
      await using prober = await openKafkaProber({ brokers }, { maxSeries: 5 });
      const { series, gaps } = await lookOnce(prober);
      const partitions = series.filter(({ name }) => name === 'kafka_topic_partition_current_offset');
      expect(partitions).toHaveLength(3);
      expect(gaps?.map(({ why }) => why)).toContainEqual(expect.stringContaining('only 1 of 2 topics'));
    });

    it.each([
      ['classic', 'consumer-c'],
      ['consumer', 'consumer-n'],
    ] as const)('follows a group of the %s protocol: consuming, stopped, behind', async (protocol, group) => {
      await using prober = await openKafkaProber({ brokers, groups: [group] });
      const look = async () => {
        const { measures } = await lookOnce(prober);
        const state = valueIn(measures, 'group_state', { group });
        return {
          members: valueIn(measures, 'group_members', { group }),
          state: state === undefined ? undefined : GROUP_STATES[state],
          lag: valueIn(measures, 'lag', { group, topic: 'orders' }),
          named: valueIn(measures, 'group_named', { group }),
        };
      };
      expect(await look()).toEqual({ members: 0, state: 'Dead', lag: undefined, named: 1 });
      {
        await using _ = await startConsumer(service, group, 'orders', protocol);
        await expect.poll(look, SETTLE).toEqual({ members: 1, state: 'Stable', lag: 0, named: 1 });
      }
      await expect.poll(look, SETTLE).toEqual({ members: 0, state: 'Empty', lag: 0, named: 1 });
      await tools.produce('orders', 7);
      expect(await look()).toEqual({ members: 0, state: 'Empty', lag: 7, named: 1 });
    });
  });

  describe.each(['plain', 'scram-sha-256', 'scram-sha-512'])('by SASL %s', (mechanism) => {
    const login = (password: string) =>
      probeKafka({ brokers: service.saslBrokers, sasl: { mechanism, username: USER.user, password } });

    it('is up with the right password', async () => {
      expect(await login(USER.password)).toMatchObject({ outcome: 'up' });
    });

    it('is down with a wrong one, which it does not tell', async () => {
      const seen = await login('queen-of-hearts');
      expect(seen).toMatchObject({ outcome: 'down', reason: 'auth' });
      expect(seen).toHaveProperty(
        'message',
        expect.stringContaining(`${service.saslBrokers[0]} refused the login of "alice"`),
      );
      expect(JSON.stringify(seen)).not.toContain('queen-of-hearts');
    });
  });

  it.each([
    ['SASL where none is configured', () => ({ brokers: service.saslBrokers }), 'reset', 'does it expect SASL?'],
    [
      'no SASL where it is configured',
      () => ({ brokers, sasl: { mechanism: 'plain', username: 'a', password: 'b' } }),
      'auth',
      'does not take SASL',
    ],
    ['no TLS where it is configured', () => ({ brokers, tls: {} }), 'tls', 'during the TLS handshake'],
    ['TLS where none is configured', () => ({ brokers: service.tlsBrokers }), 'tls', 'speaks TLS'],
    ['a certificate of an unknown authority', () => ({ brokers: service.tlsBrokers, tls: {} }), 'tls', 'certificate'],
  ])('is down at a port that takes %s', async (_, keys, reason, message) => {
    const seen = await probeKafka(keys());
    expect(seen).toMatchObject({ outcome: 'down', reason, message: expect.stringContaining(message) });
  });

  it('is up by TLS with an authority of one’s own', async () => {
    const seen = await probeKafka({ brokers: service.tlsBrokers, tls: { ca: certificates.caFile } });
    expect(seen).toMatchObject({ outcome: 'up' });
  });

  it('asks over one connection, which is replaced after 5 minutes', async () => {
    let aheadMs = 0;
    const clock = { ...systemClock, monoMs: () => systemClock.monoMs() + aheadMs };
    await using prober = await openKafkaProber({ brokers }, { clock });
    using connects = countConnects([service.port]);
    for (let run = 0; run < 5; run++) await lookOnce(prober);
    expect(connects.count()).toBe(1);
    aheadMs = 5 * 60_000;
    for (let run = 0; run < 5; run++) await lookOnce(prober);
    expect(connects.count()).toBe(2);
  });

  it('does not wake up while it is idle', async () => {
    const windowMs = 1000;
    const wakeUps = async () => {
      const before = performance.nodeTiming.uvMetricsInfo.loopCount;
      await sleep(windowMs);
      return performance.nodeTiming.uvMetricsInfo.loopCount - before;
    };
    const warnings: Error[] = [];
    const warn = (warning: Error) => warnings.push(warning);
    process.on('warning', warn);
    await using prober = await openKafkaProber({ brokers });
    await lookOnce(prober);
    // kafkajs's own client wakes up about 930 times a second per connection; the test runner a few times.
    expect(await wakeUps()).toBeLessThan(100);
    process.off('warning', warn);
    expect(warnings).toEqual([]);
  });

  it('is refused while the broker is dead, by one attempt a probe, and up when it is back', async () => {
    await using prober = await openKafkaProber({ brokers });
    expect(await lookOnce(prober)).toMatchObject({ outcome: 'up' });
    await service.kill();
    {
      using connects = countConnects([service.port]);
      const message = `connection refused by ${brokers[0]}`;
      for (let run = 0; run < 20; run++)
        expect(await lookOnce(prober)).toMatchObject({ outcome: 'down', reason: 'refused', message });
      expect(connects.count()).toBe(20);
    }
    await service.start();
    expect(await lookOnce(prober)).toMatchObject({ outcome: 'up' });
  });
});
