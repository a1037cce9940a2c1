import type { Labels } from './labels.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** The measure under which a target's results are counted, beside what they took. */
export const HEALTH = 'duration';

/** One instance of a measure of a target. */
export interface SeriesName {
  readonly target: string;
  readonly measure: string;
  readonly labels: Labels;
}

/** What a series came to in the minute that begins at `atMs`, as `recordOf` writes it with the minute of the hour as its slot. */
export interface MinuteRow extends SeriesName {
  readonly atMs: number;
  readonly record: Uint8Array;
}

/** The verdict of a target changed (`up`, `down`, `unknown`), or the state of one of its alerts; an alert that is not active is `inactive`. */
export interface StateChange {
  readonly atMs: number;
  readonly target: string;
  readonly alertname?: string;
  readonly from: string;
  readonly to: string;
  /** Why a target is down, for people. */
  readonly message?: string;
}

/** What a span of time came to, in the measure's base unit; what is not known is absent. Of another measure than `duration` only `count` and what follows it up to `max` is meant. */
export interface Point {
  readonly atMs: number;
  /** Results that were up; of another measure its values. */
  readonly count: number;
  readonly mean?: number;
  readonly min?: number;
  readonly max?: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly down: number;
  readonly inconclusive: number;
  readonly maintained: number;
}

/** The points of one instance, oldest first; spans of which nothing is known have none. */
export interface Line {
  readonly labels: Labels;
  readonly points: readonly Point[];
}

/** Over what a target's uptime is told. */
export const SUMMARY_SPANS = { '24h': DAY_MS, '7d': 7 * DAY_MS, '30d': 30 * DAY_MS, '90d': 90 * DAY_MS } as const;
export type SummarySpan = keyof typeof SUMMARY_SPANS;

/** What a target's results came to lately; a span of which nothing is known is absent. */
export type Summary = Readonly<Partial<Record<SummarySpan, Point>>>;

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The mean of a series in the hour that begins at `atMs`; of `failed` the part that was down. */
export interface HourMean {
  readonly labels: Labels;
  readonly atMs: number;
  readonly mean: number;
}

/** The measures that every bucket of results tells. */
export const OF_HEALTH: ReadonlySet<string> = new Set(['up', 'failed', HEALTH]);

/** Where what results came to is kept. Whatever cannot be done rejects; nothing of it touches alerts. Times are Unix epoch ms. */
export interface History extends AsyncDisposable {
  /** Adds to what is known; several rows of one minute add up. */
  append(rows: readonly MinuteRow[], changes: readonly StateChange[]): Promise<void>;
  /** A target's measure between two times, put together to spans of `stepMs` that begin at multiples of it: by the minute while minutes are kept, else by the hour. */
  lines(target: string, measure: string, span: Span, stepMs: number): Promise<readonly Line[]>;
  /** For each target and each span, by the hour, one point; undefined where no result counts. */
  summaries(targets: readonly string[], spans: readonly Span[]): Promise<readonly (readonly (Point | undefined)[])[]>;
  /** Of a target's measure, the means of the hours that begin at these times. */
  hourMeans(target: string, measure: string, hoursMs: readonly number[]): Promise<readonly HourMean[]>;
  /** Newest first. */
  changes(target: string, span: Span, most: number): Promise<readonly StateChange[]>;
  /** Rolls up to `most` series of one hour that began before `beforeMs`; false once there is none left. */
  roll(beforeMs: number, most: number): Promise<boolean>;
  /** Forgets at most so many rows from before these times; false once there is none left. What was not rolled up stays. */
  purge(minutesBeforeMs: number, hoursBeforeMs: number, most: number): Promise<boolean>;
}
