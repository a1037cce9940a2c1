import type { Labels } from '../core/labels.ts';
import type { Matching } from '../core/matching.ts';
import type { Scope } from '../core/scope.ts';
import type { Secret } from '../core/secret.ts';
import type { Severity } from '../core/severity.ts';
import type { LabelMatcher, RecurringMaintenance } from '../core/silence.ts';
import type { Target } from '../core/target.ts';
import type { TimeInterval } from '../core/time-interval.ts';
import type { ReceiverSettings } from '../notify/registry.ts';
import type { ProbeSettings } from '../probe/registry.ts';

export interface ConfiguredTarget {
  readonly target: Target;
  readonly settings: ProbeSettings;
  /** Changes when anything that the prober depends on does: a reload keeps the prober of an unchanged target. */
  readonly revision: string;
}

export interface ConfiguredReceiver {
  readonly name: string;
  readonly settings: ReceiverSettings;
  readonly revision: string;
}

export interface ConfiguredSeverity {
  readonly name: Severity;
  readonly acknowledgeWithinMs: number | undefined;
  readonly respondWithinMs: number | 'next business day' | undefined;
  readonly resolveWithinMs: number | undefined;
  readonly updateEveryMs: number | undefined;
  /** How long people are not told yet. */
  readonly holdMs: number;
  /** The label `severity` at Alertmanager; the name where nothing else is written. */
  readonly alertmanager: string;
  /** Names of receivers; undefined: every one. */
  readonly to: readonly string[] | undefined;
  readonly escalation: string | undefined;
  /** Whether its alerts open incidents. */
  readonly incident: boolean;
}

export interface ConfiguredRoute {
  /** Those of `match`, then those of `matchers`; without any, every alert fits. */
  readonly matchers: readonly LabelMatcher[];
  readonly matching: Matching;
  /** Names of receivers; none: nobody is told. */
  readonly to: readonly string[];
  /** Names of time intervals; undefined: always. */
  readonly during: readonly string[] | undefined;
  /** All that `during` names; it is open while one of them is. */
  readonly intervals: readonly TimeInterval[] | undefined;
  readonly outside: 'hold' | 'drop' | 'next';
  readonly continue: boolean;
  readonly escalation: string | undefined;
}

export interface AccessToken {
  readonly name: string;
  readonly token: Secret;
  readonly scopes: readonly Scope[];
}

/** The whole configuration, checked and frozen. Stages get the parts that they need, never this. */
export interface Config {
  readonly service: string;
  readonly timezone: string;
  readonly listen: { readonly host: string; readonly port: number } | undefined;
  readonly store: string | undefined;
  readonly externalUrl: string | undefined;
  readonly labels: Labels;
  readonly targets: readonly ConfiguredTarget[];
  readonly receivers: readonly ConfiguredReceiver[];
  /** Those in use, gravest first; the last takes the remaining ranks of built-in alerts. */
  readonly severities: readonly ConfiguredSeverity[];
  readonly timeIntervals: Readonly<Record<string, readonly TimeInterval[]>>;
  /** In the order in which they are asked. */
  readonly routes: readonly ConfiguredRoute[];
  /** Who tells Alertmanager; with `prometheus` no receiver of type alertmanager is told anything. */
  readonly sender: 'outrider' | 'prometheus';
  /** The receiver that is told when another fails for good. */
  readonly fallback: string | undefined;
  readonly auth: { readonly read: 'public' | 'token'; readonly tokens: readonly AccessToken[] };
  readonly connectivity: readonly { readonly host: string; readonly port: number }[];
  readonly correlation: { readonly holdMs: number; readonly grace: number; readonly windowMs: number };
  /** Weighted shares of changes among the last results: from `high` on a target flaps, below `low` it no longer does. */
  readonly flapping: { readonly high: number; readonly low: number };
  readonly maintenance: readonly RecurringMaintenance[];
  /** How long results are kept, rolled up to one row a minute and to one row an hour. */
  readonly history: { readonly minutesMs: number; readonly hoursMs: number };
  readonly watchdog: {
    /** Names of receivers. */
    readonly to: readonly string[];
    readonly heartbeatUrl: Secret | undefined;
    readonly everyMs: number;
  };
  readonly limits: { readonly inFlight: number; readonly bodyBytes: number; readonly series: number };
  readonly metrics: { readonly exporterNames: 'all' | readonly string[] };
  /** Every secret text in it, for the scrubber. */
  readonly secrets: readonly string[];
  /** The folder that relative file names go by. */
  readonly filesFrom: string;
  /** Every file that it was made from: config files, then secret files. */
  readonly files: readonly string[];
  /** Keys that are accepted and checked but not yet acted on, for one line at the start. */
  readonly notActedOn: readonly string[];
}
