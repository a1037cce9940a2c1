import type { LoadResult } from './config/load.ts';
import { formatProblem } from './config/problems.ts';
import type { Logger } from './core/log.ts';
import type { QueueHooks } from './notify/queue.ts';
import type { OwnMetrics } from './observe/own.ts';
import type { Effects } from './pipeline.ts';

/** Says at the start what is odd about the config, and what of it is not acted on. */
export function sayConfig(log: Logger, { config, warnings }: Extract<LoadResult, { ok: true }>): void {
  for (const warning of warnings) log.warn({ warning: formatProblem(warning) }, 'config');
  if (config.notActedOn.length === 0) return;
  log.warn({ keys: config.notActedOn.join(', ') }, 'accepted and checked, but not acted on yet');
}

/** One line for each change of a verdict or of an alert's state, none for a probe. */
export function sayChanges(log: Logger, { verdicts, changes }: Effects): void {
  for (const { target, to, message } of verdicts) {
    if (to === 'down') log.warn({ target, why: message }, 'target is down');
    else log.info({ target }, 'target is up');
  }
  for (const { alertname, target, rootCause, from, to } of changes) {
    const fields = { alertname, target, from: from ?? 'inactive', to: to ?? 'inactive' };
    if (to === 'firing') log.warn(fields, 'alert fires');
    else if (to === 'silenced') log.info(fields, 'alert is silenced');
    else if (to === 'suppressed') log.info({ ...fields, root: rootCause }, 'alert is a symptom');
    else if (from === 'firing') log.info(fields, 'alert resolved');
    else log.debug(fields, 'alert changed');
  }
}

/** Counts what the outbox does, and says when a receiver stops or begins to take what it is told. */
export function queueHooks(own: OwnMetrics, log: Logger, random: () => number): QueueHooks {
  const said = new Map<string, string>();
  return {
    random,
    onLength: (receiver, waiting) => own.queueLength.set({ receiver }, waiting),
    onClosed(receiver) {
      said.delete(receiver);
      own.queueLength.remove({ receiver });
      own.receiverUp.remove({ receiver });
    },
    onAttempt(receiver, outcome, notices, { delaysMs, reason, message }) {
      own.notifications.inc({ receiver, outcome }, notices);
      // Nobody was asked.
      if (outcome === 'blip') return;
      own.receiverUp.set({ receiver }, outcome === 'delivered' ? 1 : 0);
      for (const delayMs of delaysMs ?? []) own.notificationDelaySeconds.observe(delayMs / 1000);
      const before = said.get(receiver);
      const now = outcome === 'delivered' ? outcome : `${outcome} ${reason}`;
      said.set(receiver, now);
      if (now === before) return;
      if (outcome !== 'delivered') log.warn({ receiver, outcome, why: message }, 'a receiver could not be told');
      else if (before !== undefined) log.info({ receiver }, 'the receiver is told again');
    },
  };
}
