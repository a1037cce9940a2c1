import type { SeenAlert, Snapshot } from './snapshot.ts';

/** One line of the story: who it is about, what became of it, and how grave that is. */
export interface Event {
  readonly who: string;
  readonly text: string;
  readonly tone: 'bad' | 'good' | 'plain';
}

export const NOTHING: Snapshot = { targets: [], alerts: [], delivered: [] };

/** What happened between two moments, in the order in which a person wants to read it. */
export function eventsBetween(before: Snapshot, after: Snapshot): Event[] {
  return [...targetEvents(before, after), ...alertEvents(before, after), ...deliveryEvents(before, after)];
}

function targetEvents(before: Snapshot, after: Snapshot): Event[] {
  const earlier = new Map(before.targets.map((target) => [target.name, target.status]));
  return after.targets.flatMap(({ name, status, message }): Event[] => {
    if (earlier.get(name) === status || (status === 'unknown' && !earlier.has(name))) return [];
    if (status === 'down') return [{ who: name, text: `is down: ${message ?? 'no reason given'}`, tone: 'bad' }];
    return [{ who: name, text: `is ${status}`, tone: status === 'up' ? 'good' : 'plain' }];
  });
}

function alertEvents(before: Snapshot, after: Snapshot): Event[] {
  const earlier = new Map(before.alerts.map((alert) => [alert.fingerprint, alert.state]));
  const later = new Set(after.alerts.map(({ fingerprint }) => fingerprint));
  const changed = after.alerts.filter(({ fingerprint, state }) => earlier.get(fingerprint) !== state);
  const ended = before.alerts.filter(({ fingerprint, state }) => !later.has(fingerprint) && state !== 'pending');
  return [
    ...changed.flatMap((alert) => stateEvent(alert, after.alerts)),
    ...ended.map(({ alertname, target }): Event => ({ who: target, text: `${alertname} is over`, tone: 'good' })),
  ];
}

function stateEvent(alert: SeenAlert, all: readonly SeenAlert[]): Event[] {
  const { alertname, target, severity, state } = alert;
  if (state === 'firing') return [{ who: target, text: `ALERT ${alertname} (${severity})`, tone: 'bad' }];
  if (state !== 'suppressed') return [];
  const roots = rootsOf(alert, all);
  const because = roots.length === 0 ? '' : ` of ${roots.join(' and ')}`;
  return [{ who: target, text: `${alertname} is a symptom${because}: nobody is told`, tone: 'plain' }];
}

/** The targets whose alerts explain this one. */
export function rootsOf(alert: SeenAlert, all: readonly SeenAlert[]): string[] {
  return all.filter(({ fingerprint }) => alert.suppressedBy?.includes(fingerprint)).map(({ target }) => target);
}

function deliveryEvents(before: Snapshot, after: Snapshot): Event[] {
  const earlier = new Set(before.delivered);
  const later = new Set(after.delivered);
  const who = 'Alertmanager';
  return [
    ...[...later]
      .filter((name) => !earlier.has(name))
      .map((name): Event => ({ who, text: `has ${name}`, tone: 'bad' })),
    ...[...earlier]
      .filter((name) => !later.has(name))
      .map((name): Event => ({ who, text: `has no ${name} any more`, tone: 'good' })),
  ];
}

/** Everything is up, and nobody has an alert. */
export const isCalm = ({ targets, alerts, delivered }: Snapshot): boolean =>
  targets.length > 0 && targets.every(({ status }) => status === 'up') && alerts.length === 0 && !delivered?.length;

/** One line for the bottom of a terminal. */
export function summary({ targets, alerts }: Snapshot): string {
  const by = (status: string) => targets.filter((target) => target.status === status).map(({ name }) => name);
  const down = by('down');
  const firing = alerts.filter(({ state }) => state === 'firing').length;
  const parts = [
    `${by('up').length} of ${targets.length} targets up`,
    `${firing} alert${firing === 1 ? '' : 's'} firing`,
  ];
  return down.length === 0 ? parts.join(', ') : `${parts.join(', ')}; down: ${down.join(', ')}`;
}
