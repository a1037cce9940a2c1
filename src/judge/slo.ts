import type { Slo } from '../core/target.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Both windows must burn: the long one says that it matters, the short one that it still goes on. */
interface Pair {
  readonly longMs: number;
  readonly shortMs: number;
  /** The part of the whole error budget that burns within the long window at this rate. */
  readonly budget: number;
}

/** Those of the pairs that are worth a page. Source: https://sre.google/workbook/alerting-on-slos/ (table 5-8) */
const PAIRS: readonly Pair[] = [
  { longMs: HOUR_MS, shortMs: 5 * MINUTE_MS, budget: 0.02 },
  { longMs: 6 * HOUR_MS, shortMs: 30 * MINUTE_MS, budget: 0.05 },
];
/** Results of so long can tell that nothing burns any more. */
export const BURNING_MS = Math.max(...PAIRS.map(({ shortMs }) => shortMs));
const MINUTES = 360;
/** A short window says nothing before it holds this many results. */
const FEWEST_RESULTS = 5;

/** Results by the minute for as long as the longest window, outages included. */
export interface Ledger {
  readonly good: Uint16Array;
  readonly bad: Uint16Array;
  /** The newest minute that is counted. */
  minute: number;
}

/** An empty ledger. */
export const openLedger = (): Ledger => ({
  good: new Uint16Array(MINUTES),
  bad: new Uint16Array(MINUTES),
  minute: Number.NEGATIVE_INFINITY,
});

/** Counts one scheduled result; monotonic ms. */
export function enter(ledger: Ledger, atMs: number, up: boolean): void {
  const minute = Math.floor(atMs / MINUTE_MS);
  const from = Math.max(ledger.minute + 1, minute - MINUTES + 1);
  for (let empty = from; empty <= minute; empty++) {
    ledger.good[slot(empty)] = 0;
    ledger.bad[slot(empty)] = 0;
  }
  ledger.minute = Math.max(ledger.minute, minute);
  const counts = up ? ledger.good : ledger.bad;
  counts[slot(minute)] = (counts[slot(minute)] ?? 0) + 1;
}

const slot = (minute: number): number => ((minute % MINUTES) + MINUTES) % MINUTES;

function badPart({ good, bad, minute }: Ledger, overMs: number): number | undefined {
  let failed = 0;
  let all = 0;
  for (let age = 0; age < overMs / MINUTE_MS; age++) {
    const at = slot(minute - age);
    failed += bad[at] ?? 0;
    all += (bad[at] ?? 0) + (good[at] ?? 0);
  }
  return all < FEWEST_RESULTS ? undefined : failed / all;
}

/** Whether the error budget burns so fast that somebody must act: in both windows of any pair, faster than the pair's part of it allows. */
export function isBurning(ledger: Ledger, { objective, windowMs }: Slo): boolean {
  const allowed = 1 - objective;
  return PAIRS.some(({ longMs, shortMs, budget }) => {
    const least = ((budget * windowMs) / longMs) * allowed;
    const parts = [badPart(ledger, shortMs), badPart(ledger, longMs)];
    return parts.every((part) => part !== undefined && part > 0 && part >= Math.min(1, least));
  });
}
