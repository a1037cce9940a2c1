import { join } from 'node:path';
import { binary } from '../../demo/service/binary.ts';
import { KAFKA_JARS, type KafkaService } from '../../demo/service/kafka.ts';
import { launch } from '../../demo/service/process.ts';
import type { Observation, Sample } from '../../src/core/result.ts';
import type { ProbeEnvironment, Prober } from '../../src/probe/contract.ts';
import { kafka } from '../../src/probe/kafka/type.ts';
import { probeEnvironment } from './probe-environment.ts';

/** A prober of these config keys, beside `type`. */
export const openKafkaProber = (
  keys: Record<string, unknown>,
  environment: Partial<ProbeEnvironment> = {},
): Promise<Prober> => kafka.open(kafka.schema.parse({ type: 'kafka', ...keys }), probeEnvironment(environment));

/** One look of a prober, with a deadline. */
export const lookOnce = (prober: Prober, timeoutMs = 10_000): Promise<Observation> =>
  prober.run({ signal: AbortSignal.timeout(timeoutMs), timeoutMs });

/** One look of a new prober. */
export async function probeKafka(keys: Record<string, unknown>, timeoutMs?: number): Promise<Observation> {
  await using prober = await openKafkaProber(keys);
  return await lookOnce(prober, timeoutMs);
}

/** The value of the measure or series with exactly these labels. */
export function valueIn(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}) {
  const wanted = JSON.stringify(Object.entries(labels).sort());
  const found = samples.filter(
    (sample) => sample.name === name && JSON.stringify(Object.entries(sample.labels ?? {}).sort()) === wanted,
  );
  if (found.length > 1) throw new Error(`${name} has ${found.length} instances with the same labels`);
  return found[0]?.value;
}

const server = (service: KafkaService) => ['--bootstrap-server', service.brokers.join(',')];

/** What Kafka's own tools say and do. */
export const kafkaTools = (service: KafkaService) => ({
  async topics(): Promise<string[]> {
    const text = await service.tool('org.apache.kafka.tools.TopicCommand', [...server(service), '--list']);
    return text.split('\n').filter((line) => line !== '');
  },
  async createTopic(name: string, partitions: number, replicas = 1): Promise<void> {
    const size = ['--partitions', `${partitions}`, '--replication-factor', `${replicas}`];
    const create = ['--create', '--topic', name, ...size];
    await service.tool('org.apache.kafka.tools.TopicCommand', [...server(service), ...create]);
  },
  /** Lines of `--describe`, of which some flags keep only the partitions in trouble. */
  async partitions(flag: '--under-replicated-partitions' | '--unavailable-partitions'): Promise<number> {
    const text = await service.tool('org.apache.kafka.tools.TopicCommand', [...server(service), '--describe', flag]);
    return text.split('\n').filter((line) => line.includes('Partition:')).length;
  },
  async produce(topic: string, count: number): Promise<void> {
    const records = ['--topic', topic, '--num-records', `${count}`, '--record-size', '10', '--throughput', '-1'];
    const to = ['--producer-props', `bootstrap.servers=${service.brokers.join(',')}`, 'batch.size=0'];
    await service.tool('org.apache.kafka.tools.ProducerPerformance', [...records, ...to]);
  },
  /** Sets what a group without members has committed: to the oldest offsets, moved on by `by`. */
  async commit(group: string, topic: string, by: number): Promise<void> {
    for (const to of [['--to-earliest'], ['--shift-by', `${by}`]])
      await service.tool(GROUPS, [
        ...server(service),
        '--reset-offsets',
        '--group',
        group,
        '--topic',
        topic,
        ...to,
        '--execute',
      ]);
  },
  /** Lag of a group by `topic-partition`, unknown ones left out, as ConsumerGroupCommand prints it. */
  async lag(group: string): Promise<Record<string, number>> {
    const text = await service.tool(GROUPS, [...server(service), '--describe', '--group', group]);
    const rows = text.split('\n').map((line) => line.trim().split(/\s+/));
    return Object.fromEntries(
      rows
        .filter(([name, , , , , lag]) => name === group && lag !== '-')
        .map(([, topic, partition, , , lag]) => [`${topic}-${partition}`, Number(lag)]),
    );
  },
});

const GROUPS = 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand';

/** Kafka's own console consumer in a group, until it is disposed; `protocol` is `classic` or `consumer` (KIP-848). */
export async function startConsumer(
  service: KafkaService,
  group: string,
  topic: string,
  protocol: 'classic' | 'consumer' = 'classic',
): Promise<AsyncDisposable> {
  const properties = [`group.protocol=${protocol}`, 'auto.commit.interval.ms=100', 'auto.offset.reset=earliest'];
  const consumer = await launch({
    name: `consumer ${group}`,
    file: binary('java'),
    args: [
      ...['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', join(KAFKA_JARS, '*')],
      'org.apache.kafka.tools.consumer.ConsoleConsumer',
      ...[...server(service), '--group', group, '--topic', topic],
      ...properties.flatMap((property) => ['--consumer-property', property]),
    ],
  });
  return { [Symbol.asyncDispose]: () => consumer.end('SIGTERM', 10_000) };
}
