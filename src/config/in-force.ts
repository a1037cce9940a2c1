import { type AlertSpec, GENERAL_ALERTS } from '../core/alert.ts';
import { type ProbeSettings, probeTypes } from '../probe/registry.ts';
import { checkDefaultAlerts } from './alert-defaults.ts';
import type { AlertSources } from './alert-sources.ts';
import { resolveAlerts } from './alerts.ts';
import { type Checking, complain, warn } from './checked.ts';
import type { FileKeys } from './file-schema.ts';
import type { InForce } from './inheritance.ts';
import type { Path } from './located.ts';
import { severityNames } from './severities.ts';
import type { TargetKeys } from './target-schema.ts';
import type { Kind, WrittenTarget } from './targets.ts';

/** What of a target its alerts depend on. */
interface Alerting {
  readonly kind: Kind;
  readonly keys: Partial<TargetKeys>;
  readonly settings: ProbeSettings;
  readonly path: Path;
}

/** Gives each target its alerts, and tells what is wrong with them. */
export type AlertsOf = (target: Alerting, inForce: InForce) => readonly AlertSpec[];

const BUILT_IN_NAMES: ReadonlySet<string> = new Set(
  [...probeTypes.flatMap(({ alerts }) => alerts), ...GENERAL_ALERTS].map(({ name }) => name),
);

/** All that the alerts of a target can come from. */
export const sourcesOf = (
  { kind, keys, settings, path }: Alerting,
  { intervalMs, builtinAlerts }: InForce,
  file: Partial<FileKeys>,
): AlertSources => ({
  builtIn: [...kind.alerts, ...GENERAL_ALERTS],
  builtInAlerts: builtinAlerts,
  allBuiltInNames: BUILT_IN_NAMES,
  defaults: { entries: file.defaults?.alerts ?? [], path: ['defaults', 'alerts'] },
  own: { entries: keys.alerts ?? [], path: [...path, 'alerts'] },
  critical: keys.critical,
  severities: severityNames(file),
  intervalMs,
  hasSlo: keys.slo !== undefined,
  measures: [...kind.measures, ...(kind.ownMeasures?.(settings) ?? [])],
});

/** Targets without alerts and measures of their own share what was resolved for the first of their kind. */
export function openAlerts(checking: Checking, file: Partial<FileKeys>): AlertsOf {
  const resolved = new Map<string, readonly AlertSpec[]>();
  const resolve: AlertsOf = (target, inForce) => {
    const { alerts, problems, warnings } = resolveAlerts(sourcesOf(target, inForce, file));
    for (const problem of problems) complain(checking, problem.path, problem);
    for (const warning of warnings) warn(checking, warning.path, warning);
    return alerts;
  };
  return (target, inForce) => {
    const { kind, keys, settings } = target;
    if (keys.alerts !== undefined || (kind.ownMeasures?.(settings) ?? []).length > 0) return resolve(target, inForce);
    const key = JSON.stringify([
      kind.type,
      inForce.builtinAlerts,
      keys.critical ?? null,
      inForce.intervalMs,
      keys.slo !== undefined,
    ]);
    const known = resolved.get(key) ?? resolve(target, inForce);
    resolved.set(key, known);
    return known;
  };
}

/** Tells what is wrong with `defaults.alerts` whatever the target. */
export function checkDefaults(
  checking: Checking,
  { defaults }: Partial<FileKeys>,
  targets: readonly WrittenTarget[],
): void {
  const ownMeasures = targets.flatMap(({ kind, settings }) =>
    kind === undefined || settings === undefined ? [] : (kind.ownMeasures?.(settings) ?? []),
  );
  const problems = checkDefaultAlerts({
    defaults: { entries: defaults?.alerts ?? [], path: ['defaults', 'alerts'] },
    allBuiltInNames: BUILT_IN_NAMES,
    ownNames: new Set(targets.flatMap(({ keys }) => (keys.alerts ?? []).map(({ name }) => name))),
    measureNames: new Set([...probeTypes.flatMap(({ measures }) => measures), ...ownMeasures].map(({ name }) => name)),
  });
  for (const problem of problems) complain(checking, problem.path, problem);
}
