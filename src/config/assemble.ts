import type { AlertSpec } from '../core/alert.ts';
import type { Labels } from '../core/labels.ts';
import type { Pieces } from '../core/pieces.ts';
import type { Dependency, Target } from '../core/target.ts';
import type { Checking } from './checked.ts';
import type { ConfiguredTarget } from './config.ts';
import type { WrittenFile } from './file.ts';
import { deepFreeze } from './freeze.ts';
import { type AlertsOf, openAlerts } from './in-force.ts';
import { checkTimeout, type InForce, inherit } from './inheritance.ts';
import { plainOf } from './located.ts';
import { placesOf } from './places.ts';
import { revisionOf } from './revision.ts';
import { severityNames } from './severities.ts';
import type { TargetKeys } from './target-schema.ts';
import type { WrittenTarget } from './targets.ts';

/** In pieces: targets with everything that they inherit, frozen. `contents` are the texts of files that a target names: a change of them is a change of it. */
export function* assemblingTargets(
  checking: Checking,
  file: WrittenFile,
  written: readonly WrittenTarget[],
  contents: (target: WrittenTarget) => readonly string[],
): Pieces<readonly ConfiguredTarget[]> {
  const alertsOf = openAlerts(checking, file.keys);
  const targets: ConfiguredTarget[] = [];
  for (const each of written) {
    const target = assemble({ checking, file, alertsOf }, each, contents(each));
    if (target !== undefined) targets.push(deepFreeze(target));
    yield;
  }
  return targets;
}

interface Assembly {
  readonly checking: Checking;
  readonly file: WrittenFile;
  readonly alertsOf: AlertsOf;
}

/** Keys, of the target and of `defaults`, without which its timeout or its alerts cannot be judged. */
const FOR_TIMEOUT = ['interval', 'types'] as const;
const FOR_ALERTS = ['alerts', 'builtin_alerts'] as const;

/** Stands in for an interval that is not known: any window is long enough for it. */
const SHORTEST_MS = 1;

function assemble(
  { checking, file, alertsOf }: Assembly,
  { kind, keys, broken, settings, path, node }: WrittenTarget,
  contents: readonly string[],
): ConfiguredTarget | undefined {
  if (kind === undefined) return undefined;
  const inherited = inherit(kind.type, keys, file.keys);
  const hasAll = (needed: readonly string[]) => !needed.some((key) => broken.has(key) || file.brokenDefaults.has(key));
  const inForce = hasAll(FOR_TIMEOUT) ? inherited : { ...inherited, intervalMs: SHORTEST_MS };
  if (hasAll(FOR_TIMEOUT)) checkTimeout(checking, path, keys, inForce);
  if (settings === undefined || !hasAll(FOR_ALERTS)) return undefined;
  const alerts = alertsOf({ kind, keys, settings, path }, inForce);
  const { name, type } = keys;
  if (name === undefined || type === undefined || broken.size > 0) return undefined;
  const labels = labelsOf(file.keys.labels, keys.labels);
  const target = targetOf({ ...keys, name, type }, inForce, labels, kind.hosts(settings), alerts);
  const around = [inForce, labels, file.keys.defaults?.alerts, severityNames(file.keys), file.keys.limits];
  return { target, settings, revision: revisionOf(plainOf(node), around, contents) };
}

/** The config's labels and the target's own; an empty value takes one away. */
function labelsOf(ofAll: Labels = {}, own: Labels = {}): Labels {
  return Object.fromEntries(Object.entries({ ...ofAll, ...own }).filter(([, value]) => value !== ''));
}

/** The dependencies as they are meant: a name alone is a hard one. */
export const dependenciesOf = ({ depends_on: written = [] }: Partial<TargetKeys>): readonly Dependency[] =>
  written.map((each) =>
    typeof each === 'string' ? { name: each, soft: false } : { name: each.name, soft: each.soft ?? false },
  );

function targetOf(
  keys: TargetKeys,
  { intervalMs, timeoutMs, confirm, recover, startupGraceMs }: InForce,
  labels: Labels,
  hosts: readonly string[],
  alerts: readonly AlertSpec[],
): Target {
  const { name, type, critical, group, description, runbook, dashboard } = keys;
  return {
    ...{ name, type, intervalMs, timeoutMs, critical, group, description, runbook, dashboard },
    ...{ confirm, recover, startupGraceMs, labels, hosts, alerts },
    dependsOn: dependenciesOf(keys),
    instance: keys.instance ?? name,
    places: keys.place === undefined ? placesOf(hosts) : [keys.place].flat(),
    slo: keys.slo,
    holdMs: keys.hold,
    enabled: keys.enabled ?? true,
  };
}
