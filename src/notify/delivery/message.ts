import { createHash } from 'node:crypto';
import type { Alert, Notice } from '../../core/alert.ts';
import { toRfc3339 } from '../../core/clock.ts';
import type { Labels } from '../../core/labels.ts';
import type { Message, Step } from '../contract.ts';

/** What is known of a group beside what changed in it. */
export interface About {
  readonly receiver: string;
  readonly group: string;
  readonly groupLabels: Labels;
  readonly standing: readonly Alert[];
  /** Whether the peer was told of the group before, and not that it is over. */
  readonly isKnown: boolean;
  readonly isRepeat: boolean;
  readonly thread: string | undefined;
  /** When the group was told last, Unix epoch ms: names a reminder. */
  readonly toldMs: number;
}

/** The message of these changes; without any it is a reminder. */
export function messageOf(changed: readonly Notice[], about: About): Message {
  const { receiver, group, groupLabels, standing, isRepeat, thread } = about;
  const all = [...changed.map(({ alert }) => alert), ...standing];
  return {
    ...{ group, groupLabels, changed, standing, isRepeat, thread },
    step: stepOf(changed, about),
    sinceMs: all.reduce((first, { startsAtMs }) => Math.min(first, startsAtMs), Number.POSITIVE_INFINITY),
    key: keyOf(receiver, group, changed, about.toldMs),
  };
}

function stepOf(changed: readonly Notice[], { standing, isKnown }: About): Step {
  if (changed.length === 0) return 'reminder';
  const begins = changed.some(({ status }) => status === 'firing');
  if (!begins && standing.length === 0) return 'over';
  if (!isKnown) return 'first';
  return begins ? 'more' : 'fewer';
}

/** Names a change of a group: the same for the same beginnings and ends, in whatever order and words they are told. */
function keyOf(receiver: string, group: string, changed: readonly Notice[], toldMs: number): string {
  const changes = changed.map((notice) => {
    const { fingerprint, startsAtMs } = notice.alert;
    const end = notice.status === 'firing' ? '' : toRfc3339(Math.max(startsAtMs, notice.endsAtMs));
    return [fingerprint, notice.status, toRfc3339(startsAtMs), end].join(' ');
  });
  const reminder = changes.length === 0 ? [`reminder ${toRfc3339(toldMs)}`] : [];
  const named = JSON.stringify([receiver, group, ...changes.sort(), ...reminder]);
  return createHash('sha256').update(named).digest('hex');
}
