/** The tree of a `when` condition; the grammar is in docs/when.md. Positions (`at`, `…At`) are UTF-16 offsets into the condition's text. */
export interface When {
  readonly text: string;
  /** All must hold. Never empty. */
  readonly tests: readonly Test[];
}

export const STATE_TESTS = ['down', 'flapping', 'burning'] as const;

/** Tests of built-in alerts alone, which nobody can write: no verdict for long, and a measure that could not be had. */
export const WATCH_TESTS = ['unmeasured', 'missing'] as const;

export type Test =
  | { readonly kind: (typeof STATE_TESTS)[number] | (typeof WATCH_TESTS)[number] }
  | { readonly kind: 'absent'; readonly measure: MeasureRef }
  | Comparison;

export interface Comparison {
  readonly kind: 'compare';
  readonly left: Operand;
  /** The divisor of `a / b`: instances pair by the labels that are free in it. */
  readonly divisor?: Operand;
  readonly op: Comparator;
  readonly value: Threshold;
}

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
      readonly at: number;
      readonly measure: MeasureRef;
      /** The window: more than 0, at most `MAX_WINDOW_MS`. */
      readonly overMs: number;
      readonly overAt: number;
      /** How far ahead `predict` looks; `predict` alone has it, and always. */
      readonly inMs?: number;
    }
  | {
      readonly kind: 'across';
      readonly fn: Across;
      readonly at: number;
      readonly measure: MeasureRef;
      /** One value for each combination of these labels; empty: one value. */
      readonly by: readonly LabelRef[];
    };

export interface MeasureRef {
  readonly name: string;
  readonly matchers: readonly Matcher[];
  readonly at: number;
}

export interface LabelRef {
  readonly label: string;
  readonly at: number;
}

export const MATCH_OPS = ['=', '!=', '=~', '!~'] as const;
export type MatchOp = (typeof MATCH_OPS)[number];

/** Regular expressions (`=~`, `!~`) are RE2's and must match the whole value, as in Prometheus. */
export interface Matcher extends LabelRef {
  readonly op: MatchOp;
  readonly value: string;
  readonly valueAt: number;
}

export const TIME_UNITS = ['ms', 's', 'm', 'h', 'd', 'w'] as const;
export const SIZE_UNITS = ['B', 'kB', 'MB', 'GB', 'KiB', 'MiB', 'GiB'] as const;
export const THRESHOLD_UNITS = ['%', ...TIME_UNITS, ...SIZE_UNITS] as const;
export type ThresholdUnit = (typeof THRESHOLD_UNITS)[number];

export const PER_UNITS = ['s', 'm'] as const;
export type PerUnit = (typeof PER_UNITS)[number];

/** `80%`, `800ms`, `10/s`, `5MB/m`: a number as written; `1h30m` is 90 m. */
export interface NumberThreshold {
  readonly kind: 'number';
  readonly number: number;
  readonly unit?: ThresholdUnit;
  readonly per?: PerUnit;
  readonly at: number;
}

/** The right side: a number, or a word: a state of the measure (`WARN`) or another measure's name (`age > due`). */
export type Threshold = NumberThreshold | { readonly kind: 'word'; readonly word: string; readonly at: number };

/** The longest window of an aggregate, and the farthest that `predict` looks ahead. */
export const MAX_WINDOW_MS = 30 * 86_400_000;
export const MAX_AHEAD_MS = 400 * 86_400_000;

/** A mistake in a condition: where in its text, what is wrong, what would be right. */
export interface WhenProblem {
  readonly at: number;
  readonly message: string;
  /** What to write there instead, where one thing is probably meant. */
  readonly suggestion?: string;
}
