import type { Alert } from '../core/alert.ts';
import type { Deployment } from '../core/change.ts';
import type { Line, StateChange, Summary } from '../core/history.ts';
import type { Labels } from '../core/labels.ts';
import type { Unit } from '../core/measure.ts';
import type { FailureReason } from '../core/result.ts';
import type { Maintenance, Silence } from '../core/silence.ts';

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

/** One test of an alert's condition as it was seen last, one reading for each instance. */
export interface ExplainedTest {
  /** As it is written: `p95(duration) over 5m > 800ms`. */
  readonly text: string;
  readonly readings: readonly {
    readonly labels: Labels;
    readonly holds: boolean;
    /** For people: `1.2 s`; beside them the numbers in base units. All are absent where nothing is compared (`down`). */
    readonly valueText?: string;
    readonly thresholdText?: string;
    readonly value?: number;
    readonly threshold?: number;
  }[];
  /** Of an aggregate: the results in its window, and how many it needs. */
  readonly window?: { readonly overMs: number; readonly results: number; readonly needed: number };
}

/** Why an alert is in its state. */
export interface Explanation {
  readonly alert: Alert;
  /** The whole condition, empty for an alert from elsewhere. */
  readonly condition: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly tests: readonly ExplainedTest[];
  /** Sentences: `database (PostgresDown) is down and explains it`. */
  readonly because: readonly string[];
}

/** A maintenance as people see it; `recurring` names the expression by which it comes again. */
export interface PlannedMaintenance extends Maintenance {
  readonly recurring?: { readonly cron: string; readonly timezone: string };
}

/** An alert that another Alertmanager client says is active, or was until `endsAtMs`; undefined: until it is not repeated. Times are Unix epoch ms. */
export interface ReceivedAlert {
  /** Without empty ones; at least one. */
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly startsAtMs: number;
  readonly endsAtMs: number | undefined;
  readonly generatorUrl: string | undefined;
}

/** A silence as it is asked for; with the id of one that has not expired it changes that one. */
export type WantedSilence = Omit<Silence, 'id'> & { readonly id?: string };

/** Why something that was asked for cannot be, as a sentence. */
export interface Wrong {
  readonly wrong: string;
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

/** What of a target's history is asked for; without `stepMs` one that suits. Times are Unix epoch ms. */
export interface HistoryAsk {
  readonly target: string;
  readonly measure: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number | undefined;
}

/** What a measure of a target came to, and how its state and that of its alerts changed meanwhile, newest first. */
export interface HistoryView {
  readonly unit: Unit;
  readonly stepMs: number;
  readonly series: readonly Line[];
  readonly changes: readonly StateChange[];
}

/** What was asked for could not be committed, and was undone, or cannot be read now: why, for people. */
export interface Unavailable {
  readonly unavailable: string;
}

/** How one address takes what it is told. */
export interface ReceiverView {
  readonly name: string;
  readonly status: 'up' | 'down' | 'untold';
  /** Notices that it has not taken yet. */
  readonly waiting: number;
  /** Why it could not be told, without secrets. */
  readonly message?: string | undefined;
  readonly sinceMs?: number | undefined;
}

/** An answer that is given once what it says is committed. */
export type Committed<T> = T | Unavailable | Promise<T | Unavailable>;

/** What the web stage needs of the others; `app.ts` supplies it. */
export interface View {
  about(): { readonly service: string; readonly version: string };
  /** The exposition in pieces of any size, made while it is read. */
  metrics(selection: Selection, format: MetricsFormat): AsyncIterable<string | Uint8Array>;
  targets(): readonly TargetView[];
  target(name: string): TargetView | undefined;
  /** What the results of these targets came to; one of which nothing is known is absent. */
  summaries(targets: readonly string[]): Promise<ReadonlyMap<string, Summary>>;
  history(ask: HistoryAsk): Promise<HistoryView | Wrong | Unavailable>;
  /** Everything that is active now, in any order. */
  alerts(): readonly Alert[];
  /** Why an alert that is active is in its state. */
  explain(fingerprint: string): Explanation | undefined;
  /** In any order, expired ones for a while. */
  silences(): readonly Silence[];
  silence(wanted: WantedSilence): Committed<Silence | Wrong>;
  /** Ends a silence now; false where none of that id is left. */
  expireSilence(id: string): Committed<boolean>;
  /** Under way and planned, in any order. */
  maintenance(): readonly PlannedMaintenance[];
  planMaintenance(wanted: Omit<Maintenance, 'id'>): Committed<Maintenance | Wrong>;
  /** Ends a maintenance that was set by hand; `recurring` where the config has it. */
  cancelMaintenance(id: string): Committed<'ended' | 'unknown' | 'recurring'>;
  /** In any order. */
  deployments(): readonly Deployment[];
  deploy(wanted: Omit<Deployment, 'id'>): Committed<Deployment>;
  /** Takes alerts of another Alertmanager client; those that were repeated go on. */
  receive(alerts: readonly ReceivedAlert[]): void;
  receivers(): readonly ReceiverView[];
  readiness(): Readiness;
  /** Reads the config again; a bad one changes nothing and each problem is a line for people. */
  reload(): Promise<Reload>;
}
