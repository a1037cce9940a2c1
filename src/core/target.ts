import type { AlertSpec } from './alert.ts';
import type { Labels } from './labels.ts';

export interface Dependency {
  readonly name: string;
  /** A soft dependency is named as a possible cause and suppresses nothing. */
  readonly soft: boolean;
}

/** How much of the time a target should be up, as a ratio, over a window in ms: 99.9% over 30d. */
export interface Slo {
  readonly objective: number;
  readonly windowMs: number;
}

/** What every stage may know of a target; the type's own settings stay with the probe. Frozen. */
export interface Target {
  readonly name: string;
  readonly type: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly critical: boolean | undefined;
  readonly dependsOn: readonly Dependency[];
  /** On its alerts: the config's labels and the target's own. */
  readonly labels: Labels;
  /** The label of that name on its series. */
  readonly instance: string;
  readonly group: string | undefined;
  readonly description: string | undefined;
  readonly runbook: string | undefined;
  readonly dashboard: string | undefined;
  /** A target that is not enabled is paused: never probed. */
  readonly enabled: boolean;
  /** How many quick re-probes must also fail before a failure counts. */
  readonly confirm: number;
  /** How many scheduled probes in a row must succeed before it counts as up again. */
  readonly recover: number;
  /** How long a target that was never seen up stays pending, ms. */
  readonly startupGraceMs: number;
  /** The hosts that it asks, for the lanes: `db.example.com`, `10.0.0.5`. */
  readonly hosts: readonly string[];
  /** What "same place, same time" goes by; empty where it belongs nowhere. */
  readonly places: readonly string[];
  readonly slo: Slo | undefined;
  /** How long people are not told yet of its alerts; undefined: as long as their severity says. */
  readonly holdMs: number | undefined;
  readonly alerts: readonly AlertSpec[];
}
