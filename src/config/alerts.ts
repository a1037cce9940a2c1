import type { AlertSpec, BuiltInAlert } from '../core/alert.ts';
import { nearest } from '../core/nearest.ts';
import { measuresIn } from '../core/when/needs.ts';
import { conditionOf, isDownAlert } from './alert-condition.ts';
import { checkRaise, type Draft, type Merged, merge } from './alert-merge.ts';
import { checkNames, fitsPattern, isWildcard } from './alert-name.ts';
import { overlapsOf } from './alert-overlap.ts';
import { type AlertProblem, type AlertSources, type Layer, layersOf } from './alert-sources.ts';
import { checkTemplates } from './alert-template.ts';

/**
 * The alerts in force for a target, in the order built-in, defaults, own. With any problem the config is refused. Problems in
 * `defaults.alerts` may come again for the next target.
 */
export interface ResolvedAlerts {
  readonly alerts: readonly AlertSpec[];
  readonly problems: readonly AlertProblem[];
  readonly warnings: readonly AlertProblem[];
}

/** Puts the alerts of one target together and checks them: the built-in ones, `defaults.alerts`, then the target's own. */
export function resolveAlerts(sources: AlertSources): ResolvedAlerts {
  const own = layersOf(sources.own, 'own');
  const drafts = draftsOf(sources, own);
  const { critical, severities, intervalMs, hasSlo, measures } = sources;
  const checked = drafts.map((draft): Merged => {
    const alert = merge(draft, { critical, severities, intervalMs, hasSlo, measures, path: sources.own.path });
    return isOn(draft) ? alert : { problems: alert.problems, warnings: [] };
  });
  const alerts = checked.flatMap(({ spec }) => spec ?? []);
  return {
    alerts,
    problems: [...checkOwn(sources, own), ...checked.flatMap(({ problems }) => problems)],
    warnings: [
      ...checked.flatMap(({ warnings }) => warnings),
      ...drafts.flatMap(staysOff),
      ...overlapWarnings(alerts, checked),
    ],
  };
}

/** Every alert that the target may have, with the entries that make it what it is and whether it is on. */
export function originsOf(sources: AlertSources): readonly (Draft & { readonly on: boolean })[] {
  const drafts = draftsOf(sources, layersOf(sources.own, 'own'));
  return drafts.map((draft) => ({ ...draft, on: isOn(draft) }));
}

/** What is wrong with the target's own entries by themselves. */
function checkOwn({ builtIn, allBuiltInNames, defaults }: AlertSources, own: readonly Layer[]): AlertProblem[] {
  const ours = builtIn.map(({ name }) => name);
  const defined = defaults.entries.filter(({ name, when }) => when !== undefined && !isWildcard(name));
  const known = new Set([...ours, ...defined.map(({ name }) => name)]);
  const wrongNames = checkNames(own, ours);
  const isWrong = new Set(wrongNames.map(({ path }) => path.at(-2)));
  const unknown = own.flatMap(({ entry: { name, when }, path }): AlertProblem[] => {
    if (isWrong.has(path.at(-1) ?? '') || when !== undefined || known.has(name)) return [];
    const elsewhere = allBuiltInNames.has(name) ? ' for this type' : '';
    const suggestion = nearest(name, known);
    const message = `there is no built-in alert "${name}"${elsewhere}; one of your own needs "when"`;
    return [{ path: [...path, 'name'], message, ...(suggestion === undefined ? {} : { suggestion }) }];
  });
  return [...wrongNames, ...unknown, ...own.flatMap(checkRaise), ...own.flatMap(checkTemplates)];
}

/** Every alert that the target may have, each with the entries that change it; of two of its own entries of a name the first. */
function draftsOf(sources: AlertSources, own: readonly Layer[]): readonly Draft[] {
  const defaults = layersOf(sources.defaults, 'defaults');
  const ownByName = new Map(own.toReversed().map((layer) => [layer.entry.name, layer]));
  const draft = (name: string, builtIn: BuiltInAlert | undefined): Draft => {
    const written = ownByName.get(name);
    const inherited = defaults.filter(({ entry }) => fitsPattern(entry.name, name));
    return { name, builtIn, layers: written === undefined ? inherited : [...inherited, written] };
  };
  const named = new Set<string>();
  const once = (name: string): boolean => !named.has(name) && named.add(name).has(name);
  const builtIn = sources.builtIn.filter((each) => once(each.name) && isChosen(sources, each, ownByName));
  const inherited = defaults.filter(({ entry }) => isForTarget(sources, entry) && once(entry.name));
  const written = own.filter(({ entry }) => !isWildcard(entry.name) && once(entry.name));
  return [
    ...builtIn.map((each) => draft(each.name, each)),
    ...inherited.map(({ entry }) => draft(entry.name, undefined)),
    ...written.map(({ entry }) => draft(entry.name, undefined)),
  ];
}

/** A built-in alert that `builtin_alerts` leaves out is back when the target itself names it. */
const isChosen = ({ builtInAlerts }: AlertSources, builtIn: BuiltInAlert, own: ReadonlyMap<string, Layer>): boolean =>
  builtInAlerts === 'all' || own.has(builtIn.name) || (builtInAlerts === 'down' && isDownAlert(builtIn));

/** An alert that `defaults.alerts` defines is for the targets that have its measures. */
function isForTarget({ allBuiltInNames, measures, hasSlo }: AlertSources, entry: Layer['entry']): boolean {
  if (isWildcard(entry.name) || allBuiltInNames.has(entry.name)) return false;
  const parsed = conditionOf(entry);
  if (parsed?.ok !== true) return false;
  if (!hasSlo && parsed.when.tests.some(({ kind }) => kind === 'burning')) return false;
  const asked = parsed.when.tests.flatMap(measuresIn);
  return asked.every(({ name }) => measures.some((measure) => measure.name === name));
}

/** An alert whose condition the target itself writes is on unless it says otherwise there. */
function isOn({ builtIn, layers }: Draft): boolean {
  const own = layers.find(({ from }) => from === 'own')?.entry;
  if (builtIn === undefined && own?.when !== undefined) return own.enabled ?? true;
  return layers.findLast(({ entry }) => entry.enabled !== undefined)?.entry.enabled ?? true;
}

/** A change of an alert that the defaults turned off changes nothing. */
function staysOff(draft: Draft): readonly AlertProblem[] {
  const own = draft.layers.find(({ from }) => from === 'own');
  if (own === undefined || own.entry.enabled !== undefined || isOn(draft)) return [];
  const message = `${draft.name} stays off: defaults.alerts turns it off; "enabled: true" turns it on here`;
  return [{ path: own.path, message }];
}

function overlapWarnings(alerts: readonly AlertSpec[], merged: readonly Merged[]): readonly AlertProblem[] {
  const pathOf = new Map(merged.map(({ spec, whenPath }) => [spec?.name, whenPath]));
  return overlapsOf(alerts).map(({ alert, other, watched }) => ({
    path: pathOf.get(alert) ?? [],
    message: `${alert} watches ${watched} as ${other} does: change that one, or turn it off`,
  }));
}
