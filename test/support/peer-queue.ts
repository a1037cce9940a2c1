import type { Notice } from '../../src/core/alert.ts';
import type { Delivery, DeliveryManner, Message } from '../../src/notify/contract.ts';
import type { Desk, Learnt } from '../../src/notify/delivery/desk.ts';
import { type GroupRules, openGroups } from '../../src/notify/delivery/groups.ts';
import { type Attempt, openQueue, type PeerQueue } from '../../src/notify/delivery/queue.ts';
import { openStream } from '../../src/notify/delivery/stream.ts';
import { type VirtualClock, virtualClock } from './virtual-clock.ts';

/** Groups without any wait. */
export const AT_ONCE: GroupRules = {
  by: undefined,
  waitMs: 0,
  gravestWaitMs: 0,
  intervalMs: 0,
  repeatMs: 1e12,
  batch: 256,
  isForPeople: false,
};

export interface QueueBench {
  readonly clock: VirtualClock;
  readonly queue: PeerQueue;
  readonly messages: readonly Message[];
  /** What became of attempts: `delivered`. */
  readonly outcomes: readonly { readonly outcome: Attempt; readonly count: number }[];
  /** What was written down: `sending 1`, `taken 1`, `settled 2`. */
  readonly recorded: readonly string[];
  readonly learnt: readonly Learnt[];
  /** Puts notices that are kept already, due after `holdMs`. */
  post(notices: readonly Notice[], holdMs?: number): void;
  /** A queue to the same peer that takes over. */
  heir(): PeerQueue;
  isClosed(): boolean;
}

export interface BenchOptions {
  readonly manner: DeliveryManner;
  readonly groups?: Partial<GroupRules>;
  /** What the peer says to an attempt, the first is 1. */
  readonly answer?: (attempt: number) => Delivery | 'never' | undefined;
  readonly onRefused?: (notices: readonly Notice[]) => boolean;
}

/** A queue to a peer that answers as told, in virtual time. */
export function queueBench({ manner, groups, answer, onRefused = () => false }: BenchOptions): QueueBench {
  const clock = virtualClock(0);
  const messages: Message[] = [];
  const outcomes: { outcome: Attempt; count: number }[] = [];
  const recorded: string[] = [];
  const learnt: Learnt[] = [];
  let closed = 0;
  let entry = 0;
  const desk = (): Desk =>
    manner.grouped === true
      ? openGroups({ ...AT_ONCE, ...groups })
      : openStream({ ...manner, isRetold: manner.resendMs !== undefined });
  const open = () =>
    openQueue({
      peer: {
        name: 'peer',
        async send(message) {
          messages.push(message);
          const said = answer?.(messages.length) ?? { ok: true };
          return said === 'never' ? new Promise<Delivery>(() => {}) : said;
        },
        async [Symbol.asyncDispose]() {
          closed++;
        },
      },
      receiver: 'ops',
      manner,
      desk: desk(),
      clock,
      hooks: {
        random: () => 0.5,
        onLength() {},
        onClosed() {},
        onAttempt: (_, outcome, count) => outcomes.push({ outcome, count }),
      },
      record: {
        async sending({ entries }) {
          recorded.push(`sending ${entries.join(' ')}`);
        },
        taken(entries, what) {
          recorded.push(`taken ${entries.join(' ')}`);
          learnt.push(what);
        },
        settled: (entries) => recorded.push(`settled ${entries.join(' ')}`),
        forgotten: (fingerprints) => recorded.push(`forgotten ${fingerprints.join(' ')}`),
      },
      onRefused,
    });
  const queue = open();
  const post = (notices: readonly Notice[], holdMs = 0) => {
    const nowMs = clock.monoMs();
    const terms = { nowMs, sinceMs: nowMs, dueMs: nowMs + holdMs, isKept: true };
    queue.release(notices.flatMap((notice) => queue.put(notice, { ...terms, entries: [++entry] }) ?? []));
  };
  return { clock, queue, messages, outcomes, recorded, learnt, post, heir: open, isClosed: () => closed > 0 };
}
