import type { Notice } from '../core/alert.ts';
import { errorText } from '../core/errors.ts';
import type { ReceiverEnvironment, ReceiverType } from './contract.ts';
import { openQueue, type PeerQueue, type QueueHooks } from './queue.ts';

export interface NamedReceiver {
  readonly name: string;
  readonly settings: { readonly type: string };
  readonly revision: string;
}

export interface OutboxOptions extends Pick<ReceiverEnvironment, 'clock' | 'log' | 'lookUp'> {
  readonly typeOf: (type: string) => ReceiverType;
  readonly hooks: QueueHooks;
}

/** Everything that waits to be told, one queue a peer. */
export interface Outbox {
  post(notices: readonly Notice[]): void;
  /** Tells the receivers of these names, at once and once only: it neither waits nor is it told again. */
  tell(receivers: readonly string[], notice: Notice): void;
  /**
   * Takes these receivers from now on. A new one is told what fires then; one that changed is told what its former
   * self was told and had still to tell.
   */
  replace(
    receivers: readonly NamedReceiver[],
    filesFrom: string,
    firing: () => readonly Notice[],
    externalUrl?: string,
  ): Promise<void>;
  /** Tells what waits within `graceMs`, then stops. */
  stop(graceMs: number): Promise<void>;
}

interface Open {
  readonly revision: string;
  readonly queues: readonly PeerQueue[];
}

/** What a receiver that left may still tell before it is let go. */
const LEAVE_MS = 1000;

/** An outbox without receivers yet. */
export function openOutbox({ typeOf, hooks, ...environment }: OutboxOptions): Outbox {
  const { clock, log } = environment;
  let open = new Map<string, Open>();

  const openReceiver = async (
    receiver: NamedReceiver,
    around: Pick<ReceiverEnvironment, 'filesFrom' | 'externalUrl'>,
  ): Promise<Open> => {
    const type = typeOf(receiver.settings.type);
    const { revision, name } = receiver;
    try {
      const people = { timezone: 'UTC', severityLabel: (severity: string) => severity, reachesPeople: false };
      const peers = await type.open(receiver.settings, { ...environment, ...around, ...people, receiver: name });
      return { revision, queues: peers.map((peer) => openQueue(peer, type.manner, clock, hooks)) };
    } catch (error) {
      const problem = errorText(error);
      log.error({ receiver: name, problem }, 'a receiver could not be opened and is not told');
      return { revision: '', queues: [] };
    }
  };

  return {
    post(notices) {
      if (notices.length === 0) return;
      for (const { queues } of open.values()) for (const queue of queues) queue.post(notices);
    },
    tell(receivers, notice) {
      for (const name of receivers) for (const queue of open.get(name)?.queues ?? []) queue.tell(notice);
    },
    async replace(receivers, filesFrom, firing, externalUrl) {
      const next = new Map<string, Open>();
      for (const { name, settings, revision: written } of receivers) {
        const old = open.get(name);
        const revision = `${written} ${externalUrl ?? ''}`;
        const stays = old?.revision === revision;
        next.set(name, stays ? old : await openReceiver({ name, settings, revision }, { filesFrom, externalUrl }));
      }
      // From here on at once, so that no notice falls between the old queues and the new ones.
      const before = open;
      open = next;
      const now = firing();
      const closing: Promise<void>[] = [];
      for (const [name, old] of before)
        if (next.get(name) !== old) closing.push(...old.queues.map((queue) => succeed(queue, next.get(name))));
      for (const [name, { queues }] of next)
        if (before.get(name)?.queues !== queues) for (const queue of queues) queue.post(now);
      await Promise.all(closing);
    },
    async stop(graceMs) {
      const all = [...open.values()].flatMap(({ queues }) => queues);
      await Promise.all(all.map((queue) => queue.stop(graceMs)));
    },
  };
}

/** A queue is closed; the one to the same peer, if there is any, takes what it had to tell. */
function succeed(queue: PeerQueue, next: Open | undefined): Promise<void> {
  const heir = next?.queues.find(({ peer }) => peer === queue.peer);
  if (heir === undefined) return queue.stop(LEAVE_MS);
  const { heritage, closed } = queue.handOver();
  heir.inherit(heritage);
  return closed;
}
