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
  /** Takes these targets from now on, with what is found of them; alerts of those that left, or whose labels changed, end. */
  retarget(targets: readonly Target[], findings: readonly Finding[], rules: CorrelationRules, now: Instant): Correlated;
  alerts(): readonly Alert[];
  alertsOf(target: string): readonly Alert[];
}

const NONE: readonly Tracked[] = [];

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

  /** The firing alerts of a target that is down: they explain what stands on it. */
  const firingOf = (target: string): readonly Tracked[] => {
    const known = byTarget.get(target);
    if (known === undefined || standing(target)?.verdict !== 'down') return NONE;
    return [...known.values()].filter((tracked) => tracked.phase === 'firing');
  };

  /** The alerts that explain this target's: of all its dependencies' alerts, those that nothing explains in turn. */
  const rootsOf = (target: string): readonly Tracked[] => {
    const down = graph.hard(target).filter((name) => firingOf(name).length > 0);
    if (down.length === 0) return NONE;
    return down.filter((name) => !graph.hard(name).some((below) => down.includes(below))).flatMap(firingOf);
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

  /** What nothing explains is told, but a symptom not before its grace is over, nor while it is on its way up. */
  const isDue = (tracked: Tracked, firingAtMs: number, nowMs: number): boolean => {
    if (tracked.owed) return true;
    if (tracked.roots.length > 0) return false;
    if (tracked.freeAtMs === undefined) return nowMs - firingAtMs >= rules.holdMs || !isOpen(tracked);
    const rising = (standing(tracked.target.name)?.successes ?? 0) > 0;
    return nowMs >= tracked.freeAtMs && !rising;
  };

  const relate = (tracked: Tracked, now: Instant) => {
    const from = stateOf(tracked);
    const roots = tracked.owed ? [] : rootsOf(tracked.target.name);
    explain(tracked, roots);
    if (roots.some((root) => root.told)) tracked.freeAtMs = undefined;
    else if (roots.length === 0 && from === 'suppressed') tracked.freeAtMs ??= now.monoMs + graceMs(tracked);
    changed(tracked, from, stateOf(tracked));
  };

  /** First who explains whom, then who is told: so a root is told with all of its symptoms, in whatever order they come. */
  const settle = (concerned: Iterable<Tracked>, now: Instant) => {
    const open = [...concerned].filter((tracked) => undecided.has(tracked));
    for (const tracked of open) relate(tracked, now);
    decide(open, now);
  };

  const decide = (open: Iterable<Tracked>, { monoMs }: Instant) => {
    for (const tracked of open) if (isDue(tracked, tracked.firingAtMs ?? monoMs, monoMs)) tell(tracked);
  };

  const tell = (tracked: Tracked) => {
    const from = stateOf(tracked);
    explain(tracked, []);
    tracked.told = true;
    for (const symptom of tracked.symptoms) symptom.freeAtMs = undefined;
    undecided.delete(tracked);
    stale.delete(tracked);
    out.notices.push({ status: 'firing', alert: present(tracked) });
    changed(tracked, from, 'firing');
  };

  const end = (tracked: Tracked, now: Instant) => {
    const from = stateOf(tracked);
    explain(tracked, []);
    for (const symptom of tracked.symptoms) symptom.freeAtMs ??= now.monoMs + graceMs(symptom);
    tracked.symptoms.clear();
    undecided.delete(tracked);
    stale.delete(tracked);
    byTarget.get(tracked.target.name)?.delete(tracked.fingerprint);
    if (tracked.told) out.notices.push({ status: 'resolved', alert: present(tracked), endsAtMs: now.wallMs });
    changed(tracked, from, undefined);
  };

  const meet = ({ target, active }: Finding, now: Instant) => {
    if (active.length === 0 && !byTarget.has(target.name)) return;
    const known = byTarget.get(target.name) ?? new Map<string, Tracked>();
    byTarget.set(target.name, known);
    const gone = new Map([...known.values()].map((tracked) => [tracked.fingerprint, tracked]));
    for (const one of active) {
      const fresh = track(rules, target, one);
      const tracked = known.get(fresh.fingerprint) ?? fresh;
      gone.delete(tracked.fingerprint);
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
    for (const tracked of gone.values()) {
      end(tracked, now);
      for (const heir of known.values()) if (heir.spec.name === tracked.spec.name) inherit(heir, tracked);
    }
    if (known.size === 0) byTarget.delete(target.name);
  };

  /** A reload changed its labels: the trouble is the same, and whoever was told of it goes on knowing. */
  const inherit = (heir: Tracked, from: Tracked) => {
    if (!undecided.has(heir) || from.firingAtMs === undefined) return;
    heir.firingAtMs = from.firingAtMs;
    heir.freeAtMs = from.freeAtMs;
    heir.owed = from.told;
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
        const concerned = [name, ...graph.dependents(name)];
        settle(
          concerned.flatMap((each) => [...(byTarget.get(each)?.values() ?? [])]),
          now,
        );
      }
      return out;
    },
    onTick(now) {
      begin();
      decide([...undecided], now); // time alone changes nothing in who explains whom
      return finish();
    },
    retarget(targets, findings, next, now) {
      begin();
      rules = next;
      graph = buildGraph(targets);
      const names = new Set(targets.filter((target) => target.enabled).map((target) => target.name));
      lookouts.retain(names);
      for (const [name, known] of [...byTarget]) {
        if (names.has(name)) continue;
        for (const tracked of [...known.values()]) end(tracked, now);
        byTarget.delete(name);
      }
      for (const finding of findings) meet(finding, now);
      settle(undecided, now);
      return finish();
    },
    alerts: () => [...byTarget.values()].flatMap((known) => [...known.values()].map(present)),
    alertsOf: (target) => [...(byTarget.get(target)?.values() ?? [])].map(present),
  };
}
