import type { BuiltInAlert } from '../core/alert.ts';
import type { MeasureSpec } from '../core/measure.ts';
import type { Severity } from '../core/severity.ts';
import type { AlertEntry } from './alert-entry.ts';

/** Keys and indexes from the root of the config: `['targets', 0, 'alerts', 2, 'when']`. */
export type AlertPath = readonly (string | number)[];

/** A mistake (or a warning) in an alert entry. */
export interface AlertProblem {
  /** Of the value that is wrong; of the entry where a key is missing; of the list, which may be absent, where no entry is to blame. */
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
  /** Those in use, gravest first. */
  readonly severities: readonly Severity[];
  readonly intervalMs: number;
  /** Whether the target has an objective. */
  readonly hasSlo: boolean;
  /** Those of the target's type and the target's own. */
  readonly measures: readonly MeasureSpec[];
}

/** What all targets together have, for what `defaults.alerts` may name. */
export interface DefaultAlertSources {
  readonly defaults: AlertEntries;
  readonly allBuiltInNames: ReadonlySet<string>;
  /** Names of all entries of all targets' own `alerts`. */
  readonly ownNames: ReadonlySet<string>;
  /** Names of the measures of every type and of every target's own. */
  readonly measureNames: ReadonlySet<string>;
}

/** One entry, and where it is. */
export interface Layer {
  readonly entry: AlertEntry;
  readonly path: AlertPath;
  readonly from: 'defaults' | 'own';
}

export const layersOf = ({ entries, path }: AlertEntries, from: Layer['from']): readonly Layer[] =>
  entries.map((entry, index) => ({ entry, path: [...path, index], from }));
