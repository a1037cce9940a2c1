import type { AlertSpec } from '../core/alert.ts';
import { rankOf } from '../core/severity.ts';
import { printMeasure, printTest, printThreshold } from '../core/when/print.ts';
import { baseNumber } from '../core/when/threshold.ts';
import type { Comparison, Operand, Test } from '../core/when/tree.ts';

/** Two alerts that watch the same measure the same way: `alert` is the one that a person wrote. */
export interface Overlap {
  readonly alert: string;
  readonly other: string;
  /** What both watch: `p95(duration) >`. */
  readonly watched: string;
}

/** How an operand looks at its measure, whatever the window. */
const way = (operand: Operand): string =>
  operand.kind === 'measure' ? printMeasure(operand.measure) : `${operand.fn}(${printMeasure(operand.measure)})`;

const isEquality = ({ op }: Comparison): boolean => op === '==' || op === '!=';

/** What a test watches: the measure, the function and the direction; for equality also the value. */
function watchedBy(test: Test): string {
  if (test.kind !== 'compare') return printTest(test);
  const left = test.divisor === undefined ? way(test.left) : `${way(test.left)} / ${way(test.divisor)}`;
  const value = isEquality(test) || test.value.kind === 'word' ? ` ${printThreshold(test.value)}` : '';
  return `${left} ${isEquality(test) ? test.op : test.op.charAt(0)}${value}`;
}

interface Watch {
  readonly watched: string;
  /** Higher is stricter; undefined where there is no number. */
  readonly strictness: number | undefined;
}

function watch(test: Test): Watch {
  const watched = watchedBy(test);
  if (test.kind !== 'compare' || test.value.kind === 'word' || isEquality(test))
    return { watched, strictness: undefined };
  const bound = baseNumber(test.value);
  return { watched, strictness: test.op.startsWith('>') ? bound : -bound };
}

const watchesOf = ({ when }: AlertSpec): readonly Watch[] =>
  when.tests.map(watch).sort((a, b) => (a.watched < b.watched ? -1 : 1));

/** Whether the graver of two alerts asks for more, so that the milder one speaks first: 80 % P2 and 95 % P1. */
function areTiers(a: AlertSpec, b: AlertSpec): boolean {
  if (a.severity === b.severity) return false;
  const [graver, milder] = rankOf(a.severity) < rankOf(b.severity) ? [a, b] : [b, a];
  const mild = watchesOf(milder);
  const steps = watchesOf(graver).map(({ strictness }, index) => (strictness ?? 0) - (mild[index]?.strictness ?? 0));
  return steps.every((step) => step >= 0) && steps.some((step) => step > 0);
}

/** Alerts of a target's own that say nothing which another of its alerts does not say already; one other is named for each. */
export function overlapsOf(alerts: readonly AlertSpec[]): readonly Overlap[] {
  const byWatch = new Map<string, AlertSpec[]>();
  const overlaps: Overlap[] = [];
  for (const alert of alerts) {
    const watched = watchesOf(alert)
      .map((each) => each.watched)
      .join(' and ');
    const same = byWatch.get(watched) ?? [];
    byWatch.set(watched, [...same, alert]);
    if (alert.origin !== 'own') continue;
    const other = same.find((each) => !areTiers(alert, each));
    if (other !== undefined) overlaps.push({ alert: alert.name, other: other.name, watched });
  }
  return overlaps;
}
