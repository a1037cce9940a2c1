import type { Labels } from '../core/labels.ts';
import type { Sample } from '../core/result.ts';

/** Samples of one instance of a measure, at the monotonic times of their probes. */
export interface Series {
  readonly labels: Labels;
  /** Copies the samples of (`afterMs`, `untilMs`] into the arrays from their beginning, oldest first, and answers how many. The arrays have room. */
  read(afterMs: number, untilMs: number, times: Float64Array, values: Float64Array): number;
  /** How many samples it may hold at most. */
  readonly capacity: number;
}

/** What the windows know of a target's measure: one series for each instance. */
export interface Windows {
  series(target: string, measure: string): Iterable<Series>;
}

/** A time whose results say nothing of `failed` and `duration`: a confirmed outage. Monotonic ms, both ends included. */
export interface Outage {
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** All that a condition is judged on in one moment. */
export interface Evidence {
  /** The moment: when the probe began, monotonic ms. */
  readonly atMs: number;
  readonly intervalMs: number;
  /** Samples of this moment; a measure that was not seen has none. */
  latest(measure: string): readonly Sample[];
  series(measure: string): Iterable<Series>;
  /** Left out of the windows of `failed` and `duration`, oldest first. */
  readonly outages: readonly Outage[];
  /** What the mean of the same hour was on the days before; undefined where it is not known. */
  usual(measure: string, labels: Labels): number | undefined;
  /** How the tests that stand alone are at this moment; `failed`: the probe of this moment failed. */
  readonly holds: Readonly<Record<'down' | 'flapping' | 'burning' | 'failed', boolean>>;
}

/** How one instance fares. An instance without a value is in no list. */
export interface Reading {
  readonly labels: Labels;
  readonly holds: boolean;
  /** What is compared, and with what, in base units; absent where nothing is. */
  readonly value?: number;
  readonly threshold?: number;
}

/** One test of a condition as it was seen, for people. */
export interface TestSeen {
  /** As it is written: `p95(duration) over 5m > 800ms`. */
  readonly text: string;
  readonly readings: readonly Reading[];
  /** Of an aggregate: the results in the window (of its fullest instance), and how many it needs. */
  readonly window?: { readonly overMs: number; readonly results: number; readonly needed: number };
}
