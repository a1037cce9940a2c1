import type { Clock } from '../../core/clock.ts';
import type { Failure } from '../../core/result.ts';
import { isOwnLimit } from '../failure.ts';
import { failureOf } from './broker-error.ts';
import type { Connections } from './connections.ts';
import { type BrokerAddress, peerName } from './dial.ts';
import { firstOf } from './hedge.ts';
import type { Metadata } from './wire.ts';

export type Health =
  | { readonly ok: true; readonly metadata: Metadata; readonly answered: BrokerAddress }
  | { readonly ok: false; readonly failure: Failure };

/** A slow answer within this is waited for before the next broker is asked too. */
const MOST_PATIENCE_MS = 1_000;

/**
 * Asks the brokers in turn for all metadata until one answers, each at most once beside the connection that is kept: a cluster of
 * which one broker hangs is not down. Throws where Outrider itself lacks descriptors or memory.
 */
export async function askHealth(
  brokers: readonly [BrokerAddress, ...BrokerAddress[]],
  connections: Connections,
  clock: Clock,
  timeoutMs: number,
): Promise<Health> {
  const [first] = brokers;
  const ask = (broker: BrokerAddress, anew: boolean) => async () => {
    const connection = await connections.to(broker, anew);
    const metadata = await connection.ask('Metadata', { topics: [], allowAutoTopicCreation: false });
    return { metadata, answered: broker };
  };
  const kept = connections.has(first) ? [ask(first, false)] : [];
  const attempts = [...kept, ...brokers.map((broker) => ask(broker, true))];
  const staggerMs = Math.min(MOST_PATIENCE_MS, timeoutMs / (attempts.length + 1));
  const asked = await firstOf(attempts, staggerMs, clock);
  if (asked.ok) return judged(asked.value.metadata, asked.value.answered);
  const own = asked.errors.find((error) => error instanceof Error && isOwnLimit(error.cause));
  if (own instanceof Error) throw own.cause;
  // What the kept connection died of says less than why no new one can be had.
  return { ok: false, failure: inOne(asked.errors.slice(kept.length).map(failureOf)) };
}

function judged(metadata: Metadata, answered: BrokerAddress): Health {
  if (metadata.brokers.length > 0) return { ok: true, metadata, answered };
  const message = `${peerName(answered)} knows of no broker that is alive`;
  return { ok: false, failure: { reason: 'unavailable', message } };
}

/** Several brokers' failures as one: the first one's reason, and what happened at each. */
function inOne(failures: readonly Failure[]): Failure {
  const messages = [...new Set(failures.map((failure) => failure.message))];
  const failure = { reason: failures[0]?.reason ?? 'internal', message: messages.join('; ') } as const;
  return failures.every(({ unreachable }) => unreachable) ? { ...failure, unreachable: true } : failure;
}
