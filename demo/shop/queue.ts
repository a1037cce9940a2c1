import { Kafka, logLevel } from 'kafkajs';
import { report } from './report.ts';

/** The producer's side of the topic. */
export interface Queue {
  check(): Promise<void>;
  send(messages: readonly { readonly key: string; readonly value: string }[]): Promise<void>;
  close(): Promise<void>;
}

export interface QueueSettings {
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly clientId: string;
}

const PARTITIONS = 3;

/** A client that gives up quickly, so that nobody waits for a dead broker; its own log stays silent. */
export function kafkaClient({ brokers, clientId }: QueueSettings): Kafka {
  return new Kafka({
    clientId,
    brokers: [...brokers],
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    enforceRequestTimeout: true,
    retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 500 },
    logLevel: logLevel.NOTHING,
  });
}

/** Opens nothing yet: each part connects when it is first used, and again after a failure. */
export function openQueue(settings: QueueSettings): Queue {
  const kafka = kafkaClient(settings);
  const admin = kafka.admin();
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  const topic = once(async () => {
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: settings.topic, numPartitions: PARTITIONS }] });
  });
  const sending = once(() => producer.connect());
  return {
    async check() {
      await topic.ready();
      try {
        await admin.fetchTopicMetadata({ topics: [settings.topic] });
      } catch (error) {
        topic.forget();
        await admin.disconnect().catch(() => undefined);
        throw error;
      }
    },
    async send(messages) {
      await topic.ready();
      await sending.ready();
      try {
        await producer.send({ topic: settings.topic, messages: messages.map((message) => ({ ...message })) });
      } catch (error) {
        sending.forget();
        await producer.disconnect().catch(() => undefined);
        throw error;
      }
    },
    async close() {
      const closed = [admin.disconnect(), producer.disconnect()];
      for (const result of await Promise.allSettled(closed)) {
        if (result.status === 'rejected') report('queue', result.reason);
      }
    },
  };
}

/** Does the work once for everybody who asks; a failure is forgotten, so that the next one tries again. */
function once(work: () => Promise<void>): { ready(): Promise<void>; forget(): void } {
  let doing: Promise<void> | undefined;
  return {
    async ready() {
      doing ??= work();
      try {
        await doing;
      } catch (error) {
        doing = undefined;
        throw error;
      }
    },
    forget() {
      doing = undefined;
    },
  };
}
