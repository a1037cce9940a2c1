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
  for (const target of targets) checkNames(checking, target, byName);
  for (const cycle of cycles(byName)) sayCycle(checking, cycle);
}

function checkNames(checking: Checking, { path, dependsOn }: Depending, byName: ReadonlyMap<string, Depending>): void {
  const seen = new Set<string>();
  for (const [index, { name }] of dependsOn.entries()) {
    const at = [...path, 'depends_on', index];
    if (seen.has(name)) complain(checking, at, { message: `"${name}" is named twice` });
    seen.add(name);
    if (byName.has(name)) continue;
    const suggestion = nearest(name, byName.keys());
    const message = `no target is called "${name}"`;
    complain(checking, at, { message, ...(suggestion === undefined ? {} : { suggestion }) });
  }
}

/** Circles of dependencies, each once, from the target that is written first. */
function cycles(byName: ReadonlyMap<string, Depending>): readonly (readonly Depending[])[] {
  const remaining = withoutLoose(byName);
  const order = [...byName.keys()];
  const visited = new Set<string>();
  const found: Depending[][] = [];
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
    const first = Math.min(...circle.map(({ name }) => order.indexOf(name)));
    const turn = circle.findIndex(({ name }) => name === order[first]);
    found.push([...circle.slice(turn), ...circle.slice(0, turn)]);
  }
  return found;
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
