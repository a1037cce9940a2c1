import type { Alert } from '../../core/alert.ts';
import { rankOf } from '../../core/severity.ts';
import type { Message } from '../contract.ts';
import { oneLine } from './line.ts';
import { lasted } from './time.ts';

/** So many names stand in a title. */
const MOST_NAMES = 3;

/**
 * One line that says what matters: how grave, what, and how it stands.
 * `P0 database: Postgres database is down, 2 more alerts` · `resolved after 4m: P0 database: …`
 */
export const titleOf = (message: Message, nowMs: number): string => oneLine(written(message, nowMs));

function written(message: Message, nowMs: number): string {
  const { step, changed, standing, isRepeat, sinceMs } = message;
  const mark = isRepeat ? '[possible repeat] ' : '';
  const began = changed.flatMap(({ status, alert }) => (status === 'firing' ? [alert] : []));
  const ended = changed.flatMap(({ status, alert }) => (status === 'resolved' ? [alert] : []));
  const firing = [...began, ...standing];
  const tookMs = endOf(message, nowMs) - sinceMs;
  switch (step) {
    case 'test':
      return `${mark}[test] ${subject(firing.length > 0 ? firing : ended)}`;
    case 'first':
      return `${mark}${subject(firing)}`;
    case 'more':
      return `${mark}${subject(firing)} (new: ${names(began)})`;
    case 'fewer':
      return `${mark}${subject(firing)} (resolved: ${names(ended)})`;
    case 'reminder':
      return `${mark}still after ${lasted(tookMs)}: ${subject(firing)}`;
    case 'over':
      return `${mark}resolved after ${lasted(tookMs)}: ${subject(ended)}`;
  }
}

/** The alert of the gravest severity, of several the one that began first: a group is called the same from message to message. */
export const gravest = (alerts: readonly Alert[]): Alert | undefined =>
  alerts.toSorted((a, b) => rankOf(a.severity) - rankOf(b.severity) || a.startsAtMs - b.startsAtMs)[0];

/** When the message's trouble ended, or now; Unix epoch ms. */
export function endOf({ step, changed }: Pick<Message, 'step' | 'changed'>, nowMs: number): number {
  if (step !== 'over') return nowMs;
  return changed.reduce((last, notice) => (notice.status === 'resolved' ? Math.max(last, notice.endsAtMs) : last), 0);
}

function subject(alerts: readonly Alert[]): string {
  const root = gravest(alerts);
  if (root === undefined) return '';
  const others = alerts.length - 1;
  const also = others === 0 ? '' : `, ${others} more ${others === 1 ? 'alert' : 'alerts'}`;
  return `${root.severity} ${whatOf(root)}${also}`;
}

const whatOf = ({ target, labels, annotations }: Alert): string => {
  const what = annotations['summary'] ?? labels['alertname'] ?? '';
  return target === '' ? what : `${target}: ${what}`;
};

function names(alerts: readonly Alert[]): string {
  const all = [...new Set(alerts.map(({ target, labels }) => (target === '' ? (labels['alertname'] ?? '') : target)))];
  const shown = all.slice(0, MOST_NAMES).join(', ');
  return all.length > MOST_NAMES ? `${shown} and ${all.length - MOST_NAMES} more` : shown;
}
