import type { Instant } from '../core/clock.ts';
import { type Labels, labelsKey, NO_LABELS } from '../core/labels.ts';
import type { FailureReason } from '../core/result.ts';
import { put, type TargetFile } from './file.ts';
import type { Flap } from './flapping.ts';
import type { Standing } from './standing.ts';
import type { Watch } from './watch.ts';

/** What of a target that is not simply up survives the process. An Instant's `monoMs` is here the judge's time, which goes on only while Outrider runs. */
export interface StandingDoc {
  readonly target: string;
  readonly type: string;
  /** Confirmed. */
  readonly isDown: boolean;
  readonly failing?: FailingDoc | undefined;
  readonly successes: number;
  /** When it was first seen, for its startup grace; judge's time. */
  readonly firstMs: number;
  readonly flap: Flap;
  readonly watches: readonly WatchDoc[];
}

interface FailingDoc {
  readonly reason: FailureReason;
  readonly message: string;
  readonly since: Instant;
  readonly count: number;
}

/** One active alert; pending where it has no `firingMs`. Single times are the judge's. */
interface WatchDoc {
  readonly alert: string;
  /** Its condition: a pending alert waits on no other one. */
  readonly when: string;
  readonly labels: Labels;
  readonly since: Instant;
  readonly firingMs?: number | undefined;
  readonly lapsedMs?: number | undefined;
  readonly message: string;
  readonly value?: number | undefined;
  readonly threshold?: number | undefined;
}

/** What was counted still counts where nobody looked for three intervals of the target at most, or for this long. */
const AWAY_MS = 5 * 60_000;
const INTERVALS = 3;

/** Goes through all but one: a target that is not probed alarms by the time of this process alone. */
function eachKept({ watches, plan }: TargetFile, look: (name: string, instance: string, watch: Watch) => void): void {
  for (const [name, instances] of watches) {
    if (name === plan.unmeasured?.name) continue;
    for (const [instance, watch] of instances) look(name, instance, watch);
  }
}

/** Whether all that there is to know of a target comes with its next results. */
function isPlain({ standing, watches, flap, plan }: TargetFile): boolean {
  if (standing?.failing !== undefined || flap.flapping) return false;
  return (
    watches.size === 0 || (watches.size === 1 && plan.unmeasured !== undefined && watches.has(plan.unmeasured.name))
  );
}

/** What differs exactly when what is kept changes in a way that matters; thousands are compared in a second. */
export type Essence = readonly (string | number | boolean | undefined)[];

/** The essence of a target; empty where nothing is to be kept. */
export function essenceOf(file: TargetFile): Essence {
  if (isPlain(file)) return NOTHING;
  const { standing, flap, target } = file;
  const { verdict, failing, successes = 0 } = standing ?? {};
  // Of an outage it matters since when, not how many failures it has had.
  const count = verdict === 'down' ? 'down' : Math.min(failing?.count ?? 0, target.confirm + 1);
  const all: (string | number | boolean | undefined)[] = [count, failing?.since.monoMs, successes, flap.flapping];
  eachKept(file, (name, instance, { since, firingMs, lapsedMs }) => {
    all.push(name, instance, since.monoMs, firingMs, lapsedMs);
  });
  return all;
}

const NOTHING: Essence = [];

/** Whether two are the same. */
export const isSame = (a: Essence, b: Essence): boolean =>
  a.length === b.length && a.every((each, index) => each === b[index]);

/** Whether something of a target waits for its time, or for looks in a row. */
export function isWaiting(file: TargetFile, nowMs: number): boolean {
  const { verdict, failing, successes = 0 } = file.standing ?? {};
  if (successes > 0 || (failing !== undefined && verdict !== 'down')) return true;
  let waits = false;
  eachKept(file, (name, _, { firingMs, lapsedMs }) => {
    const riseMs = file.plan.specs.get(name)?.raise.at(-1)?.afterMs ?? 0;
    if (firingMs === undefined || lapsedMs !== undefined || nowMs - firingMs < riseMs) waits = true;
  });
  return waits;
}

/** What is to be kept of a target; `shiftMs` leads from monotonic to judge's time. */
export function documentOf(file: TargetFile, shiftMs: number): StandingDoc {
  const { target, standing, flap, plan } = file;
  const kept = ({ monoMs, wallMs }: Instant): Instant => ({ monoMs: monoMs + shiftMs, wallMs });
  const failing = standing?.failing;
  const watches: WatchDoc[] = [];
  eachKept(file, (alert, _, { labels, since, firingMs, lapsedMs, message, value, threshold }) =>
    watches.push({
      alert,
      when: plan.specs.get(alert)?.when.text ?? '',
      labels,
      since: kept(since),
      firingMs: firingMs === undefined ? undefined : firingMs + shiftMs,
      lapsedMs: lapsedMs === undefined ? undefined : lapsedMs + shiftMs,
      message,
      value: finite(value),
      threshold: finite(threshold),
    }),
  );
  return {
    target: target.name,
    type: target.type,
    isDown: standing?.verdict === 'down',
    failing: failing && {
      reason: failing.reason,
      message: failing.message,
      since: kept(failing.since),
      count: failing.count,
    },
    successes: standing?.successes ?? 0,
    firstMs: (standing?.firstSeen.monoMs ?? 0) + shiftMs,
    flap,
    watches,
  };
}

/** JSON knows no others. */
const finite = (value: number | undefined): number | undefined => (Number.isFinite(value) ? value : undefined);

/** When something is taken from a document. */
export interface Recall {
  readonly now: Instant;
  /** From monotonic to judge's time. */
  readonly shiftMs: number;
  /** How long nobody looked, by the wall clock. */
  readonly awayMs: number;
  readonly everUp: boolean;
}

/** Takes over what was kept of a target into its new file; false where some of it no longer counts. */
export function recall(file: TargetFile, doc: StandingDoc, { now, shiftMs, awayMs, everUp }: Recall): boolean {
  const { target } = file;
  if (doc.type !== target.type) return false;
  const isRecent = awayMs <= Math.max(AWAY_MS, INTERVALS * target.intervalMs);
  const at = (judgeMs: number) => Math.min(judgeMs - shiftMs, now.monoMs);
  const instant = ({ monoMs, wallMs }: Instant) => ({ monoMs: at(monoMs), wallMs: Math.min(wallMs, now.wallMs) });
  file.flap = doc.flap;
  file.restoredMs = now.monoMs;
  file.resumedMs = now.monoMs;
  if (doc.failing !== undefined && (doc.isDown || isRecent))
    file.standing = standingOf(doc, doc.failing, { instant, isRecent, everUp, now });
  if (doc.isDown && file.standing?.failing !== undefined)
    file.outages = [{ sinceMs: file.standing.failing.since.monoMs, untilMs: Number.POSITIVE_INFINITY }];
  let isWhole = isRecent;
  for (const { alert, when, labels, since, firingMs, lapsedMs, message, value, threshold } of doc.watches) {
    const spec = file.plan.specs.get(alert);
    const isPending = firingMs === undefined;
    if (spec === undefined || (isPending && (!isRecent || spec.when.text !== when))) {
      isWhole = false;
      continue;
    }
    const began = instant(since);
    put(file, alert, labelsKey(labels), {
      labels: Object.keys(labels).length === 0 ? NO_LABELS : labels,
      phase: isPending ? 'pending' : 'firing',
      since: began,
      seenMs: began.monoMs,
      firingMs: isPending ? undefined : at(firingMs),
      lapsedMs: lapsedMs === undefined ? undefined : at(lapsedMs),
      message,
      value,
      threshold,
    });
  }
  return isWhole;
}

interface Then extends Pick<Recall, 'everUp' | 'now'> {
  readonly isRecent: boolean;
  instant(kept: Instant): Instant;
}

/** One that was not confirmed is unknown until somebody looks. */
function standingOf(doc: StandingDoc, failing: FailingDoc, { instant, isRecent, everUp, now }: Then): Standing {
  const since = instant(failing.since);
  return {
    verdict: doc.isDown ? 'down' : 'unknown',
    sinceMs: doc.isDown ? since.wallMs : now.wallMs,
    failing: { ...failing, since, seenMs: since.monoMs },
    successes: isRecent ? doc.successes : 0,
    everUp,
    firstSeen: instant({ monoMs: doc.firstMs, wallMs: now.wallMs }),
    lookedMs: Number.NEGATIVE_INFINITY,
    blindMs: undefined,
  };
}
