import type { Labels } from './labels.ts';
import { compilePattern, type Fits } from './pattern.ts';
import type { LabelMatcher } from './silence.ts';

/** Matchers that are ready to be asked. */
export interface Matching {
  /** Whether the labels fit every matcher; without a matcher they do. */
  fits(labels: Labels): boolean;
  /** Whether a label set without any label fits: then so does nearly everything. */
  readonly fitsNone: boolean;
}

/** Compiles matchers once for many label sets, or says what is wrong with one of them. */
export function compileMatchers(
  matchers: readonly LabelMatcher[],
): { readonly ok: true; readonly matching: Matching } | { readonly ok: false; readonly wrong: string } {
  const tests: { readonly name: string; readonly fits: Fits }[] = [];
  for (const matcher of matchers) {
    if (matcher.name === '') return { ok: false, wrong: 'a matcher needs the name of a label' };
    const compiled = compileOne(matcher);
    if (typeof compiled === 'string') return { ok: false, wrong: compiled };
    tests.push({ name: matcher.name, fits: compiled });
  }
  const fits = (labels: Labels) => tests.every((test) => test.fits(labelOf(labels, test.name)));
  return { ok: true, matching: { fits, fitsNone: fits({}) } };
}

/** Labels come from anywhere; `constructor` is no label of an object. */
const labelOf = (labels: Labels, name: string): string => (Object.hasOwn(labels, name) ? (labels[name] ?? '') : '');

function compileOne({ name, value, isRegex, isEqual }: LabelMatcher): Fits | string {
  if (!isRegex) return isEqual ? (text) => text === value : (text) => text !== value;
  const compiled = compilePattern(value);
  if (!compiled.ok) return `the matcher on ${name} is not a regular expression in RE2’s syntax: ${compiled.why}`;
  const { fits } = compiled;
  return isEqual ? fits : (text) => !fits(text);
}
