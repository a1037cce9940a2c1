/** The tree of a `when` condition; the grammar is in docs/when.md. Positions are character offsets into the condition's text. */
export interface When {
  readonly text: string;
  /** All must hold. Never empty. */
  readonly tests: readonly Test[];
}

export type Test =
  | { readonly kind: 'down' | 'flapping' | 'burning' }
  | { readonly kind: 'absent'; readonly measure: MeasureRef }
  | {
      readonly kind: 'compare';
      readonly left: Operand;
      /** The divisor of `a / b`. */
      readonly divisor?: Operand;
      readonly op: Comparator;
      readonly value: Threshold;
    };

export const AGGREGATES = [
  'avg',
  'min',
  'max',
  'sum',
  'p50',
  'p90',
  'p95',
  'p99',
  'rate',
  'increase',
  'deviation',
  'predict',
] as const;
export type Aggregate = (typeof AGGREGATES)[number];

export const ACROSS = ['sum', 'max', 'min', 'avg'] as const;
export type Across = (typeof ACROSS)[number];

export const COMPARATORS = ['>', '>=', '<', '<=', '==', '!='] as const;
export type Comparator = (typeof COMPARATORS)[number];

export type Operand =
  | { readonly kind: 'measure'; readonly measure: MeasureRef }
  | {
      readonly kind: 'aggregate';
      readonly fn: Aggregate;
      readonly measure: MeasureRef;
      readonly overMs: number;
      /** How far ahead `predict` looks. */
      readonly inMs?: number;
    }
  | { readonly kind: 'across'; readonly fn: Across; readonly measure: MeasureRef; readonly by: readonly string[] };

export interface MeasureRef {
  readonly name: string;
  readonly matchers: readonly Matcher[];
  readonly at: number;
}

export const MATCH_OPS = ['=', '!=', '=~', '!~'] as const;
export interface Matcher {
  readonly label: string;
  readonly op: (typeof MATCH_OPS)[number];
  readonly value: string;
  readonly at: number;
}

export const THRESHOLD_UNITS = [
  '%',
  'ms',
  's',
  'm',
  'h',
  'd',
  'w',
  'B',
  'kB',
  'MB',
  'GB',
  'KiB',
  'MiB',
  'GiB',
  '/s',
  '/m',
] as const;
export type ThresholdUnit = (typeof THRESHOLD_UNITS)[number];

/** The right side: a number as written with its unit, or a word: a state of the measure (`WARN`) or another measure's name (`age > due`). */
export type Threshold =
  | { readonly kind: 'number'; readonly number: number; readonly unit?: ThresholdUnit; readonly at: number }
  | { readonly kind: 'word'; readonly word: string; readonly at: number };

/** A mistake in a condition: where in its text, what is wrong, what would be right. */
export interface WhenProblem {
  readonly at: number;
  readonly message: string;
  /** The nearest valid name, where one is near. */
  readonly suggestion?: string;
}
