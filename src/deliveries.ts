import type { Clock } from './core/clock.ts';
import type { ScrubbedLogger } from './log.ts';
import type { QueueHooks } from './notify/delivery/queue.ts';
import type { OwnMetrics } from './observe/own.ts';
import type { ReceiverView } from './web/view.ts';

/** How the receivers take what they are told. */
export interface Deliveries {
  readonly hooks: QueueHooks;
  /** Each address that is told, in the order in which they were first heard of. */
  all(): readonly ReceiverView[];
}

/** Counts what the outbox does, and says when a receiver stops or begins to take what it is told. */
export function openDeliveries(own: OwnMetrics, log: ScrubbedLogger, clock: Clock, random: () => number): Deliveries {
  const said = new Map<string, { readonly state: string; readonly view: ReceiverView }>();
  const change = (name: string, changes: Partial<ReceiverView>, state?: string) => {
    const before = said.get(name);
    const unheard: ReceiverView = { name, waiting: 0, status: 'untold' };
    said.set(name, { state: state ?? before?.state ?? '', view: { ...(before?.view ?? unheard), ...changes } });
    return before?.state ?? '';
  };
  const hooks: QueueHooks = {
    random,
    onLength(receiver, waiting) {
      own.queueLength.set({ receiver }, waiting);
      change(receiver, { waiting });
    },
    onClosed(receiver) {
      said.delete(receiver);
      own.queueLength.remove({ receiver });
      own.receiverUp.remove({ receiver });
    },
    onAttempt(receiver, outcome, notices, { delaysMs, reason, message }) {
      own.notifications.inc({ receiver, outcome }, notices);
      // Nobody was asked.
      if (outcome === 'blip') return;
      const isUp = outcome === 'delivered';
      own.receiverUp.set({ receiver }, isUp ? 1 : 0);
      for (const delayMs of delaysMs ?? []) own.notificationDelaySeconds.observe(delayMs / 1000);
      const state = isUp ? outcome : `${outcome} ${reason}`;
      const why = message === undefined ? undefined : log.scrub(message);
      const before = change(receiver, { status: isUp ? 'up' : 'down', message: why }, state);
      if (state === before) return;
      change(receiver, { sinceMs: clock.now().wallMs });
      if (!isUp) log.warn({ receiver, outcome, why: message }, 'a receiver could not be told');
      else if (before !== '') log.info({ receiver }, 'the receiver is told again');
    },
  };
  return { hooks, all: () => [...said.values()].map(({ view }) => view) };
}
