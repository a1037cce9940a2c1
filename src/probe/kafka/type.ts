import { type BuiltInAlert, downAlert } from '../../core/alert.ts';
import type { ProbeType } from '../contract.ts';
import { kafkaMeasures, kafkaSeries } from './measures.ts';
import { kafkaSchema } from './schema.ts';

const alerts: readonly BuiltInAlert[] = [
  downAlert('KafkaDown', 'Kafka'),
  {
    name: 'KafkaSlow',
    when: 'p95(duration) over 15m > 2s',
    for: '5m',
    rank: { critical: 2, otherwise: 3 },
    summary: 'Kafka {{ target }} answers slowly: {{ value }}',
  },
  {
    name: 'KafkaUnderReplicated',
    when: 'under_replicated_partitions > 0',
    for: '5m',
    rank: 2,
    summary: '{{ value }} partitions of Kafka {{ target }} have fewer in-sync replicas than they should',
  },
  {
    name: 'KafkaOfflinePartitions',
    when: 'offline_partitions > 0',
    for: '1m',
    rank: 'as-down',
    summary: '{{ value }} partitions of Kafka {{ target }} have no leader and cannot be used',
  },
  {
    name: 'KafkaGroupEmpty',
    when: 'group_members == 0 and group_named == 1',
    for: '2m',
    rank: { critical: 1, otherwise: 2 },
    summary: 'Nobody consumes in group {{ labels.group }} of Kafka {{ target }}',
  },
];

/** Kafka and what speaks its protocol: metadata, offsets and consumer groups, read only. */
export const kafka: ProbeType<typeof kafkaSchema> = {
  type: 'kafka',
  title: 'Kafka',
  schema: kafkaSchema,
  measures: kafkaMeasures,
  series: kafkaSeries,
  alerts,
  hosts: (config) => [...new Set(config.brokers.map((broker) => broker.host))],
  byUrl: {
    schemes: ['kafka'],
    keys: (url) => ({ type: 'kafka', brokers: url.slice('kafka://'.length).split(',') }),
  },
  async open(config, environment) {
    const { openProber } = await import('./prober.ts');
    return openProber(config, environment);
  },
};
