import { formatDuration } from '../core/duration.ts';
import { type Scrub, scrubber } from '../core/secret.ts';
import type { Target } from '../core/target.ts';
import { type ExplainedAlert, explainAlerts } from './explain-alerts.ts';
import { readFile } from './file.ts';
import { tracesOf } from './hidden.ts';
import { sourcesOf } from './in-force.ts';
import { inherit, placesOf } from './inheritance.ts';
import { find, type MapNode, pathText } from './located.ts';
import type { Explained, Origin } from './origin.ts';
import { problemAt } from './problems.ts';
import { type LoadOptions, readTree } from './read-tree.ts';
import { readTargets, type WrittenTarget } from './targets.ts';

/** What is in force for one target, and where each value comes from. */
export interface ExplainedTarget {
  readonly values: readonly Explained[];
  readonly alerts: readonly ExplainedAlert[];
  /** Alerts that the target could have, and what turns each off. */
  readonly off: readonly Explained[];
}

/**
 * Tells of a target of a good config where its values come from. The files are read anew, so that loading need not
 * remember it; undefined where they changed meanwhile and do not name the target any more.
 */
export function explainTarget(options: LoadOptions, target: Target): ExplainedTarget | undefined {
  const read = readTree(options);
  if (!read.ok) return undefined;
  const { checking, secrets } = read;
  const file = readFile(checking);
  const written = readTargets(checking).find(({ keys }) => keys.name === target.name);
  if (written === undefined) return undefined;
  const scrub = scrubber([...secrets].flatMap(tracesOf));
  const origin = originIn(checking.root, scrub);
  const values = valuesOf(target, written, origin).map((each) => ({
    ...each,
    value: scrub(each.value),
  }));
  const { kind, keys, settings, path } = written;
  if (kind === undefined || settings === undefined) return { values, alerts: [], off: [] };
  const sources = sourcesOf({ kind, keys, settings, path }, inherit(kind.type, keys, file.keys), file.keys);
  const name = 'builtin_alerts';
  const chosen = { name, value: sources.builtInAlerts, ...origin(...placesOf(kind.type, path, name)) };
  return { values: [...values, chosen], ...explainAlerts(sources, target, { origin, chosen, scrub }) };
}

function originIn(root: MapNode, scrub: Scrub): Origin {
  return (...paths) => {
    for (const path of paths) {
      const { entry, node, steps } = find(root, path);
      if (steps < path.length) continue;
      const { file, line, column } = problemAt(entry?.at ?? node, '', '');
      return { from: scrub(pathText(root, path)), place: `${file}:${line}:${column}` };
    }
    return { from: 'built-in' };
  };
}

function valuesOf(target: Target, { path, keys }: WrittenTarget, origin: Origin): readonly Explained[] {
  const inherited = (name: Parameters<typeof placesOf>[2], value: string): Explained => {
    const given = origin(...placesOf(target.type, path, name));
    return { name, value, ...given };
  };
  const own = (name: string, value: string | undefined): readonly Explained[] =>
    value === undefined ? [] : [{ name, value, ...origin([...path, name]) }];
  const critical = target.critical === undefined ? 'unset' : String(target.critical);
  return [
    inherited('interval', formatDuration(target.intervalMs)),
    timeoutOf(target, inherited('timeout', formatDuration(target.timeoutMs)), keys.timeout),
    inherited('confirm', String(target.confirm)),
    inherited('recover', String(target.recover)),
    {
      name: 'startup_grace',
      value: formatDuration(target.startupGraceMs),
      ...origin([...path, 'startup_grace'], ['startup_grace']),
    },
    ...own('critical', critical),
    ...own('enabled', String(target.enabled)),
    ...own('depends_on', dependencies(target)),
    ...own('instance', target.instance),
    ...own('group', target.group),
    ...own('place', target.places.length === 0 ? undefined : target.places.join(', ')),
    ...own('slo', sloText(target)),
    ...own('hold', target.holdMs === undefined ? undefined : formatDuration(target.holdMs)),
    ...own('runbook', target.runbook),
    ...own('dashboard', target.dashboard),
    ...Object.entries(target.labels).map(([label, value]) => ({
      name: `labels.${label}`,
      value,
      ...origin([...path, 'labels', label], ['labels', label]),
    })),
  ];
}

/** An inherited timeout is cut to the interval. */
const timeoutOf = ({ timeoutMs, intervalMs }: Target, given: Explained, own: number | undefined): Explained =>
  own === undefined && timeoutMs === intervalMs ? { ...given, from: `${given.from}, at most the interval` } : given;

const sloText = ({ slo }: Target): string | undefined =>
  slo === undefined
    ? undefined
    : `${Number((slo.objective * 100).toPrecision(10))}% over ${formatDuration(slo.windowMs)}`;

function dependencies({ dependsOn }: Target): string | undefined {
  if (dependsOn.length === 0) return undefined;
  return dependsOn.map(({ name, soft }) => (soft ? `${name} (soft)` : name)).join(', ');
}
