import type { Notice } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import { errorText } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { ReceiverType } from './contract.ts';
import { openQueue, type PeerQueue, type QueueHooks } from './queue.ts';

export interface NamedReceiver {
  readonly name: string;
  readonly settings: { readonly type: string };
  readonly revision: string;
}

export interface OutboxOptions {
  readonly typeOf: (type: string) => ReceiverType;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hooks: QueueHooks;
}

/** Everything that waits to be told, one queue a peer. */
export interface Outbox {
  post(notices: readonly Notice[]): void;
  /** Takes these receivers from now on; a new one is told what fires now. */
  replace(receivers: readonly NamedReceiver[], filesFrom: string, firing: readonly Notice[]): Promise<void>;
  /** Tells what waits within `graceMs`, then stops. */
  stop(graceMs: number): Promise<void>;
}

interface Open {
  readonly revision: string;
  readonly queues: readonly PeerQueue[];
}

/** An outbox without receivers yet. */
export function openOutbox({ typeOf, clock, log, hooks }: OutboxOptions): Outbox {
  let open = new Map<string, Open>();

  const openReceiver = async (receiver: NamedReceiver, filesFrom: string): Promise<Open> => {
    const type = typeOf(receiver.settings.type);
    const { revision } = receiver;
    try {
      const peers = await type.open(receiver.settings, { clock, log, filesFrom });
      return { revision, queues: peers.map((peer) => openQueue(peer, type.manner, clock, hooks)) };
    } catch (error) {
      log.error(
        { receiver: receiver.name, problem: errorText(error) },
        'a receiver could not be opened and is not told',
      );
      return { revision: '', queues: [] };
    }
  };

  const close = (receiver: Open, graceMs: number) =>
    Promise.all(receiver.queues.map((queue) => queue.stop(graceMs))).then(() => {});

  return {
    post(notices) {
      if (notices.length === 0) return;
      for (const { queues } of open.values()) for (const queue of queues) queue.post(notices);
    },
    async replace(receivers, filesFrom, firing) {
      const before = new Map(open);
      const next = new Map<string, Open>();
      for (const receiver of receivers) {
        const old = before.get(receiver.name);
        if (old?.revision === receiver.revision) {
          next.set(receiver.name, old);
          before.delete(receiver.name);
          continue;
        }
        const fresh = await openReceiver(receiver, filesFrom);
        for (const queue of fresh.queues) queue.post(firing);
        next.set(receiver.name, fresh);
      }
      open = next;
      await Promise.all([...before.values()].map((old) => close(old, 1000)));
    },
    async stop(graceMs) {
      await Promise.all([...open.values()].map((receiver) => close(receiver, graceMs)));
    },
  };
}
