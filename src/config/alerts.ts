import type { AlertSpec, BuiltInAlert } from '../core/alert.ts';
import type { MeasureSpec } from '../core/measure.ts';
import type { AlertEntry } from './alert-entry.ts';

/** Keys and indexes from the root of the config: `['targets', 0, 'alerts', 2, 'when']`. */
export type AlertPath = readonly (string | number)[];

/** A mistake (or a warning) in an alert entry. */
export interface AlertProblem {
  /** Of the value that is wrong; the entry itself where a key is missing. */
  readonly path: AlertPath;
  /** Offset into the text at `path` (`when`, `summary`, `description`), where it is in the middle of one. */
  readonly at?: number;
  readonly message: string;
  readonly suggestion?: string;
}

/** Entries with the path of the list that holds them. */
export interface AlertEntries {
  readonly entries: readonly AlertEntry[];
  readonly path: AlertPath;
}

/** All that an alert of one target can come from. */
export interface AlertSources {
  /** Those of the target's type. */
  readonly builtIn: readonly BuiltInAlert[];
  /** The target's `builtin_alerts`. */
  readonly builtInAlerts: 'all' | 'down' | 'none';
  /** Of every type. */
  readonly allBuiltInNames: ReadonlySet<string>;
  /** `defaults.alerts`; what is wrong with it whatever the target is told once, by `checkDefaultAlerts`. */
  readonly defaults: AlertEntries;
  readonly own: AlertEntries;
  readonly critical: boolean | undefined;
  readonly intervalMs: number;
  /** Those of the target's type and the target's own. */
  readonly measures: readonly MeasureSpec[];
}

/** The alerts in force for a target, in the order built-in, defaults, own. With any problem the config is refused. */
export interface ResolvedAlerts {
  readonly alerts: readonly AlertSpec[];
  readonly problems: readonly AlertProblem[];
  readonly warnings: readonly AlertProblem[];
}
