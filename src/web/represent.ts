import type { Alert } from '../core/alert.ts';
import { toRfc3339 } from '../core/clock.ts';
import type { TargetView } from './view.ts';

/** Annotations that come from the config alone and so can be shown to everybody; others may quote what a service said. */
const PUBLIC_ANNOTATIONS: ReadonlySet<string> = new Set(['summary', 'runbook', 'runbook_url', 'dashboard_url']);

const time = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : toRfc3339(ms));

/** A target whose verdict is good although one of its alerts holds. */
export const isDegraded = ({ status, alerts }: TargetView): boolean =>
  status === 'up' && alerts.some(({ state }) => state !== 'pending');

/** A target without what may quote the service: its message, its evidence, and such annotations of its alerts. */
export const withoutDetails = (target: TargetView): TargetView => ({
  ...target,
  message: undefined,
  evidence: undefined,
  alerts: target.alerts.map(alertWithoutDetails),
});

/** An alert with only those annotations that come from the config. */
export const alertWithoutDetails = (alert: Alert): Alert => ({
  ...alert,
  annotations: Object.fromEntries(Object.entries(alert.annotations).filter(([name]) => PUBLIC_ANNOTATIONS.has(name))),
});

/** A target as the API shows it. */
export const targetJson = (target: TargetView) => ({
  name: target.name,
  type: target.type,
  status: target.status,
  degraded: isDegraded(target) ? true : undefined,
  reason: target.reason,
  message: target.message,
  since: time(target.sinceMs),
  lastProbe: time(target.lastProbeMs),
  durationMs: target.durationMs,
  measures: target.measures,
  alerts: target.alerts.map(alertJson),
  evidence: target.evidence,
  critical: target.critical,
  group: target.group,
  description: target.description,
  runbook: target.runbook,
  dashboard: target.dashboard,
  dependsOn: target.dependsOn,
});

/** An alert as the API shows it. */
export const alertJson = (alert: Alert) => ({
  alertname: alert.labels['alertname'],
  target: alert.target,
  severity: alert.severity,
  state: alert.state,
  since: toRfc3339(alert.startsAtMs),
  labels: alert.labels,
  annotations: alert.annotations,
  fingerprint: alert.fingerprint,
  suppressedBy: alert.suppressedBy.length > 0 ? alert.suppressedBy : undefined,
});
