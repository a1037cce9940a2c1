import type { Clock } from '../core/clock.ts';
import type { Locality } from './locality.ts';

/** A storm of failures counts those that answer this seldom. */
const COUNT_AGAIN_MS = 250;
/** What has been failing for so much longer than a target fails for a reason of its own. */
const OLDER_MS = 5 * 60_000;

type Elsewhere = Exclude<Locality, 'here'>;

/** How the other targets fare: what tells a target's trouble from ours when no reference address answers. Moments are monotonic ms. */
export interface Tally {
  /** Somebody over there answered, well or badly, a probe that began then. */
  answered(target: string, where: Elsewhere, beganMs: number): void;
  /** Nobody did. */
  unanswered(target: string, where: Elsewhere): void;
  /**
   * Whether of those like this one more fail than have answered since it first failed. Like a target far away are those
   * far away; like one nearby those nearby, but one far away that answers speaks for our network too.
   */
  mostFail(target: string): boolean;
  retain(targets: ReadonlySet<string>): void;
}

interface Entry {
  readonly where: Elsewhere;
  /** When the last probe began that was answered. */
  readonly answeredMs: number;
  /** When the first of the probes ended that were not answered since then. */
  readonly failingMs: number | undefined;
}

/** A tally without targets yet; only targets beyond this machine belong in it. */
export function openTally(clock: Pick<Clock, 'monoMs'>): Tally {
  const entries = new Map<string, Entry>();
  /** Since when, the longest first. */
  const failing = { near: new Map<string, number>(), far: new Map<string, number>() };
  let counted: Answers | undefined;

  const put = (target: string, entry: Entry) => {
    remove(target);
    entries.set(target, entry);
    if (entry.failingMs !== undefined) failing[entry.where].set(target, entry.failingMs);
  };
  const remove = (target: string) => {
    failing.near.delete(target);
    failing.far.delete(target);
    entries.delete(target);
  };

  return {
    answered: (target, where, answeredMs) => put(target, { where, answeredMs, failingMs: undefined }),
    unanswered(target, where) {
      const before = entries.get(target);
      if (before?.where === where && before.failingMs !== undefined) return;
      put(target, { where, answeredMs: before?.answeredMs ?? Number.NEGATIVE_INFINITY, failingMs: clock.monoMs() });
    },
    mostFail(target) {
      const entry = entries.get(target);
      if (entry?.failingMs === undefined) return false;
      const atMs = clock.monoMs();
      if (counted === undefined || atMs - counted.atMs >= COUNT_AGAIN_MS) counted = answersOf(entries.values(), atMs);
      const far = since(counted.far, entry.failingMs);
      const answered = entry.where === 'far' ? far : far + since(counted.near, entry.failingMs);
      return youngerThan(failing[entry.where], entry.failingMs - OLDER_MS) > answered;
    },
    retain(targets) {
      for (const target of [...entries.keys()]) if (!targets.has(target)) remove(target);
    },
  };
}

/** When those that answer last did, in order. */
interface Answers {
  readonly atMs: number;
  readonly near: Float64Array;
  readonly far: Float64Array;
}

function answersOf(entries: Iterable<Entry>, atMs: number): Answers {
  const found: Record<Elsewhere, number[]> = { near: [], far: [] };
  for (const { where, failingMs, answeredMs } of entries) if (failingMs === undefined) found[where].push(answeredMs);
  return { atMs, near: Float64Array.from(found.near).sort(), far: Float64Array.from(found.far).sort() };
}

/** How many of these moments, in order, are not before that one. */
function since(moments: Float64Array, sinceMs: number): number {
  let low = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] ?? 0) < sinceMs) low = middle + 1;
    else high = middle;
  }
  return moments.length - low;
}

/** How many of those in order began to fail no earlier than that. */
function youngerThan(failing: ReadonlyMap<string, number>, sinceMs: number): number {
  let older = 0;
  for (const failingMs of failing.values()) {
    if (failingMs >= sinceMs) break;
    older++;
  }
  return failing.size - older;
}
