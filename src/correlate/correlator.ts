import type { Alert, AlertSpec, AlertState, Notice } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import type { Target } from '../core/target.ts';
import { buildGraph, type Graph } from './graph.ts';
import { openLookouts } from './lookouts.ts';
import { type Origin, present, stateOf, type Tracked, track } from './present.ts';

/** How a target stands, as far as correlation asks. */
export interface Stand {
  readonly verdict: 'unknown' | 'up' | 'down';
  readonly failing: object | undefined;
  /** When the last probe that saw something began, monotonic ms. */
  readonly lookedMs: number;
}

/** What the judge found of one target. */
export interface Finding {
  readonly target: Target;
  readonly active: readonly {
    readonly spec: AlertSpec;
    readonly phase: 'pending' | 'firing';
    readonly since: Instant;
    readonly message: string;
  }[];
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
  const lookouts = openLookouts((target) => standing(target)?.lookedMs);
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

  const end = (tracked: Tracked, now: Instant) => {
    const from = stateOf(tracked);
    for (const root of tracked.roots) if (root.symptoms.delete(tracked.target.name)) markStale(root);
    undecided.delete(tracked);
    stale.delete(tracked);
    byTarget.get(tracked.target.name)?.delete(tracked.fingerprint);
    if (tracked.told) out.notices.push({ status: 'resolved', alert: present(tracked), endsAtMs: now.wallMs });
    changed(tracked, from, undefined);
  };

  const markStale = (tracked: Tracked) => {
    if (tracked.told && byTarget.get(tracked.target.name)?.get(tracked.fingerprint) === tracked) stale.add(tracked);
  };

  /** The alerts that explain this target's: its dependencies', where they are down and are themselves told or about to be. */
  const rootsOf = (target: string): Tracked[] => {
    const roots: Tracked[] = [];
    for (const name of graph.hard(target)) {
      if (standing(name)?.verdict !== 'down') continue;
      for (const tracked of byTarget.get(name)?.values() ?? [])
        if (tracked.phase === 'firing' && (tracked.told || tracked.roots.length === 0)) roots.push(tracked);
    }
    return roots;
  };

  /** Whether a dependency might still turn out to be the cause. */
  const isOpen = (tracked: Tracked): boolean =>
    graph.hard(tracked.target.name).some((name) => {
      const stand = standing(name);
      if (stand?.verdict === 'down') return false;
      return stand === undefined || stand.failing !== undefined || stand.lookedMs < tracked.since.monoMs;
    });

  const explain = (tracked: Tracked, roots: readonly Tracked[]) => {
    for (const old of tracked.roots)
      if (!roots.includes(old) && old.symptoms.delete(tracked.target.name)) markStale(old);
    for (const root of roots) {
      if (root.symptoms.has(tracked.target.name)) continue;
      root.symptoms.add(tracked.target.name);
      markStale(root);
    }
    tracked.roots = roots;
  };

  const settle = (tracked: Tracked, now: Instant) => {
    if (tracked.told || tracked.firingAtMs === undefined) return;
    const from = stateOf(tracked);
    const roots = rootsOf(tracked.target.name);
    if (roots.length > 0) {
      explain(tracked, roots);
      tracked.freeAtMs = undefined;
    } else if (tracked.roots.length > 0) {
      tracked.freeAtMs ??= now.monoMs + rules.grace * tracked.target.intervalMs;
      if (now.monoMs >= tracked.freeAtMs) tell(tracked);
    } else if (!isOpen(tracked) || now.monoMs - tracked.firingAtMs >= rules.holdMs) {
      tell(tracked);
    }
    changed(tracked, from, stateOf(tracked));
  };

  const tell = (tracked: Tracked) => {
    explain(tracked, []);
    tracked.told = true;
    undecided.delete(tracked);
    out.notices.push({ status: 'firing', alert: present(tracked) });
  };

  const meet = ({ target, active }: Finding, now: Instant) => {
    const known = byTarget.get(target.name) ?? new Map<string, Tracked>();
    byTarget.set(target.name, known);
    const still = new Set<string>();
    for (const one of active) {
      const fresh = track(rules, target, one.spec, one.since, one.message);
      const tracked = known.get(fresh.fingerprint) ?? fresh;
      still.add(tracked.fingerprint);
      tracked.message = one.message;
      tracked.target = target;
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
    for (const tracked of stale) out.notices.push({ status: 'firing', alert: present(tracked) });
    stale.clear();
    return out;
  };

  return {
    onFinding(finding, now) {
      begin();
      meet(finding, now);
      const { target, began, active } = finding;
      const sinceMs = active[0]?.since.monoMs ?? now.monoMs;
      if (began === true) out.probeNow.push(...lookouts.ask(graph.all(target.name), sinceMs, now.monoMs));
      if (undecided.size > 0) {
        for (const name of graph.dependents(target.name))
          for (const tracked of byTarget.get(name)?.values() ?? []) settle(tracked, now);
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
      for (const [name, known] of [...byTarget])
        if (!names.has(name)) for (const tracked of [...known.values()]) end(tracked, now);
      return finish();
    },
    alerts: () => [...byTarget.values()].flatMap((known) => [...known.values()].map(present)),
    alertsOf: (target) => [...(byTarget.get(target)?.values() ?? [])].map(present),
  };
}
