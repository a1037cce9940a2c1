/** Offsets by topic and partition. */
export type Offsets = ReadonlyMap<string, ReadonlyMap<number, bigint>>;

/**
 * What a group has yet to read of a partition, as kafka_exporter counts it: the end offset less the committed one. Undefined where either is
 * unknown, where nothing was committed (-1), and where the commit lies beyond the end (the topic was made anew): never negative, never 0 for unknown.
 * Source: https://github.com/danielqsj/kafka_exporter/blob/master/kafka_exporter.go
 */
export function partitionLag(end: bigint | undefined, committed: bigint | undefined): bigint | undefined {
  if (end === undefined || committed === undefined || committed < 0n || end < committed) return undefined;
  return end - committed;
}

export interface TopicLag {
  /** Undefined where nothing was committed, or one committed partition's lag is unknown: a part is not the whole. */
  readonly sum: bigint | undefined;
  /** Sum of the committed offsets, undefined where nothing was committed. */
  readonly committed: bigint | undefined;
  /** Only where known. */
  readonly partitions: ReadonlyMap<number, bigint>;
}

/** A group's lag on one topic. Partitions without a commit count for nothing, as in kafka_exporter's sums. */
export function topicLag(
  commits: ReadonlyMap<number, bigint>,
  ends: ReadonlyMap<number, bigint> | undefined,
): TopicLag {
  const partitions = new Map<number, bigint>();
  const consumed = [...commits].filter(([, offset]) => offset >= 0n);
  let sum = 0n;
  let committed = 0n;
  for (const [partition, offset] of consumed) {
    committed += offset;
    const lag = partitionLag(ends?.get(partition), offset);
    if (lag === undefined) continue;
    partitions.set(partition, lag);
    sum += lag;
  }
  const known = consumed.length > 0 && partitions.size === consumed.length;
  return { sum: known ? sum : undefined, committed: consumed.length > 0 ? committed : undefined, partitions };
}
