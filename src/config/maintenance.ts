import { parseCron } from '../core/cron.ts';
import { firstWallAfter } from '../core/cron-walls.ts';
import { parseMatchers } from '../core/matcher-text.ts';
import { compileMatchers } from '../core/matching.ts';
import { nearest } from '../core/nearest.ts';
import type { LabelMatcher, RecurringMaintenance } from '../core/silence.ts';
import { type Checking, complain } from './checked.ts';
import type { FileKeys } from './file-schema.ts';
import { childOf, type Path } from './located.ts';
import { type MaintenanceKeys, maintenanceSchema } from './maintenance-schema.ts';
import { readKeys } from './read-keys.ts';
import type { TargetKeys } from './target-schema.ts';

/** What a maintenance may name. */
interface Known {
  readonly targets: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

/** Tells what is wrong with the recurring maintenance windows beyond their keys' form: entry by entry and key by key, so that no mistake hides another. */
export function checkMaintenance(checking: Checking, targets: readonly Partial<TargetKeys>[]): void {
  const list = childOf(checking.root, 'maintenance');
  if (list?.kind !== 'seq') return;
  const known = {
    targets: new Set(targets.flatMap(({ name }) => name ?? [])),
    groups: new Set(targets.flatMap(({ group }) => group ?? [])),
  };
  const names = new Set<string>();
  for (const [index, node] of list.items.entries()) {
    if (node.kind !== 'map') continue;
    const path = ['maintenance', index];
    // The form of the keys was told of with the file.
    const { values, broken } = readKeys({ ...checking, problems: [], warnings: [] }, maintenanceSchema, node, path);
    if (values.name !== undefined && names.has(values.name))
      complain(checking, [...path, 'name'], { message: `another maintenance is called "${values.name}" already` });
    names.add(values.name ?? '');
    if (values.cron !== undefined) checkCron(checking, [...path, 'cron'], values.cron);
    checkScope(checking, path, values, broken, known);
  }
}

function checkCron(checking: Checking, path: Path, text: string): void {
  const parsed = parseCron(text);
  const problems = parsed.ok ? [] : parsed.problems;
  for (const problem of problems) complain(checking, path, problem);
  if (parsed.ok && firstWallAfter(parsed.cron, 0) === undefined)
    complain(checking, path, { message: 'this never comes: no month has such a day' });
}

type Values = Partial<MaintenanceKeys>;

function checkScope(
  checking: Checking,
  path: Path,
  { targets = [], groups = [], matchers = [] }: Values,
  broken: ReadonlySet<string>,
  known: Known,
): void {
  const scopes = ['targets', 'groups', 'matchers'];
  if (targets.length + groups.length + matchers.length === 0 && !scopes.some((key) => broken.has(key)))
    complain(checking, path, { message: 'covers nothing: expected targets, groups or matchers' });
  checkNames(checking, [...path, 'targets'], targets, known.targets, 'no target is called');
  checkNames(checking, [...path, 'groups'], groups, known.groups, 'no target is in a group');
  checkMatchers(checking, [...path, 'matchers'], matchers);
}

/** Tells of each name of a list that is not known: `none` and the name, with the nearest one. */
export function checkNames(
  checking: Checking,
  path: Path,
  names: readonly string[],
  known: ReadonlySet<string>,
  none: string,
): void {
  for (const [index, name] of names.entries()) {
    if (known.has(name)) continue;
    const suggestion = nearest(name, known);
    const hint = suggestion === undefined ? {} : { suggestion };
    complain(checking, [...path, index], { message: `${none} "${name}"`, ...hint });
  }
}

function checkMatchers(checking: Checking, path: Path, texts: readonly string[]): void {
  const parsed = texts.map(parseMatchers);
  for (const [index, one] of parsed.entries()) if (!one.ok) complain(checking, [...path, index], one);
  if (texts.length === 0 || parsed.some(({ ok }) => !ok)) return;
  const compiled = compileMatchers(matchersOf(texts));
  if (compiled.ok && compiled.matching.fitsNone)
    complain(checking, path, {
      message: 'would cover every alert: at least one matcher must not match an empty label',
    });
}

/** The matchers of texts; of one that is none, nothing. */
export const matchersOf = (texts: readonly string[]): readonly LabelMatcher[] =>
  texts.flatMap((text) => {
    const parsed = parseMatchers(text);
    return parsed.ok ? parsed.matchers : [];
  });

/** The recurring maintenance windows of a config without mistakes. */
export const maintenanceOf = ({ maintenance = [], timezone }: FileKeys): readonly RecurringMaintenance[] =>
  maintenance.map((each) => ({
    name: each.name,
    cron: each.cron,
    timezone: each.timezone ?? timezone,
    durationMs: each.duration,
    targets: each.targets ?? [],
    groups: each.groups ?? [],
    matchers: matchersOf(each.matchers ?? []),
  }));
