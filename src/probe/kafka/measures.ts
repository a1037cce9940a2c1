import { healthMeasures, type MeasureSpec, type SeriesSpec } from '../../core/measure.ts';

/**
 * States of a consumer group as brokers name them, mildest first.
 * Source: https://kafka.apache.org/42/javadoc/org/apache/kafka/common/GroupState.html
 */
export const GROUP_STATES = [
  'Stable',
  'Reconciling',
  'Assigning',
  'CompletingRebalance',
  'PreparingRebalance',
  'Empty',
  'Dead',
] as const;
export type GroupState = (typeof GROUP_STATES)[number];

export const kafkaMeasures: readonly MeasureSpec[] = [
  ...healthMeasures(),
  {
    name: 'brokers',
    unit: 'count',
    kind: 'gauge',
    help: 'Brokers that are alive in the cluster.',
    metric: { name: 'kafka_brokers' },
  },
  { name: 'controllers', unit: 'count', kind: 'gauge', help: 'Whether the cluster names a controller, 1 or 0.' },
  {
    name: 'under_replicated_partitions',
    unit: 'count',
    kind: 'gauge',
    help: 'Partitions of any topic with fewer in-sync replicas than replicas.',
  },
  { name: 'offline_partitions', unit: 'count', kind: 'gauge', help: 'Partitions of any topic without a leader.' },
  {
    name: 'lag',
    unit: 'count',
    kind: 'gauge',
    help: 'Messages that a group has yet to read of a topic: end offsets less committed ones.',
    labels: ['group', 'topic'],
  },
  {
    name: 'group_members',
    unit: 'count',
    kind: 'gauge',
    help: 'Consumers in a group; 0 also where a named group does not exist.',
    labels: ['group'],
  },
  // KafkaGroupEmpty is for groups that somebody asked for: abandoned ones are on every cluster.
  {
    name: 'group_named',
    unit: 'count',
    kind: 'gauge',
    help: 'Whether an entry of `groups` names this group, 1 or 0.',
    labels: ['group'],
  },
  {
    name: 'group_state',
    unit: 'words',
    kind: 'gauge',
    help: 'State of a group, absent where the broker cannot tell; Dead is a named group that does not exist.',
    labels: ['group'],
    words: GROUP_STATES,
  },
];

const PARTITION = ['topic', 'partition'] as const;
const GROUP_PARTITION = ['consumergroup', 'topic', 'partition'] as const;

const gauge = (name: string, labels: readonly string[], help: string): SeriesSpec => ({
  name,
  kind: 'gauge',
  labels,
  help,
});

/** What kafka_exporter exposes beside `kafka_brokers`, under its names and labels. */
export const kafkaSeries: readonly SeriesSpec[] = [
  gauge('kafka_broker_info', ['id', 'address'], 'A broker that is alive, always 1.'),
  gauge('kafka_topic_partitions', ['topic'], 'Partitions of the topic.'),
  gauge('kafka_topic_partition_current_offset', PARTITION, 'End offset of the partition.'),
  gauge('kafka_topic_partition_oldest_offset', PARTITION, 'Oldest offset of the partition.'),
  gauge('kafka_topic_partition_in_sync_replica', PARTITION, 'In-sync replicas of the partition.'),
  gauge('kafka_topic_partition_leader', PARTITION, 'Broker id of the partition’s leader.'),
  gauge('kafka_topic_partition_leader_is_preferred', PARTITION, 'Whether the leader is the preferred broker.'),
  gauge('kafka_topic_partition_replicas', PARTITION, 'Replicas of the partition.'),
  gauge('kafka_topic_partition_under_replicated_partition', PARTITION, 'Whether a replica is not in sync.'),
  gauge('kafka_consumergroup_current_offset', GROUP_PARTITION, 'Offset that the group committed for the partition.'),
  gauge('kafka_consumergroup_lag', GROUP_PARTITION, 'Messages that the group has yet to read of the partition.'),
  // promtool objects to `_sum` on anything but a histogram or summary.
  {
    name: 'kafka_consumergroup_current_offset_sum',
    kind: 'untyped',
    labels: ['consumergroup', 'topic'],
    help: 'Committed offsets of the group over the topic’s partitions.',
  },
  {
    name: 'kafka_consumergroup_lag_sum',
    kind: 'untyped',
    labels: ['consumergroup', 'topic'],
    help: 'Messages that the group has yet to read of the topic.',
  },
  gauge('kafka_consumergroup_members', ['consumergroup'], 'Consumers in the group.'),
];
