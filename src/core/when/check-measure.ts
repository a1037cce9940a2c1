import type { MeasureSpec } from '../measure.ts';
import { nearest } from '../nearest.ts';
import type { LabelRef, MeasureRef, WhenProblem } from './tree.ts';

/** What a condition is checked against. */
export interface CheckRules {
  readonly measures: ReadonlyMap<string, MeasureSpec>;
  /** Why a text is no regular expression in RE2's syntax, or undefined where it is one. */
  readonly patternProblem: (pattern: string) => string | undefined;
  /** How often the target is probed, ms. */
  readonly intervalMs: number;
  /** Whether the target has an objective, whose error budget may burn. */
  readonly hasSlo: boolean;
}

const MOST_LISTED = 20;

/** `a, b, c`, cut where there are many. */
export function listed(names: Iterable<string>): string {
  const all = [...names];
  return all.length > MOST_LISTED ? `${all.slice(0, MOST_LISTED).join(', ')}, …` : all.join(', ');
}

/** A problem that names the nearest of what is valid, or all of it where nothing is near. */
export function unknown(at: number, message: string, name: string, valid: readonly string[]): WhenProblem {
  const suggestion = nearest(name, valid);
  if (suggestion !== undefined) return { at, message, suggestion };
  return { at, message: valid.length === 0 ? message : `${message}; there are ${listed(valid)}` };
}

/** What is wrong with a measure's name and its matchers. */
export function checkMeasure(ref: MeasureRef, rules: CheckRules): readonly WhenProblem[] {
  const measure = rules.measures.get(ref.name);
  if (measure === undefined)
    return [unknown(ref.at, `unknown measure "${ref.name}"`, ref.name, [...rules.measures.keys()])];
  const problems = ref.matchers.flatMap((matcher) => checkLabel(matcher, measure));
  for (const { op, value, valueAt } of ref.matchers) {
    const why = op === '=~' || op === '!~' ? rules.patternProblem(value) : undefined;
    if (why !== undefined) problems.push({ at: valueAt, message: `"${value}" is no regular expression: ${why}` });
  }
  return problems;
}

/** Whether a measure has a label. */
export function checkLabel({ label, at }: LabelRef, { name, labels = [] }: MeasureSpec): WhenProblem[] {
  if (labels.includes(label)) return [];
  if (labels.length === 0) return [{ at, message: `"${name}" has no labels` }];
  return [unknown(at, `"${name}" has no label "${label}"`, label, labels)];
}

/** The labels that still tell instances apart: all but those that a matcher pins to one value. */
export function freeLabels(ref: MeasureRef, { labels = [] }: MeasureSpec): readonly string[] {
  const pinned = new Set(ref.matchers.filter(({ op }) => op === '=').map(({ label }) => label));
  return labels.filter((label) => !pinned.has(label));
}
