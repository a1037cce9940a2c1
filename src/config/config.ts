import type { Labels } from '../core/labels.ts';
import type { Scope } from '../core/scope.ts';
import type { Secret } from '../core/secret.ts';
import type { RecurringMaintenance } from '../core/silence.ts';
import type { Target } from '../core/target.ts';
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
