import type { Alert, AlertState, Notice } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import type { Target } from '../core/target.ts';
import { buildGraph, type Graph } from './graph.ts';
import { openLookouts } from './lookouts.ts';
import { type Found, type Origin, present, stateOf, type Tracked, track } from './present.ts';

/** How a target stands, as far as correlation asks. */
export interface Stand {
  readonly verdict: 'unknown' | 'up' | 'down';
  readonly failing: object | undefined;
  /** Successes in a row towards its recovery. */
  readonly successes: number;
  /** When the last probe that saw something had its answer, monotonic ms. */
  readonly lookedMs: number;
}

/** What the judge found of one target. */
export interface Finding {
  readonly target: Target;
  readonly active: readonly Found[];
  readonly began?: true;
}

/** An alert's state changed; `undefined` is: not active. */
export interface AlertChange {
  readonly alert: Alert;
  readonly from: AlertState | undefined;
  readonly to: AlertState | undefined;
}

export interface Correlated {
  readonly changes: readonly AlertChange[];
  readonly notices: readonly Notice[];
  readonly probeNow: readonly { readonly target: string; readonly afterMs: number }[];
}

export interface CorrelationRules extends Origin {
  /** Longest wait for the dependencies to be decided, ms. */
  readonly holdMs: number;
  /** How many of its intervals a symptom waits after its root is gone. */
  readonly grace: number;
}

export interface Correlator {
  onFinding(finding: Finding, now: Instant): Correlated;
  onTick(now: Instant): Correlated;
  /** Takes these targets from now on; alerts of targets that left, or whose labels changed, end. */
  retarget(targets: readonly Target[], rules: CorrelationRules, now: Instant): Correlated;
  alerts(): readonly Alert[];
  alertsOf(target: string): readonly Alert[];
}

/** Decides which alert is told and which is a symptom of another. Synchronous; time is an argument. */
export function openCorrelator(standing: (target: string) => Stand | undefined): Correlator {
  let rules: CorrelationRules = { service: '', externalUrl: undefined, holdMs: 0, grace: 0 };
  let graph: Graph = buildGraph([]);
  const lookouts = openLookouts();
  const byTarget = new Map<string, Map<string, Tracked>>();
  const undecided = new Set<Tracked>();
  const stale = new Set<Tracked>();
  let out: { changes: AlertChange[]; notices: Notice[]; probeNow: { target: string; afterMs: number }[] };
  const begin = () => {
    out = { changes: [], notices: [], probeNow: [] };
  };

  const changed = (tracked: Tracked, from: AlertState | undefined, to: AlertState | undefined) => {
    if (from !== to) out.changes.push({ alert: present(tracked), from, to });
  };

  const graceMs = ({ target }: Tracked): number => rules.grace * target.intervalMs;

  /** The firing alerts of a target that is down. */
  const firingOf = (target: string): readonly Tracked[] =>
    standing(target)?.verdict === 'down'
      ? [...(byTarget.get(target)?.values() ?? [])].filter((tracked) => tracked.phase === 'firing')
      : [];

  /** The alerts that explain this target's: those of dependencies that are told, and those that nothing explains in turn. */
  const rootsOf = (target: string): Tracked[] => {
    const down = graph.hard(target).filter((name) => firingOf(name).length > 0);
    return down.flatMap((name) => {
      const deepest = !graph.hard(name).some((below) => down.includes(below));
      return firingOf(name).filter((tracked) => tracked.told || deepest);
    });
  };

  /** Whether a dependency might still turn out to be the cause. */
  const isOpen = (tracked: Tracked): boolean =>
    graph.hard(tracked.target.name).some((name) => {
      const stand = standing(name);
      if (stand?.verdict === 'down') return false;
      return stand === undefined || stand.failing !== undefined || stand.lookedMs < tracked.seenMs;
    });

  const explain = (tracked: Tracked, roots: readonly Tracked[]) => {
    for (const old of tracked.roots) if (!roots.includes(old) && old.symptoms.delete(tracked)) stale.add(old);
    for (const root of roots) {
      if (root.symptoms.has(tracked)) continue;
      root.symptoms.add(tracked);
      stale.add(root);
    }
    tracked.roots = roots;
  };

  /** Whether a symptom must be told on its own: long enough after its root was gone, unless it is on its way up. */
  const isFree = (tracked: Tracked, now: Instant): boolean =>
    tracked.freeAtMs !== undefined &&
    now.monoMs >= tracked.freeAtMs &&
    (standing(tracked.target.name)?.successes ?? 0) === 0;

  const settle = (tracked: Tracked, now: Instant) => {
    if (tracked.told || tracked.firingAtMs === undefined) return;
    const from = stateOf(tracked);
    const wasExplained = from === 'suppressed';
    const roots = rootsOf(tracked.target.name);
    explain(tracked, roots);
    for (const root of roots) settle(root, now); // nothing explains one that is not told: this goes no deeper
    if (roots.some((root) => root.told)) tracked.freeAtMs = undefined;
    else if (roots.length === 0 && wasExplained) tracked.freeAtMs ??= now.monoMs + graceMs(tracked);
    const held = now.monoMs - tracked.firingAtMs < rules.holdMs;
    const waits =
      tracked.freeAtMs === undefined ? roots.length > 0 || (held && isOpen(tracked)) : !isFree(tracked, now);
    if (!waits) tell(tracked);
    changed(tracked, from, stateOf(tracked));
  };

  const tell = (tracked: Tracked) => {
    explain(tracked, []);
    tracked.told = true;
    tracked.freeAtMs = undefined;
    undecided.delete(tracked);
    stale.delete(tracked);
    out.notices.push({ status: 'firing', alert: present(tracked) });
  };

  const end = (tracked: Tracked, now: Instant) => {
    const from = stateOf(tracked);
    explain(tracked, []);
    for (const symptom of tracked.symptoms) {
      symptom.roots = symptom.roots.filter((root) => root !== tracked);
      symptom.freeAtMs ??= now.monoMs + graceMs(symptom);
    }
    tracked.symptoms.clear();
    undecided.delete(tracked);
    stale.delete(tracked);
    byTarget.get(tracked.target.name)?.delete(tracked.fingerprint);
    if (tracked.told) out.notices.push({ status: 'resolved', alert: present(tracked), endsAtMs: now.wallMs });
    changed(tracked, from, undefined);
  };

  const meet = ({ target, active }: Finding, now: Instant) => {
    const known = byTarget.get(target.name) ?? new Map<string, Tracked>();
    byTarget.set(target.name, known);
    const still = new Set<string>();
    for (const one of active) {
      const fresh = track(rules, target, one);
      const tracked = known.get(fresh.fingerprint) ?? fresh;
      still.add(tracked.fingerprint);
      Object.assign(tracked, { target, spec: one.spec, message: one.message });
      if (tracked === fresh) {
        known.set(tracked.fingerprint, tracked);
        changed(tracked, undefined, 'pending');
      }
      if (one.phase === 'firing' && tracked.phase === 'pending') {
        tracked.phase = 'firing';
        tracked.firingAtMs = now.monoMs;
        undecided.add(tracked);
      }
    }
    for (const tracked of [...known.values()]) if (!still.has(tracked.fingerprint)) end(tracked, now);
    for (const tracked of known.values()) settle(tracked, now);
    if (known.size === 0) byTarget.delete(target.name);
  };

  const finish = (): Correlated => {
    for (const tracked of stale) if (tracked.told) out.notices.push({ status: 'firing', alert: present(tracked) });
    stale.clear();
    return out;
  };

  return {
    onFinding(finding, now) {
      begin();
      meet(finding, now);
      const { name } = finding.target;
      if (finding.began === true) out.probeNow.push(...lookouts.ask(graph.all(name), now.monoMs));
      if (undecided.size > 0) {
        for (const dependent of graph.dependents(name))
          for (const tracked of byTarget.get(dependent)?.values() ?? []) settle(tracked, now);
      }
      return out;
    },
    onTick(now) {
      begin();
      for (const tracked of [...undecided]) settle(tracked, now);
      return finish();
    },
    retarget(targets, next, now) {
      begin();
      rules = next;
      graph = buildGraph(targets);
      const names = new Set(targets.filter((target) => target.enabled).map((target) => target.name));
      lookouts.retain(names);
      for (const [name, known] of [...byTarget])
        if (!names.has(name)) for (const tracked of [...known.values()]) end(tracked, now);
      return finish();
    },
    alerts: () => [...byTarget.values()].flatMap((known) => [...known.values()].map(present)),
    alertsOf: (target) => [...(byTarget.get(target)?.values() ?? [])].map(present),
  };
}
