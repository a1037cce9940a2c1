import type { Target } from '../core/target.ts';

/** Who depends on whom, at any depth. The config refuses cycles; a name that is not there or is paused is left out. */
export interface Graph {
  /** Everything that a target stands on through hard dependencies, nearest first. */
  hard(target: string): readonly string[];
  /** The same, soft ones included: all that is worth a look when it fails. */
  all(target: string): readonly string[];
  /** Everything that stands on a target through hard dependencies. */
  dependents(target: string): readonly string[];
}

type Edges = ReadonlyMap<string, readonly string[]>;

/** The graph of these targets. */
export function buildGraph(targets: readonly Target[]): Graph {
  const live = new Set(targets.filter((target) => target.enabled).map((target) => target.name));
  const hard = new Map<string, string[]>();
  const all = new Map<string, string[]>();
  const reverse = new Map<string, string[]>();
  for (const target of targets) {
    const dependencies = target.dependsOn.filter((dependency) => live.has(dependency.name));
    all.set(
      target.name,
      dependencies.map((dependency) => dependency.name),
    );
    hard.set(
      target.name,
      dependencies.filter((dependency) => !dependency.soft).map((dependency) => dependency.name),
    );
    for (const name of hard.get(target.name) ?? []) reverse.set(name, [...(reverse.get(name) ?? []), target.name]);
  }
  return { hard: reach(hard), all: reach(all), dependents: reach(reverse) };
}

/** Breadth first, so that the nearest come first; each once, also through diamonds. Remembered. */
function reach(edges: Edges): (from: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (from) => {
    const before = known.get(from);
    if (before !== undefined) return before;
    const found = new Set<string>();
    const queue = [...(edges.get(from) ?? [])];
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      if (found.has(name)) continue;
      found.add(name);
      queue.push(...(edges.get(name) ?? []));
    }
    const reached = [...found];
    known.set(from, reached);
    return reached;
  };
}
