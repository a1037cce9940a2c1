import type { Instant } from '../core/clock.ts';
import type { TargetFile } from './file.ts';
import { documentOf, type Essence, essenceOf, isSame, isWaiting, recall, type StandingDoc } from './record.ts';

/** Until when Outrider looked: `monoMs` is the judge's time. */
export type Mark = Instant;

/** What survived the process. */
export interface Remembered {
  /** Targets that were ever up. */
  readonly seen: Iterable<string>;
  readonly standings: readonly StandingDoc[];
  readonly mark: Mark | undefined;
}

/** While something waits for its time, until when Outrider looked is written down this often. */
const MARK_MS = 5000;
const NOTHING: Essence = [];
/** Whatever is found of such a target, its document is to be written again. */
const OUTDATED: Essence = ['outdated'];
const NOBODY: readonly string[] = [];

/**
 * Knows what of the judge's knowledge is to be written down, and gives it back after a restart. The judge's time stands still while
 * nobody looks: for `for`, `keep_firing_for`, `raise` and the startup grace a restart takes no time at all, whatever clocks say.
 */
export interface Memory {
  restore(remembered: Pick<Remembered, 'standings' | 'mark'>, now: Instant): void;
  /** Takes over into a new file what was kept of its target. */
  recall(file: TargetFile, everUp: boolean, now: Instant): void;
  /** To be called whenever anything of a target may have changed. */
  note(file: TargetFile, nowMs: number): void;
  /** Only these targets are left. */
  retain(files: ReadonlyMap<string, TargetFile>): void;
  /** Targets whose document is not as it was when this was last asked. */
  changed(): readonly string[];
  /** What is to be kept of a target; undefined where nothing is. */
  document(file: TargetFile): StandingDoc | undefined;
  /** What is to be written beside other documents; without any it is undefined where it is not due. */
  mark(now: Instant, beside: boolean): Mark | undefined;
}

/** A memory of nothing. */
export function openMemory(): Memory {
  let kept = new Map<string, StandingDoc>();
  /** The essence of each target that has a document. */
  const written = new Map<string, Essence>();
  const waiting = new Set<string>();
  let changed = new Set<string>();
  let shiftMs = 0;
  let awayMs = 0;
  let markedMs = Number.NEGATIVE_INFINITY;

  return {
    restore({ standings, mark }, { monoMs, wallMs }) {
      kept = new Map(standings.map((doc) => [doc.target, doc]));
      for (const name of kept.keys()) written.set(name, OUTDATED);
      // A file that was broken may have lost it.
      awayMs = mark === undefined ? Number.POSITIVE_INFINITY : Math.max(0, wallMs - mark.wallMs);
      shiftMs = mark === undefined ? 0 : mark.monoMs - monoMs;
    },
    recall(file, everUp, now) {
      const { name } = file.target;
      const doc = kept.get(name);
      if (doc === undefined) return;
      kept.delete(name);
      if (recall(file, doc, { now, shiftMs, awayMs, everUp })) written.set(name, essenceOf(file));
    },
    note(file, nowMs) {
      const { name } = file.target;
      const essence = essenceOf(file);
      const isNothing = essence.length === 0;
      if (!isNothing && isWaiting(file, nowMs)) waiting.add(name);
      else if (waiting.size > 0) waiting.delete(name);
      if (isSame(essence, written.get(name) ?? NOTHING)) return;
      if (isNothing) written.delete(name);
      else written.set(name, essence);
      changed.add(name);
    },
    retain(files) {
      kept.clear();
      for (const name of written.keys()) {
        if (files.has(name)) continue;
        written.delete(name);
        waiting.delete(name);
        changed.add(name);
      }
    },
    changed() {
      if (changed.size === 0) return NOBODY;
      const all = [...changed];
      changed = new Set();
      return all;
    },
    document: (file) => (written.has(file.target.name) ? documentOf(file, shiftMs) : undefined),
    mark({ monoMs, wallMs }, beside) {
      if (!beside && (waiting.size === 0 || monoMs - markedMs < MARK_MS)) return undefined;
      markedMs = monoMs;
      return { monoMs: monoMs + shiftMs, wallMs };
    },
  };
}
