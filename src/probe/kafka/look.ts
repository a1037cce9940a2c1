import type { Gap, Sample } from '../../core/result.ts';
import type { Ask } from './connections.ts';
import { Findings } from './findings.ts';
import { type GroupQuestion, type GroupSeen, lookAtGroups } from './groups.ts';
import type { Offsets } from './lag.ts';
import { committedBy, lookUpOffsets, type Wanted } from './offsets.ts';
import { brokerSeries, clusterMeasures, groupSamples, lagSamples, topicSeries } from './samples.ts';
import type { Broker, Metadata, TopicMetadata } from './wire.ts';

const OFFSETS_TOPIC = '__consumer_offsets';

export interface LookSettings {
  /** Names of topics whose partitions are listed; undefined for all but internal ones. */
  readonly topics: readonly string[] | undefined;
  /** Names and patterns; undefined for all. */
  readonly groups: readonly string[] | undefined;
  /** Most instances of one measure or series. */
  readonly maxSeries: number;
}

export interface Seen {
  readonly measures: readonly Sample[];
  readonly series: readonly Sample[];
  readonly gaps: readonly Gap[];
}

/** Offsets and groups of a cluster whose metadata are known. What cannot be had is a gap; nothing is written or created. */
export async function look(
  metadata: Metadata,
  ask: Ask,
  knows: GroupQuestion['knows'],
  settings: LookSettings,
): Promise<Seen> {
  const findings = new Findings();
  const topics = new Map(metadata.topicMetadata.map((topic) => [topic.topic, topic]));
  const shown = shownTopics(topics, settings, findings);
  const incomplete = topics.get(OFFSETS_TOPIC)?.partitionMetadata.some(({ leader }) => leader < 0) ?? false;
  const question = {
    ask,
    knows,
    brokers: metadata.brokers,
    wishes: settings.groups,
    max: settings.maxSeries,
    incomplete,
  };
  const groups = await lookAtGroups(question, findings);
  // Commits first, ends after them: a commit is never beyond an end that was read later.
  const committed = await Promise.all(groups.map((group) => committedBy(ask, group, findings)));
  const pairs = lagPairs(groups, committed, topics, settings, findings);
  const cluster = { brokers: metadata.brokers as readonly Broker[], topics };
  const [ends, oldest] = await Promise.all([
    lookUpOffsets(ask, cluster, wantedEnds(shown, pairs), 'end', findings),
    lookUpOffsets(ask, cluster, wantedEnds(shown, []), 'oldest', findings),
  ]);
  const lags = pairs.map(({ group, topic, commits }) => lagSamples(group, topic, commits, ends, findings));
  const perGroup = groups.map(groupSamples);
  return {
    measures: [...clusterMeasures(metadata), ...[...perGroup, ...lags].flatMap(({ measures }) => measures)],
    series: [
      ...brokerSeries(metadata),
      ...shown.flatMap((topic) => [...topicSeries(topic, ends, oldest)]),
      ...[...perGroup, ...lags].flatMap(({ series }) => series),
    ],
    gaps: findings.gaps(),
  };
}

/** The topics whose partitions are listed, whole topics by name as far as the limit goes. */
function shownTopics(
  topics: ReadonlyMap<string, TopicMetadata>,
  { topics: named, maxSeries }: LookSettings,
  findings: Findings,
): TopicMetadata[] {
  const wished =
    named === undefined
      ? [...topics.values()].filter(({ isInternal }) => !isInternal).sort((a, b) => (a.topic < b.topic ? -1 : 1))
      : named.flatMap((name) => topics.get(name) ?? []);
  let left = maxSeries;
  const shown = wished.filter(({ partitionMetadata }) => {
    left -= partitionMetadata.length;
    return left >= 0;
  });
  if (shown.length < wished.length)
    findings.add([], `partitions of only ${shown.length} of ${wished.length} topics are listed (limits.series)`);
  return shown;
}

interface Pair {
  readonly group: string;
  readonly topic: string;
  readonly commits: ReadonlyMap<number, bigint>;
}

/** Group and topic pairs whose lag is told. Named groups are told on all their topics, the others on the named topics. */
function lagPairs(
  groups: readonly GroupSeen[],
  committed: readonly (Offsets | undefined)[],
  topics: ReadonlyMap<string, TopicMetadata>,
  settings: LookSettings,
  findings: Findings,
): Pair[] {
  const named = new Set(settings.topics);
  const isTold = (group: GroupSeen, topic: string) =>
    named.has(topic) || (topics.get(topic)?.isInternal === false && (group.named || settings.topics === undefined));
  const all = groups.flatMap((group, index) =>
    [...(committed[index] ?? [])]
      .filter(([topic]) => isTold(group, topic))
      .map(([topic, commits]) => ({ group: group.name, topic, commits })),
  );
  let left = settings.maxSeries;
  const told = all.filter(({ commits }) => {
    left -= commits.size;
    return left >= 0;
  });
  if (told.length < all.length)
    findings.add(['lag'], `lag of only ${told.length} of ${all.length} group and topic pairs is told (limits.series)`);
  return told;
}

function wantedEnds(shown: readonly TopicMetadata[], pairs: readonly Pair[]): Wanted {
  const wanted = new Map<string, Set<number>>();
  const want = (topic: string, partitions: Iterable<number>) => {
    const known = wanted.get(topic) ?? new Set<number>();
    for (const partition of partitions) known.add(partition);
    wanted.set(topic, known);
  };
  for (const { topic, partitionMetadata } of shown)
    want(
      topic,
      partitionMetadata.map(({ partitionId }) => partitionId),
    );
  for (const { topic, commits } of pairs) want(topic, commits.keys());
  return wanted;
}
