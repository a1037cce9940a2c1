import type { AlertSpec } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import { NO_LABELS } from '../core/labels.ts';
import type { Sample } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import type { Outage } from './evidence.ts';
import { changesOf, type Flap, STEADY } from './flapping.ts';
import { type Plan, planOf } from './plan.ts';
import type { Ledger } from './slo.ts';
import type { Standing } from './standing.ts';
import { hold, lapse, type Sighting, type Watch } from './watch.ts';

/** All that is remembered of one target. */
export interface TargetFile {
  target: Target;
  plan: Plan;
  standing: Standing | undefined;
  flap: Flap;
  /** Results by the minute, where an alert asks how fast the error budget burns. */
  ledger: Ledger | undefined;
  /** Confirmed outages that a window may still reach; the last one may be under way. */
  outages: readonly Outage[];
  /** From when on windows can be trusted to fill: the end of the last outage, or new alerts; monotonic ms. */
  resumedMs: number;
  /** When what was known before a restart was taken over, monotonic ms; what it was judged on then is not seen any more. */
  restoredMs: number;
  /** When it was first to be probed, monotonic ms. */
  readonly knownMs: number;
  /** By alert, then by instance; absent where nothing is active. */
  readonly watches: Map<string, Map<string, Watch>>;
  /** What the last probe that saw something measured, as far as a condition reads it. */
  latest: readonly Sample[];
}

/** A new file of a target that nothing is known of. */
export const openFile = (target: Target, nowMs: number): TargetFile => ({
  target,
  plan: planOf(target.alerts),
  standing: undefined,
  flap: STEADY,
  ledger: undefined,
  outages: [],
  resumedMs: Number.NEGATIVE_INFINITY,
  restoredMs: Number.NEGATIVE_INFINITY,
  knownMs: nowMs,
  watches: new Map(),
  latest: [],
});

/** Takes a target's new settings: what was known stays; an alert that left, or that waits on another condition than before, is forgotten. */
export function renew(file: TargetFile, target: Target, nowMs: number): void {
  if (file.target === target) return;
  const before = file.plan;
  file.target = target;
  file.plan = planOf(target.alerts);
  if (file.plan === before) return;
  file.resumedMs = nowMs;
  for (const [name, watches] of [...file.watches]) {
    const spec = file.plan.specs.get(name);
    if (spec === undefined) file.watches.delete(name);
    else if (spec.when.text !== before.specs.get(name)?.when.text)
      for (const [key, { phase }] of [...watches]) if (phase === 'pending') put(file, name, key, undefined);
  }
}

/** Sets or forgets what is active of one alert and instance. */
export function put(file: TargetFile, name: string, key: string, watch: Watch | undefined): void {
  const known = file.watches.get(name);
  if (watch === undefined) {
    known?.delete(key);
    if (known?.size === 0) file.watches.delete(name);
  } else if (known === undefined) file.watches.set(name, new Map([[key, watch]]));
  else known.set(key, watch);
}

/** Judges the alerts that say `down`; while a target flaps, one that fires goes on firing, so that it is said once. */
export function judgeDown(file: TargetFile, now: Instant): void {
  for (const spec of file.plan.down) put(file, spec.name, '', downWatch(file, spec, now));
}

function downWatch(file: TargetFile, spec: AlertSpec, { monoMs }: Instant): Watch | undefined {
  const before = file.watches.get(spec.name)?.get('');
  const { verdict, failing } = file.standing ?? {};
  if (failing !== undefined) {
    const { since, seenMs, message } = failing;
    const seen: Sighting = { labels: NO_LABELS, since, seenMs, message };
    // What flaps fails anew: its dependencies are to be looked at again.
    return { ...hold(before, seen, spec, monoMs, verdict === 'down'), seenMs };
  }
  if (before?.phase === 'firing' && file.flap.flapping) return { ...before, message: flappingText(file.flap) };
  return lapse(before, spec, monoMs);
}

/** For people: how often it changed of late. */
export const flappingText = (flap: Flap): string =>
  `it goes up and down: ${Math.round(changesOf(flap) * 100)}% of its last results differ from the one before`;

/** Keeps the list of outages by a new standing. `endMs` is when the success that ended one was seen. */
export function noteOutage(file: TargetFile, before: Standing | undefined, endMs: number): void {
  const wasDown = before?.verdict === 'down';
  const { verdict, failing } = file.standing ?? {};
  if (verdict === 'down' && !wasDown && failing !== undefined) {
    const open = { sinceMs: failing.since.monoMs, untilMs: Number.POSITIVE_INFINITY };
    file.outages = [...file.outages.filter(({ untilMs }) => untilMs >= endMs - file.plan.windowMs), open];
  } else if (wasDown && verdict !== 'down') {
    file.outages = file.outages.map((outage) =>
      outage.untilMs === Number.POSITIVE_INFINITY ? { ...outage, untilMs: endMs } : outage,
    );
    file.resumedMs = endMs;
  }
}
