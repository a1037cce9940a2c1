import type { Target } from '../core/target.ts';

/** Who depends on whom, at any depth; a target that is paused is passed through and not named. The config refuses cycles. */
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
  const add = (edges: Map<string, string[]>, from: string, to: string) => {
    const known = edges.get(from);
    if (known === undefined) edges.set(from, [to]);
    else known.push(to);
  };
  for (const target of targets) {
    for (const { name, soft } of target.dependsOn) {
      add(all, target.name, name);
      if (soft) continue;
      add(hard, target.name, name);
      add(reverse, name, target.name);
    }
  }
  return { hard: reach(hard, live), all: reach(all, live), dependents: reach(reverse, live) };
}

/** Breadth first, so that the nearest come first; each once, also through diamonds. Remembered. */
function reach(edges: Edges, live: ReadonlySet<string>): (from: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (from) => {
    const before = known.get(from);
    if (before !== undefined) return before;
    const found = new Set(edges.get(from));
    for (const name of found) for (const next of edges.get(name) ?? []) found.add(next); // a set goes on over what is added
    const reached = [...found].filter((name) => live.has(name));
    known.set(from, reached);
    return reached;
  };
}
