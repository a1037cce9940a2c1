import type { Labels } from '../../core/labels.ts';
import type { Sample } from '../../core/result.ts';
import { peerName } from './dial.ts';
import type { Findings } from './findings.ts';
import type { GroupSeen } from './groups.ts';
import { type Offsets, topicLag } from './lag.ts';
import { GROUP_STATES } from './measures.ts';
import type { Metadata, PartitionMetadata, TopicMetadata } from './wire.ts';

const sample = (name: string, value: number | bigint | boolean, labels?: Labels): Sample => ({
  name,
  value: Number(value),
  ...(labels === undefined ? {} : { labels }),
});

const isShort = (partition: PartitionMetadata): boolean => partition.isr.length < partition.replicas.length;

/** The cluster's own measures: over all topics, also internal ones, because a lost offsets partition stops every group on it. */
export function clusterMeasures({ brokers, controllerId, topicMetadata }: Metadata): Sample[] {
  const partitions = topicMetadata.flatMap((topic) => topic.partitionMetadata);
  return [
    sample('brokers', brokers.length),
    sample('controllers', controllerId >= 0),
    sample('under_replicated_partitions', partitions.filter(isShort).length),
    sample('offline_partitions', partitions.filter(({ leader }) => leader < 0).length),
  ];
}

export const brokerSeries = ({ brokers }: Metadata): Sample[] =>
  brokers.map((broker) => sample('kafka_broker_info', 1, { id: `${broker.nodeId}`, address: peerName(broker) }));

/** What kafka_exporter tells of a topic. */
export function* topicSeries(topic: TopicMetadata, ends: Offsets, oldest: Offsets): Generator<Sample> {
  const { topic: name, partitionMetadata } = topic;
  yield sample('kafka_topic_partitions', partitionMetadata.length, { topic: name });
  for (const one of partitionMetadata) {
    const labels = { topic: name, partition: `${one.partitionId}` };
    const end = ends.get(name)?.get(one.partitionId);
    const first = oldest.get(name)?.get(one.partitionId);
    if (end !== undefined) yield sample('kafka_topic_partition_current_offset', end, labels);
    if (first !== undefined) yield sample('kafka_topic_partition_oldest_offset', first, labels);
    yield sample('kafka_topic_partition_in_sync_replica', one.isr.length, labels);
    if (one.leader >= 0) yield sample('kafka_topic_partition_leader', one.leader, labels);
    yield sample('kafka_topic_partition_leader_is_preferred', one.leader === one.replicas[0], labels);
    yield sample('kafka_topic_partition_replicas', one.replicas.length, labels);
    yield sample('kafka_topic_partition_under_replicated_partition', isShort(one), labels);
  }
}

/** State and members of a group as measures and, for members, as series. */
export function groupSamples(group: GroupSeen): { measures: Sample[]; series: Sample[] } {
  const labels = { group: group.name };
  const measures = [sample('group_named', group.named, labels)];
  const series: Sample[] = [];
  if (group.members !== undefined) {
    measures.push(sample('group_members', group.members, labels));
    series.push(sample('kafka_consumergroup_members', group.members, { consumergroup: group.name }));
  }
  if (group.state !== undefined) measures.push(sample('group_state', GROUP_STATES.indexOf(group.state), labels));
  return { measures, series };
}

/** A group's lag on one topic as a measure and as series. */
export function lagSamples(
  group: string,
  topic: string,
  commits: ReadonlyMap<number, bigint>,
  ends: Offsets,
  findings: Findings,
): { measures: Sample[]; series: Sample[] } {
  const { sum, committed, partitions } = topicLag(commits, ends.get(topic));
  const labels = { consumergroup: group, topic };
  const series: Sample[] = [];
  for (const [partition, offset] of commits) {
    const where = { ...labels, partition: `${partition}` };
    const lag = partitions.get(partition);
    if (offset >= 0n) series.push(sample('kafka_consumergroup_current_offset', offset, where));
    if (lag !== undefined) series.push(sample('kafka_consumergroup_lag', lag, where));
  }
  if (committed === undefined) return { measures: [], series };
  series.push(sample('kafka_consumergroup_current_offset_sum', committed, labels));
  if (sum === undefined) {
    findings.add(['lag'], 'no end offset of some partition', `group "${group}" on "${topic}"`);
    return { measures: [], series };
  }
  series.push(sample('kafka_consumergroup_lag_sum', sum, labels));
  return { measures: [sample('lag', sum, { group, topic })], series };
}
