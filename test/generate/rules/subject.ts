import type { MeasureSpec } from '../../../src/core/measure.ts';
import { parseWhen } from '../../../src/core/when/parse.ts';
import type { When } from '../../../src/core/when/tree.ts';
import type { Subject } from '../../../src/generate/rules/series.ts';
import { MEASURES } from '../../core/when/measures.ts';

/** A target `jobs` of the made-up type `queue`, probed every 15 s, that has every measure. */
export const subjectWith = (changes: Partial<Subject> = {}, measures: readonly MeasureSpec[] = MEASURES): Subject => ({
  target: { name: 'jobs', type: 'queue', intervalMs: 15_000 },
  measures: new Map(measures.map((measure) => [measure.name, measure])),
  exporterNames: true,
  ...changes,
});

/** The tree of a condition; throws where it is none. */
export function whenOf(text: string): When {
  const parsed = parseWhen(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problems[0]?.message}`);
  return parsed.when;
}
