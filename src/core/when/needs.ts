import type { MeasureRef, Test, When } from './tree.ts';

/** The measures that a test reads, its own and those that it is compared with. */
export function measuresIn(test: Test): readonly MeasureRef[] {
  if (test.kind === 'absent') return [test.measure];
  if (test.kind !== 'compare') return [];
  return test.divisor === undefined ? [test.left.measure] : [test.left.measure, test.divisor.measure];
}

/** For each measure that these conditions look back at, the longest window, ms. */
export function windowsOf(conditions: Iterable<When>): ReadonlyMap<string, number> {
  const longest = new Map<string, number>();
  for (const { tests } of conditions) {
    for (const test of tests) {
      if (test.kind !== 'compare') continue;
      for (const operand of [test.left, test.divisor]) {
        if (operand?.kind !== 'aggregate') continue;
        const { name } = operand.measure;
        longest.set(name, Math.max(longest.get(name) ?? 0, operand.overMs));
      }
    }
  }
  return longest;
}
