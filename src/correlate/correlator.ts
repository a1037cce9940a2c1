import type { Alert, AlertState, Notice } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import type { Target } from '../core/target.ts';
import { explain, isDue, rootsOf, type Scene, type Stand } from './causes.ts';
import { buildGraph } from './graph.ts';
import { openLookouts } from './lookouts.ts';
import { type Found, type Origin, present, stateOf, type Tracked, track } from './present.ts';

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

/** Decides which alert is told and which is a symptom of another. Synchronous; time is an argument. */
export function openCorrelator(standing: (target: string) => Stand | undefined): Correlator {
  let rules: CorrelationRules = { service: '', externalUrl: undefined, holdMs: 0, grace: 0 };
  const byTarget = new Map<string, Map<string, Tracked>>();
  const alertsOf = (target: string): Iterable<Tracked> => byTarget.get(target)?.values() ?? [];
  let scene: Scene = { graph: buildGraph([]), standing, alertsOf };
  const lookouts = openLookouts();
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

  const relate = (tracked: Tracked, now: Instant, roots: readonly Tracked[]) => {
    const from = stateOf(tracked);
    for (const root of explain(tracked, roots)) stale.add(root);
    if (roots.some((root) => root.told)) tracked.freeAtMs = undefined;
    else if (roots.length === 0 && from === 'suppressed') tracked.freeAtMs ??= now.monoMs + graceMs(tracked);
    changed(tracked, from, stateOf(tracked));
  };

  /** First who explains whom, then who is told: so a root is told with all of its symptoms, in whatever order they come. */
  const settle = (concerned: Iterable<Tracked>, now: Instant) => {
    const open = [...concerned].filter((tracked) => undecided.has(tracked));
    for (const tracked of open) relate(tracked, now, tracked.owed ? [] : rootsOf(scene, tracked.target.name));
    decide(open, now);
  };

  const decide = (open: Iterable<Tracked>, { monoMs }: Instant) => {
    for (const tracked of open) if (isDue(scene, tracked, rules.holdMs, monoMs)) tell(tracked);
  };

  const tell = (tracked: Tracked) => {
    const from = stateOf(tracked);
    tracked.told = true;
    for (const symptom of tracked.symptoms) symptom.freeAtMs = undefined;
    undecided.delete(tracked);
    stale.delete(tracked);
    out.notices.push({ status: 'firing', alert: present(tracked) });
    changed(tracked, from, 'firing');
  };

  const end = (tracked: Tracked, now: Instant) => {
    const from = stateOf(tracked);
    for (const root of explain(tracked, [])) stale.add(root);
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
      if (finding.began === true) out.probeNow.push(...lookouts.ask(scene.graph.all(name), now.monoMs));
      if (undecided.size > 0) {
        const concerned = [name, ...scene.graph.dependents(name)];
        settle(
          concerned.flatMap((each) => [...alertsOf(each)]),
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
      scene = { ...scene, graph: buildGraph(targets) };
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
    alertsOf: (target) => [...alertsOf(target)].map(present),
  };
}
