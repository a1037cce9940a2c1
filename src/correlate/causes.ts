import type { Graph } from './graph.ts';
import type { Tracked } from './present.ts';

/** How a target stands, as far as correlation asks. */
export interface Stand {
  readonly verdict: 'unknown' | 'up' | 'down';
  readonly failing: object | undefined;
  /** Successes in a row towards its recovery. */
  readonly successes: number;
  /** When the last probe that saw something had its answer, monotonic ms. */
  readonly lookedMs: number;
}

/** All that is known in one moment of targets, their dependencies and their alerts. */
export interface Scene {
  readonly graph: Graph;
  standing(target: string): Stand | undefined;
  alertsOf(target: string): Iterable<Tracked>;
}

const NONE: readonly Tracked[] = [];

/** The alerts that explain a target's: of all its dependencies' alerts, those that nothing explains in turn. */
export function rootsOf(scene: Scene, target: string): readonly Tracked[] {
  const { graph } = scene;
  const down = graph.hard(target).filter((name) => firingOf(scene, name).length > 0);
  if (down.length === 0) return NONE;
  const deepest = down.filter((name) => !graph.hard(name).some((below) => down.includes(below)));
  return deepest.flatMap((name) => firingOf(scene, name));
}

/** The firing alerts of a target that is down: they explain what stands on it. */
function firingOf({ standing, alertsOf }: Scene, target: string): readonly Tracked[] {
  if (standing(target)?.verdict !== 'down') return NONE;
  return [...alertsOf(target)].filter((tracked) => tracked.phase === 'firing');
}

/** Whether a dependency might still turn out to be the cause: it fails, or nobody looked since the trouble was known. */
export function isOpen({ graph, standing }: Scene, { target, seenMs }: Tracked): boolean {
  return graph.hard(target.name).some((name) => {
    const stand = standing(name);
    if (stand?.verdict === 'down') return false;
    return stand === undefined || stand.failing !== undefined || stand.lookedMs < seenMs;
  });
}

/** What nothing explains is told, but a symptom not before its grace is over, nor while it is on its way up. */
export function isDue(scene: Scene, tracked: Tracked, holdMs: number, nowMs: number): boolean {
  const { owed, roots, freeAtMs, firingAtMs = nowMs } = tracked;
  if (owed) return true;
  if (roots.length > 0) return false;
  if (freeAtMs === undefined) return nowMs - firingAtMs >= holdMs || !isOpen(scene, tracked);
  const rising = (scene.standing(tracked.target.name)?.successes ?? 0) > 0;
  return nowMs >= freeAtMs && !rising;
}

/** Makes `roots` what explains an alert; answers the alerts whose symptoms changed. */
export function explain(tracked: Tracked, roots: readonly Tracked[]): readonly Tracked[] {
  const left = tracked.roots.filter((root) => !roots.includes(root) && root.symptoms.delete(tracked));
  const joined = roots.filter((root) => !root.symptoms.has(tracked));
  for (const root of joined) root.symptoms.add(tracked);
  tracked.roots = roots;
  return left.length === 0 ? joined : [...left, ...joined];
}
