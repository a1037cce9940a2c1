import type { Labels } from '../core/labels.ts';
import { compilePattern } from '../core/pattern.ts';
import type { Matcher } from '../core/when/tree.ts';

/** Whether an instance is meant. */
export type Meant = (labels: Labels) => boolean;

const all: Meant = () => true;

/** More answers of a pattern are not kept: label values come and go. */
const MOST_KEPT = 1000;

/** Compiles matchers once; a label that is not there is empty, as in Prometheus. One that is no regular expression fits nothing. */
export function compileMatchers(matchers: readonly Matcher[]): Meant {
  if (matchers.length === 0) return all;
  const tests = matchers.map(({ label, op, value }) => ({ label, fits: compileOne(op, value) }));
  return (labels) => {
    for (const { label, fits } of tests) if (!fits(labels[label] ?? '')) return false;
    return true;
  };
}

function compileOne(op: Matcher['op'], value: string): (text: string) => boolean {
  if (op === '=') return (text) => text === value;
  if (op === '!=') return (text) => text !== value;
  const compiled = compilePattern(value);
  if (!compiled.ok) return () => false;
  const fits = remembered(compiled.fits);
  return op === '=~' ? fits : (text) => !fits(text);
}

/** The same instances come with every result: a pattern is asked once for each of their values. */
function remembered(fits: (text: string) => boolean): (text: string) => boolean {
  const answers = new Map<string, boolean>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    if (answers.size >= MOST_KEPT) answers.clear();
    const answer = fits(text);
    answers.set(text, answer);
    return answer;
  };
}
