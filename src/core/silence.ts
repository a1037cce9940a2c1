import type { Labels } from './labels.ts';

/** One condition on a label, in Alertmanager's shape; a label that is absent is empty. Regular expressions are RE2's and match the whole value. */
export interface LabelMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  /** false: the label must not match. */
  readonly isEqual: boolean;
}

/** Alerts whose labels fit every matcher are told to nobody from `startsAtMs` until `endsAtMs`. Times are Unix epoch ms. */
export interface Silence {
  readonly id: string;
  readonly matchers: readonly LabelMatcher[];
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly createdBy: string;
  readonly comment: string;
}

/** What a maintenance is for: these targets, all targets of these groups, or the alerts whose labels fit every matcher. */
export interface Scope {
  readonly targets: readonly string[];
  readonly groups: readonly string[];
  readonly matchers: readonly LabelMatcher[];
}

/** One time in which targets may fail without anybody being told. */
export interface Maintenance extends Scope {
  readonly id: string;
  readonly name: string;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

/** A maintenance that comes again by a cron expression in a time zone. */
export interface RecurringMaintenance extends Scope {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  readonly durationMs: number;
}

/** What keeps an alert from being told now. */
export interface Muted {
  /** Ids of silences. */
  readonly silences: readonly string[];
  /** Ids of maintenance windows. */
  readonly maintenance: readonly string[];
}

/** What mute rules go by. */
export interface Mutable {
  readonly labels: Labels;
  readonly target: string;
  readonly group: string | undefined;
}
