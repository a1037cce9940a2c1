import type { Alert } from '../core/alert.ts';
import type { Labels } from '../core/labels.ts';
import type { Unit } from '../core/measure.ts';
import type { FailureReason } from '../core/result.ts';

/** Gravest first. `unknown`: not seen yet, or inconclusive for 3 intervals; `paused`: not enabled. */
export const TARGET_STATUSES = ['down', 'unknown', 'up', 'paused'] as const;
export type TargetStatus = (typeof TARGET_STATUSES)[number];

/** The latest value of one measure, in its base unit; `word` is the state that the index stands for. */
export interface MeasureView {
  readonly name: string;
  readonly unit: Unit;
  readonly value: number;
  readonly labels?: Labels | undefined;
  readonly word?: string | undefined;
}

/** What is known of one target now. Times are Unix epoch ms. */
export interface TargetView {
  readonly name: string;
  readonly type: string;
  /** The judged verdict, after confirm and recover. */
  readonly status: TargetStatus;
  readonly reason?: FailureReason | undefined;
  readonly message?: string | undefined;
  /** Facts of the last probe for people, name → text. */
  readonly evidence?: Readonly<Record<string, string>> | undefined;
  /** When the status began. */
  readonly sinceMs?: number | undefined;
  readonly lastProbeMs?: number | undefined;
  readonly durationMs?: number | undefined;
  readonly measures: readonly MeasureView[];
  readonly alerts: readonly Alert[];
  readonly critical?: boolean | undefined;
  readonly group?: string | undefined;
  readonly description?: string | undefined;
  readonly runbook?: string | undefined;
  readonly dashboard?: string | undefined;
  readonly dependsOn?: readonly string[] | undefined;
}

/** Which series /metrics shows; an empty list selects all. */
export interface Selection {
  readonly types: readonly string[];
  readonly targets: readonly string[];
}

export type MetricsFormat = 'text' | 'openmetrics';

/** Whether config, store and listener are in and the scheduler runs; never dependent on a target. */
export interface Readiness {
  readonly ready: boolean;
  /** How many of `targets` have been probed at least once. */
  readonly checked: number;
  readonly targets: number;
}

export type Reload = { readonly ok: true } | { readonly ok: false; readonly problems: readonly string[] };

/** What the web stage needs of the others; `app.ts` supplies it. */
export interface View {
  about(): { readonly service: string; readonly version: string };
  /** The exposition in pieces of any size, made while it is read. */
  metrics(selection: Selection, format: MetricsFormat): AsyncIterable<string | Uint8Array>;
  targets(): readonly TargetView[];
  target(name: string): TargetView | undefined;
  /** Everything that is active now, in any order. */
  alerts(): readonly Alert[];
  readiness(): Readiness;
  /** Reads the config again; a bad one changes nothing and each problem is a line for people. */
  reload(): Promise<Reload>;
}
