import type { Observation } from '../../core/result.ts';
import type { ProbeEnvironment, Prober, Run } from '../contract.ts';
import { openTls } from '../tls.ts';
import { failureOf } from './broker-error.ts';
import { Connections } from './connections.ts';
import { type BrokerAddress, peerName } from './dial.ts';
import { askHealth } from './health.ts';
import { type LookSettings, look } from './look.ts';
import { type RequiredTopic, unmet } from './requirement.ts';
import type { KafkaSettings } from './schema.ts';
import type { Broker, Metadata } from './wire.ts';

/** Offsets and groups end this share of the timeout early, so that a slow broker costs them and not the verdict. */
const RESERVE = 0.1;
/** TOPIC_AUTHORIZATION_FAILED */
const NOT_AUTHORIZED = 29;

/** Opens a kafka target; throws where its CA file cannot be read. */
export async function openProber(settings: KafkaSettings, environment: ProbeEnvironment): Promise<Prober> {
  const { resolver, clock, filesFrom, maxSeries } = environment;
  const tls = settings.tls === undefined ? undefined : await openTls(settings.tls, filesFrom);
  const connections = new Connections({ resolver, clock, tls, sasl: settings.sasl });
  const lookSettings = { topics: settings.topics?.map(({ name }) => name), groups: settings.groups, maxSeries };
  let brokers = settings.brokers;
  return {
    async run({ signal, timeoutMs }: Run): Promise<Observation> {
      const startedMs = clock.monoMs();
      const cut = () => connections.cut(timeoutMs);
      connections.begin();
      if (signal.aborted) cut();
      signal.addEventListener('abort', cut, { once: true });
      try {
        const health = await askHealth(inOrder(brokers), connections, clock, timeoutMs);
        const durationMs = clock.monoMs() - startedMs;
        if (!health.ok) return { outcome: 'down', ...health.failure, durationMs, measures: [], series: [] };
        brokers = [health.answered, ...settings.brokers.filter((broker) => broker !== health.answered)];
        const budgetMs = timeoutMs * (1 - RESERVE);
        using _ = clock.after(budgetMs - durationMs, () => connections.cut(budgetMs));
        return await observe(settings, lookSettings, connections, health, durationMs);
      } finally {
        signal.removeEventListener('abort', cut);
        connections.settle();
      }
    },
    async [Symbol.asyncDispose]() {
      connections[Symbol.dispose]();
    },
  };
}

/** The schema lets no target be without a broker. */
function inOrder([first, ...others]: readonly BrokerAddress[]): [BrokerAddress, ...BrokerAddress[]] {
  if (first === undefined) throw new RangeError('a kafka target without brokers');
  return [first, ...others];
}

async function observe(
  settings: KafkaSettings,
  lookSettings: LookSettings,
  connections: Connections,
  { metadata, answered }: { readonly metadata: Metadata; readonly answered: BrokerAddress },
  durationMs: number,
): Promise<Observation> {
  const knows = async (broker: Broker, name: 'ConsumerGroupDescribe') => (await connections.to(broker)).knows(name);
  const { measures, series, gaps } = await look(metadata, connections.ask, knows, lookSettings);
  const wrong = await unmetOf(settings.topics ?? [], metadata, connections, answered);
  const seen = { durationMs, measures, series, gaps, evidence: evidence(metadata, answered) };
  return wrong.length === 0
    ? { outcome: 'up', ...seen }
    : { outcome: 'down', reason: 'assertion', message: wrong.join('; '), ...seen };
}

/** All topics are those that the user may see: asked for by name, the broker tells a hidden one from a missing one. */
async function unmetOf(
  required: readonly RequiredTopic[],
  metadata: Metadata,
  { ask }: Connections,
  answered: BrokerAddress,
): Promise<string[]> {
  const topics = new Map(metadata.topicMetadata.map((topic) => [topic.topic, topic]));
  const missing = required.map(({ name }) => name).filter((name) => !topics.has(name));
  const hidden = new Set<string>();
  if (missing.length > 0)
    try {
      const asked = await ask(answered, 'Metadata', { topics: missing, allowAutoTopicCreation: false });
      for (const { topic, topicErrorCode } of asked.topicMetadata)
        if (topicErrorCode === NOT_AUTHORIZED) hidden.add(topic);
    } catch (error) {
      failureOf(error);
    }
  return unmet(required, topics, hidden);
}

// A cluster without a controller still serves every partition that has a leader: that is told, and is not down.
function evidence({ brokers, clusterId, controllerId }: Metadata, answered: BrokerAddress): Record<string, string> {
  const controller = brokers.find((broker) => broker.nodeId === controllerId);
  return {
    answered_by: peerName(answered),
    controller: controller === undefined ? 'none' : `${peerName(controller)} (broker ${controller.nodeId})`,
    ...(clusterId === null ? {} : { cluster_id: clusterId }),
  };
}
