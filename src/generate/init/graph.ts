import type { Dependency } from './draft.ts';

/** That one node stands on another. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly soft: boolean;
  /** Written by a person, not guessed. */
  readonly written: boolean;
}

/**
 * What each target stands on: a node that is no target passes on what it stands on itself. `targetOf` tells which target a
 * node belongs to. An edge that would close a circle is left out, guessed ones first; `circles` names the written ones.
 */
export function dependencyGraph(
  edges: readonly Edge[],
  targetOf: (node: string) => string | undefined,
): { readonly of: ReadonlyMap<string, readonly Dependency[]>; readonly circles: readonly Edge[] } {
  const byNode = Map.groupBy(edges, ({ from }) => from);
  const nodes = [...byNode.keys()].filter((node) => targetOf(node) !== undefined);
  const direct = nodes.flatMap((node) => {
    const from = targetOf(node) ?? node;
    return reached(node, byNode, targetOf)
      .filter(({ to }) => to !== from)
      .map((edge) => ({ ...edge, from }));
  });
  const kept = new Map<string, Dependency[]>();
  const circles: Edge[] = [];
  for (const edge of [...direct.filter(({ written }) => written), ...direct.filter(({ written }) => !written)]) {
    const own = kept.get(edge.from) ?? [];
    if (own.some(({ name }) => name === edge.to)) continue;
    if (reaches(kept, edge.to, edge.from)) {
      if (edge.written) circles.push(edge);
      continue;
    }
    kept.set(edge.from, [...own, { name: edge.to, soft: edge.soft }]);
  }
  return { of: kept, circles };
}

/** The targets at the end of a node's edges, through nodes that are none; hard before soft where both lead there. */
function reached(
  start: string,
  byNode: ReadonlyMap<string, readonly Edge[]>,
  targetOf: (node: string) => string | undefined,
): readonly Edge[] {
  const found: Edge[] = [];
  const seen = new Set([start]);
  const follow = (node: string, soft: boolean, written: boolean): void => {
    for (const edge of byNode.get(node) ?? []) {
      const all = { from: start, soft: soft || edge.soft, written: written && edge.written };
      const target = targetOf(edge.to);
      if (target !== undefined) found.push({ ...all, to: target });
      else if (!seen.has(edge.to)) {
        seen.add(edge.to);
        follow(edge.to, all.soft, all.written);
      }
    }
  };
  follow(start, false, true);
  return [...found.filter(({ soft }) => !soft), ...found.filter(({ soft }) => soft)];
}

/** Whether one target stands on another, over however many. */
function reaches(kept: ReadonlyMap<string, readonly Dependency[]>, from: string, to: string): boolean {
  const waiting = [from];
  const seen = new Set<string>();
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === to) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    for (const { name } of kept.get(at) ?? []) waiting.push(name);
  }
  return false;
}

/** Everything that some targets cannot do without, over however many; themselves too. */
export function standsOn(
  starts: readonly string[],
  of: ReadonlyMap<string, readonly Dependency[]>,
): ReadonlySet<string> {
  const all = new Set(starts);
  for (const name of all) for (const { name: next, soft } of of.get(name) ?? []) if (!soft) all.add(next);
  return all;
}
