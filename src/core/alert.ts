import type { Labels } from './labels.ts';
import type { MeasureSpec } from './measure.ts';
import type { Severity } from './severity.ts';
import type { When } from './when/tree.ts';

/** 0 to 3 are P0 to P3. `as-down`: 0 where the target is critical, 1 unset, 2 where it is not. */
export type Rank = 0 | 1 | 2 | 3;
export type RankRule = Rank | 'as-down' | { readonly critical: Rank; readonly otherwise: Rank };

/** A built-in alert, declared as data beside its probe type. */
export interface BuiltInAlert {
  readonly name: string;
  /** A condition in the language of `when`, or one of WATCH_TESTS. */
  readonly when: string;
  /** Duration text as in the config: `5m`. */
  readonly for?: string;
  readonly rank: RankRule;
  /** One sentence; knows `{{ target }}`, `{{ value }}`, `{{ threshold }}`, `{{ labels.x }}`. */
  readonly summary: string;
}

/** The alert that every type has: down, after `confirm` re-probes. */
export const downAlert = (name: string, what: string): BuiltInAlert => ({
  name,
  when: 'down',
  rank: 'as-down',
  summary: `${what} {{ target }} is down`,
});

/** What every target has, whatever its type. */
export const GENERAL_ALERTS: readonly BuiltInAlert[] = [
  {
    name: 'TargetNotMeasured',
    when: 'unmeasured',
    rank: 2,
    summary: 'Nobody knows how {{ target }} is: it was not probed for three of its intervals',
  },
  {
    name: 'MeasureMissing',
    when: 'missing',
    for: '15m',
    rank: 3,
    summary: '{{ labels.measure }} of {{ target }} cannot be had, and an alert watches it',
  },
];

/** Whether it is the alert that a target has for being down. */
export const isOnDown = ({ when }: Pick<AlertSpec, 'when'>): boolean => when.tests.every(({ kind }) => kind === 'down');

/** An alert in force for one target, after built-in ones, `defaults.alerts` and the target's own entries were merged. */
export interface AlertSpec {
  readonly name: string;
  readonly when: When;
  /** The measures that `when` names. */
  readonly measures: readonly MeasureSpec[];
  readonly forMs: number;
  readonly severity: Severity;
  readonly keepFiringForMs: number;
  /** Severities to rise to after the alert has been active this long, mildest first. */
  readonly raise: readonly { readonly afterMs: number; readonly severity: Severity }[];
  readonly category?: string;
  readonly labels: Labels;
  readonly summary: string;
  readonly description?: string;
  readonly runbook?: string;
  /** Where it comes from, for people. */
  readonly origin: 'built-in' | 'changed' | 'own';
}

export const ALERT_STATES = ['pending', 'firing', 'suppressed', 'silenced'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** One alert that is active now; its identity is its labels. Times are Unix epoch ms. */
export interface Alert {
  /** `external`: another Alertmanager client said it; it is never told to an Alertmanager again. */
  readonly origin: 'own' | 'external';
  readonly fingerprint: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly severity: Severity;
  readonly target: string;
  readonly state: AlertState;
  /** The first failed probe. */
  readonly startsAtMs: number;
  /** Outrider's page of the target, where an external URL is known. */
  readonly generatorUrl: string | undefined;
  /** Fingerprints of the alerts that explain this one; one that people knew before goes on firing all the same. */
  readonly suppressedBy: readonly string[];
  /** Ids of the silences and maintenance windows that keep it from being told. */
  readonly silencedBy: readonly string[];
  /** Alerts of one group are one trouble: a root with its symptoms, or what failed in one place at one time. */
  readonly group: string;
  /** What is compared, and with what, in base units; absent where nothing is (`down`). */
  readonly value?: number | undefined;
  readonly threshold?: number | undefined;
}

/** What receivers are told of one alert: that it began (or goes on), or that it ended. */
export type Notice =
  | { readonly status: 'firing'; readonly alert: Alert }
  | { readonly status: 'resolved'; readonly alert: Alert; readonly endsAtMs: number };
