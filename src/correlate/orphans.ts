import type { Alert } from '../core/alert.ts';
import type { Labels } from '../core/labels.ts';
import { rankOf } from '../core/severity.ts';

/** Alerts that were told before a restart and that nobody has found again yet. */
export interface Orphans {
  restore(alerts: readonly Alert[]): void;
  all(): readonly Alert[];
  of(target: string): readonly Alert[];
  /** Takes out those of an alert of this name and instance, whatever else of their labels differs; the gravest first. */
  adopt(target: string, alertname: string, instance: Labels): readonly Alert[];
  /** Takes out one. */
  release(alert: Alert): void;
}

/** None at first. */
export function openOrphans(): Orphans {
  const byTarget = new Map<string, Set<Alert>>();
  const release = (alert: Alert) => {
    const known = byTarget.get(alert.target);
    known?.delete(alert);
    if (known?.size === 0) byTarget.delete(alert.target);
  };
  return {
    restore(alerts) {
      for (const alert of alerts) {
        const known = byTarget.get(alert.target);
        if (known === undefined) byTarget.set(alert.target, new Set([alert]));
        else known.add(alert);
      }
    },
    all: () => [...byTarget.values()].flatMap((known) => [...known]),
    of: (target) => [...(byTarget.get(target) ?? [])],
    adopt(target, alertname, instance) {
      const known = byTarget.get(target);
      if (known === undefined) return [];
      const wanted = Object.entries({ ...instance, alertname });
      const found = [...known].filter(({ labels }) => wanted.every(([name, value]) => labels[name] === value));
      for (const alert of found) release(alert);
      return found.sort((a, b) => rankOf(a.severity) - rankOf(b.severity));
    },
    release,
  };
}
