import { failureOf } from './broker-error.ts';
import { errorName } from './codec.ts';
import type { Ask } from './connections.ts';
import type { Findings } from './findings.ts';
import type { GroupSeen } from './groups.ts';
import type { Offsets } from './lag.ts';
import type { Broker, TopicMetadata } from './wire.ts';

const LAG = ['lag'] as const;

type Filling = Map<string, Map<number, bigint>>;

function put(offsets: Filling, topic: string, partition: number, offset: bigint): void {
  const partitions = offsets.get(topic) ?? new Map<number, bigint>();
  offsets.set(topic, partitions.set(partition, offset));
}

/** What a group has committed, by topic and partition; undefined where its coordinator did not say. */
export async function committedBy(ask: Ask, group: GroupSeen, findings: Findings): Promise<Offsets | undefined> {
  if (group.coordinator === undefined) return undefined;
  const offsets: Filling = new Map();
  try {
    const answer = await ask(group.coordinator, 'OffsetFetch', { groupId: group.name, topics: [] });
    if (answer.errorCode !== 0) {
      findings.add(LAG, `no committed offsets (${errorName(answer.errorCode)})`, `group "${group.name}"`);
      return undefined;
    }
    for (const { topic, partitions } of answer.responses)
      for (const { partition, offset, errorCode } of partitions)
        if (errorCode === 0) put(offsets, topic, partition, BigInt(offset));
        else findings.add(LAG, `no committed offset (${errorName(errorCode)})`, `group "${group.name}" on "${topic}"`);
    return offsets;
  } catch (error) {
    findings.add(
      LAG,
      `broker ${group.coordinator.nodeId} does not tell committed offsets: ${failureOf(error).message}`,
    );
    return undefined;
  }
}

/** Partitions to look up, by topic. */
export type Wanted = ReadonlyMap<string, ReadonlySet<number>>;

const TIMESTAMP = { end: -1, oldest: -2 } as const;

/** End or oldest offsets of partitions, asked of their leaders; a partition without a leader, or whose leader fails, is absent. */
export async function lookUpOffsets(
  ask: Ask,
  cluster: { readonly brokers: readonly Broker[]; readonly topics: ReadonlyMap<string, TopicMetadata> },
  wanted: Wanted,
  which: keyof typeof TIMESTAMP,
  findings: Findings,
): Promise<Offsets> {
  const offsets: Filling = new Map();
  const byLeader = Map.groupBy(leaders(cluster.topics, wanted), ({ leader }) => leader);
  const askLeader = async (broker: Broker) => {
    const topics = Map.groupBy(byLeader.get(broker.nodeId) ?? [], ({ topic }) => topic);
    if (topics.size === 0) return;
    const asked = [...topics].map(([topic, partitions]) => ({
      topic,
      partitions: partitions.map(({ partition }) => ({ partition, timestamp: TIMESTAMP[which] })),
    }));
    try {
      const { responses } = await ask(broker, 'ListOffsets', { replicaId: -1, isolationLevel: 0, topics: asked });
      for (const { topic, partitions } of responses)
        for (const { partition, offset, errorCode } of partitions)
          if (errorCode === 0) put(offsets, topic, partition, BigInt(offset));
          else
            findings.add(LAG, `no ${which} offset (${errorName(errorCode)})`, `partition ${partition} of "${topic}"`);
    } catch (error) {
      findings.add(
        LAG,
        `broker ${broker.nodeId} does not tell the offsets of its partitions: ${failureOf(error).message}`,
      );
    }
  };
  await Promise.all(cluster.brokers.map(askLeader));
  return offsets;
}

function* leaders(topics: ReadonlyMap<string, TopicMetadata>, wanted: Wanted) {
  for (const [topic, partitions] of wanted)
    for (const { partitionId: partition, leader } of topics.get(topic)?.partitionMetadata ?? [])
      if (partitions.has(partition) && leader >= 0) yield { topic, partition, leader };
}
