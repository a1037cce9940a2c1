import type { Alert } from '../core/alert.ts';
import { labelsKey } from '../core/labels.ts';
import { rankOf } from '../core/severity.ts';

/** Alerts that were told before a restart and that nobody has found again yet. */
export interface Orphans {
  restore(alerts: readonly Alert[]): void;
  all(): readonly Alert[];
  of(target: string): readonly Alert[];
  /** Takes out those that are one trouble with these labels, whatever their severity; the gravest first. */
  adopt(target: string, labels: Alert['labels']): readonly Alert[];
  /** Takes out one. */
  release(alert: Alert): void;
}

const troubleOf = ({ severity: _, ...labels }: Alert['labels']): string => labelsKey(labels);

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
    adopt(target, labels) {
      const known = byTarget.get(target);
      if (known === undefined) return [];
      const trouble = troubleOf(labels);
      const found = [...known].filter((alert) => troubleOf(alert.labels) === trouble);
      for (const alert of found) release(alert);
      return found.sort((a, b) => rankOf(a.severity) - rankOf(b.severity));
    },
    release,
  };
}
