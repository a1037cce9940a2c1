import { nearest } from '../core/nearest.ts';
import type { Dependency } from '../core/target.ts';
import { type Checking, complain } from './checked.ts';
import type { Path } from './located.ts';

/** A target's name and what it depends on. */
export interface Depending {
  readonly name: string;
  /** Of the target; its `depends_on` holds the dependencies in their order. */
  readonly path: Path;
  readonly dependsOn: readonly Dependency[];
}

/** Tells of names given twice, of dependencies on targets that there are not, and of cycles. */
export function checkDependencies(checking: Checking, targets: readonly Depending[]): void {
  const byName = new Map<string, Depending>();
  for (const target of targets) {
    if (!byName.has(target.name)) byName.set(target.name, target);
    else complain(checking, [...target.path, 'name'], { message: `another target is called "${target.name}" already` });
  }
  // Most targets of a large config stand alone.
  if (targets.every(({ dependsOn }) => dependsOn.length === 0)) return;
  const suggest = suggester([...byName.keys()]);
  for (const target of targets) checkNames(checking, target, byName, suggest);
  for (const cycle of cycles(byName)) sayCycle(checking, cycle);
}

/** Unknown names for which a near one is looked up: each takes a look at every target. */
const SUGGESTED = 50;

type Suggest = (name: string) => string | undefined;

function suggester(names: readonly string[]): Suggest {
  const known = new Map<string, string | undefined>();
  return (name) => {
    if (!known.has(name) && known.size < SUGGESTED) known.set(name, nearest(name, names));
    return known.get(name);
  };
}

function checkNames(
  checking: Checking,
  { path, dependsOn }: Depending,
  byName: ReadonlyMap<string, Depending>,
  suggest: Suggest,
): void {
  const seen = new Set<string>();
  for (const [index, { name }] of dependsOn.entries()) {
    const at = [...path, 'depends_on', index];
    if (seen.has(name)) complain(checking, at, { message: `"${name}" is named twice` });
    seen.add(name);
    if (byName.has(name)) continue;
    const suggestion = suggest(name);
    const message = `no target is called "${name}"`;
    complain(checking, at, { message, ...(suggestion === undefined ? {} : { suggestion }) });
  }
}

/** Circles of dependencies, each once, from the target that is written first. */
function cycles(byName: ReadonlyMap<string, Depending>): readonly (readonly Depending[])[] {
  const remaining = withoutLoose(byName);
  const order = new Map([...byName.keys()].map((name, index) => [name, index]));
  const visited = new Set<string>();
  const found: (readonly Depending[])[] = [];
  for (const start of remaining) {
    const walk: Depending[] = [];
    let at = byName.get(start);
    while (at !== undefined && !visited.has(at.name)) {
      visited.add(at.name);
      walk.push(at);
      const next = at.dependsOn.find(({ name }) => remaining.has(name))?.name;
      at = next === undefined ? undefined : byName.get(next);
    }
    const from = at === undefined ? -1 : walk.indexOf(at);
    if (from === -1) continue;
    const circle = walk.slice(from);
    found.push(fromFirst(circle, order));
  }
  return found;
}

/** The circle, beginning with the target that is written first. */
function fromFirst(circle: readonly Depending[], order: ReadonlyMap<string, number>): readonly Depending[] {
  const places = circle.map(({ name }) => order.get(name) ?? 0);
  const turn = places.indexOf(places.reduce((a, b) => Math.min(a, b)));
  return [...circle.slice(turn), ...circle.slice(0, turn)];
}

/** The targets that are left when those without dependencies are taken away, again and again. */
function withoutLoose(byName: ReadonlyMap<string, Depending>): ReadonlySet<string> {
  const remaining = new Set(byName.keys());
  const dependents = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const { name, dependsOn } of byName.values()) {
    const known = new Set(dependsOn.map((dependency) => dependency.name).filter((each) => byName.has(each)));
    open.set(name, known.size);
    for (const each of known) dependents.set(each, [...(dependents.get(each) ?? []), name]);
  }
  const loose = [...remaining].filter((name) => open.get(name) === 0);
  for (let name = loose.pop(); name !== undefined; name = loose.pop()) {
    remaining.delete(name);
    for (const dependent of dependents.get(name) ?? []) {
      const left = (open.get(dependent) ?? 0) - 1;
      open.set(dependent, left);
      if (left === 0) loose.push(dependent);
    }
  }
  return remaining;
}

function sayCycle(checking: Checking, circle: readonly Depending[]): void {
  const [first, second = first] = circle;
  if (first === undefined || second === undefined) return;
  const index = first.dependsOn.findIndex(({ name }) => name === second.name);
  const names = [...circle, first].map(({ name }) => name).join(' → ');
  const message =
    circle.length === 1 ? 'a target cannot depend on itself' : `the dependencies go in a circle: ${names}`;
  complain(checking, [...first.path, 'depends_on', index], { message });
}
