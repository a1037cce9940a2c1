import type { Graph } from './graph.ts';
import { isDown, isFiring, isTold, type Tracked } from './tracked.ts';
import { graverOf } from './within.ts';

/** How a target stands, as far as correlation asks. */
export interface Stand {
  readonly verdict: 'unknown' | 'up' | 'down';
  readonly failing: object | undefined;
  /** Successes in a row towards its recovery. */
  readonly successes: number;
  /** When the last probe that saw something had its answer, monotonic ms. */
  readonly lookedMs: number;
  /** Since when nothing could be seen of it for Outrider's own trouble, monotonic ms. */
  readonly blindMs: number | undefined;
}

/** All that is known in one moment of targets, their dependencies and their alerts. */
export interface Scene {
  readonly graph: Graph;
  standing(target: string): Stand | undefined;
  alertsOf(target: string): Iterable<Tracked>;
}

const NONE: readonly Tracked[] = [];

/**
 * The alerts that explain one: of the alerts of all dependencies that are down those that nothing explains in turn; else its own
 * target's being down; else a graver one on the same measure.
 */
export function rootsOf(scene: Scene, tracked: Tracked): readonly Tracked[] {
  const { graph } = scene;
  const { name } = tracked.target;
  const below = graph.hard(name).filter((each) => explainers(scene, each).length > 0);
  if (below.length > 0) {
    const deepest = below.filter((each) => !graph.hard(each).some((deeper) => below.includes(deeper)));
    return deepest.flatMap((each) => explainers(scene, each));
  }
  if (isDown(tracked)) return NONE;
  const own = [...scene.alertsOf(name)];
  const down = own.filter((other) => isDown(other) && covers(other));
  return down.length > 0 ? down : graverOf(tracked, own.filter(covers));
}

/** A target explains what stands on it while its verdict is down. */
function explainers({ standing, alertsOf }: Scene, target: string): readonly Tracked[] {
  if (standing(target)?.verdict !== 'down') return NONE;
  return [...alertsOf(target)].filter((tracked) => isDown(tracked) && covers(tracked));
}

/** A root covers its symptoms where people know of it, or planned it; of one that is silenced nobody knows. */
const covers = (tracked: Tracked): boolean =>
  isFiring(tracked) && (tracked.muted.maintenance.length > 0 || tracked.muted.silences.length === 0);

/** Whether nobody needs to be told of it any more: they know, or planned it. */
export const isKnown = (root: Tracked): boolean => isTold(root) || root.muted.maintenance.length > 0;

/** Whether a dependency might still turn out to be the cause: it fails, or nobody looked since the trouble was known. */
export function isOpen({ graph, standing }: Scene, { target, found: { seenMs } }: Tracked): boolean {
  return graph.hard(target.name).some((name) => {
    const stand = standing(name);
    if (stand?.verdict === 'down') return false;
    return stand === undefined || stand.failing !== undefined || stand.lookedMs < seenMs;
  });
}

/** Until when what could explain an alert is waited for: the hold counts anew where what flaps fails again; monotonic ms. */
export const heldUntilMs = ({ firingAtMs, found: { seenMs } }: Tracked, holdMs: number, nowMs: number): number =>
  Math.max(firingAtMs ?? nowMs, seenMs) + holdMs;

/** Whether the target of an alert on `down` is up again for now: it flaps, or `keep_firing_for` keeps the alert. */
export const isUpForNow = ({ standing }: Scene, tracked: Tracked): boolean =>
  isDown(tracked) && standing(tracked.target.name)?.verdict !== 'down';

/** What nothing explains is told, but a symptom not before its grace is over, and no outage of what is up for now or on its way up. */
export function isDue(scene: Scene, tracked: Tracked, holdMs: number, nowMs: number): boolean {
  const { roots, freeAtMs } = tracked;
  if (roots.length > 0 || isUpForNow(scene, tracked)) return false;
  if (freeAtMs !== undefined) {
    const rising = isDown(tracked) && (scene.standing(tracked.target.name)?.successes ?? 0) > 0;
    if (nowMs < freeAtMs || rising) return false;
  }
  return nowMs >= heldUntilMs(tracked, holdMs, nowMs) || !isOpen(scene, tracked);
}

/** Makes `roots` what explains an alert; answers the alerts whose symptoms changed. */
export function explain(tracked: Tracked, roots: readonly Tracked[]): readonly Tracked[] {
  const left = tracked.roots.filter((root) => !roots.includes(root) && root.symptoms.delete(tracked));
  const joined = roots.filter((root) => !root.symptoms.has(tracked));
  for (const root of joined) root.symptoms.add(tracked);
  tracked.roots = roots;
  return left.length === 0 ? joined : [...left, ...joined];
}

/** What may have to do with an alert, but explains nothing: `cache (RedisDown)`, of all that its target stands on. */
export function possibleCauses({ graph, standing, alertsOf }: Scene, { target, roots }: Tracked): readonly string[] {
  return graph.all(target.name).flatMap((name) => {
    const alerts = [...alertsOf(name)].filter((each) => isFiring(each) && !roots.includes(each));
    if (alerts.length > 0) return alerts.map(({ found }) => `${name} (${found.spec.name})`);
    return standing(name)?.blindMs === undefined ? [] : [`${name} (inconclusive)`];
  });
}
