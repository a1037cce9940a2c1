import type { Alert } from '../core/alert.ts';
import type { Target } from '../core/target.ts';

/** Why an alert ends although nothing recovered: its target left the config or is paused in it, or the alert did; else undefined. */
export function whyDeparted(target: Target | undefined, alertname: string): string | undefined {
  if (target === undefined) return 'the target is no longer in the config: nobody looks at it any more';
  if (!target.enabled) return 'the target is paused in the config (enabled: false): nobody looks at it now';
  if (target.alerts.some(({ name }) => name === alertname)) return undefined;
  return 'the config has no such alert of this target any more';
}

/** The alert as it is told for the last time, with the reason before what was last seen. */
export function departed(alert: Alert, why: string | undefined): Alert {
  if (why === undefined) return alert;
  const { description } = alert.annotations;
  const text = description === undefined ? why : `${why}; last seen: ${description}`;
  return { ...alert, annotations: { ...alert.annotations, description: text } };
}
