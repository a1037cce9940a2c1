import type { Alert } from '../core/alert.ts';
import { toRfc3339 } from '../core/clock.ts';
import type { Explanation, TargetView } from './view.ts';

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

/** An alert with only those annotations that come from the config: of one from elsewhere none. */
export const alertWithoutDetails = (alert: Alert): Alert => ({
  ...alert,
  annotations: Object.fromEntries(
    Object.entries(alert.annotations).filter(([name]) => alert.origin === 'own' && PUBLIC_ANNOTATIONS.has(name)),
  ),
});

/** An explanation without sentences, which may quote a service or a person; the numbers are in /metrics too. */
export const explanationWithoutDetails = (explanation: Explanation): Explanation => ({
  ...explanation,
  alert: alertWithoutDetails(explanation.alert),
  tests: explanation.tests.map((test) => ({
    ...test,
    readings: test.readings.map(({ valueText: _, ...reading }) => reading),
  })),
  because: [],
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
  origin: alert.origin,
  group: alert.group,
  suppressedBy: alert.suppressedBy.length > 0 ? alert.suppressedBy : undefined,
  silencedBy: alert.silencedBy.length > 0 ? alert.silencedBy : undefined,
  value: alert.value,
  threshold: alert.threshold,
  generatorURL: alert.generatorUrl,
});

/** An alert with why it is in its state, as the API shows it. */
export const explanationJson = ({ alert, condition, forMs, keepFiringForMs, tests, because }: Explanation) => ({
  ...alertJson(alert),
  ...{ condition, forMs, keepFiringForMs, tests, because },
});
