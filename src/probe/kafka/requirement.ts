import type { KafkaSettings } from './schema.ts';
import type { TopicMetadata } from './wire.ts';

export type RequiredTopic = NonNullable<KafkaSettings['topics']>[number];

/**
 * What is wrong with the required topics, one sentence each: missing, or with fewer partitions or replicas than stated.
 * `hidden` are those that exist but not for this user.
 */
export function unmet(
  required: readonly RequiredTopic[],
  topics: ReadonlyMap<string, TopicMetadata>,
  hidden: ReadonlySet<string>,
): string[] {
  return required.flatMap((wish) => {
    const topic = topics.get(wish.name);
    if (topic !== undefined) return tooFew(wish, topic);
    return [`topic "${wish.name}" ${hidden.has(wish.name) ? 'may not be seen by this user' : 'does not exist'}`];
  });
}

function tooFew(wish: RequiredTopic, { partitionMetadata: partitions }: TopicMetadata): string[] {
  const replicas = Math.min(...partitions.map((partition) => partition.replicas.length));
  const wants = 'partitions' in wish || 'replicas' in wish ? wish : undefined;
  return [
    ...short(wish.name, 'partition', partitions.length, wants?.partitions),
    ...(partitions.length === 0 ? [] : short(wish.name, 'replica', replicas, wants?.replicas)),
  ];
}

const short = (topic: string, what: string, has: number, wanted: number | undefined): string[] =>
  wanted === undefined || has >= wanted
    ? []
    : [`topic "${topic}" has ${has} ${what}${has === 1 ? '' : 's'}, expected at least ${wanted}`];
