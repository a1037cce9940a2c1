import { boundOf } from '../../core/when/threshold.ts';
import type { Comparison, MeasureRef, Test, When } from '../../core/when/tree.ts';
import { plain, type Side, sideOf } from './operand.ts';
import { type Subject, seriesOf, verdictOf } from './series.ts';

/** A condition in PromQL: a series for each instance for which it holds. */
export interface Formula {
  readonly expr: string;
  /** The labels that its series have, all of the measure's. */
  readonly labels: readonly string[];
}

/** A condition in PromQL, or undefined where no series of /metrics tell it. */
export function formulaOf(when: When, subject: Subject): Formula | undefined {
  const tests: (Side & { readonly isComparison: boolean })[] = [];
  for (const test of when.tests) {
    const side = testOf(test, subject);
    if (side === undefined) return undefined;
    tests.push({ ...side, isComparison: test.kind === 'compare' });
  }
  const [first] = tests;
  if (first === undefined) return undefined;
  // An alert has the labels of the test with the most instances, and the value of the first comparison.
  const finest = tests.reduce((most, each) => (each.free.length > most.free.length ? each : most));
  const valued = tests.find(({ isComparison }) => isComparison) ?? finest;
  const isBoth = finest === valued || (isSame(finest.labels, valued.labels) && isSame(finest.free, valued.free));
  const head = isBoth ? valued.expr : withValue(finest, valued);
  const rest = tests.filter((test) => test !== valued && (isBoth || test !== finest));
  const expr = [head, ...rest.map((test) => `${on('and', test.free)} ${test.expr}`)].join('\n');
  return { expr, labels: finest.labels };
}

const isSame = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();

/** The series of one test with the values of another that has fewer. */
const withValue = (finest: Side, valued: Side): string =>
  `0 * (${finest.expr})\n${pairing('+', valued.free)} (${valued.expr})`;

const on = (operator: string, labels: readonly string[]): string => `${operator} on (${labels.join(', ')})`;

/** Several on the left may have one partner on the right; their labels stay. */
const pairing = (operator: string, labels: readonly string[]): string => `${on(operator, labels)} group_left ()`;

/** A test as one that filters; what only the daemon knows has none. */
function testOf(test: Test, subject: Subject): Side | undefined {
  if (test.kind === 'compare') return comparison(test, subject);
  if (test.kind === 'down') return { expr: `${verdictOf(subject)} == 0`, labels: [], free: [] };
  return test.kind === 'absent' ? absence(test.measure, subject) : undefined;
}

/** A measure without a value, with the labels that were asked for. A probe that failed measures nothing: that is no news of the measure. */
function absence(measure: MeasureRef, subject: Subject): Side | undefined {
  const series = seriesOf(measure, subject);
  const up = seriesOf({ name: 'up', matchers: [], at: measure.at }, subject);
  if (series === undefined || up === undefined) return undefined;
  const labels = measure.matchers.flatMap(({ op, label, value }) => (op === '=' && value !== '' ? [label] : []));
  const answers = `${on('and', [])} max(${up.selector}) == 1 ${on('and', [])} ${verdictOf(subject)} == 1`;
  return { expr: `${plain(labels, `absent(${series.selector})`)} ${answers}`, labels, free: [] };
}

function comparison({ left: operand, divisor: by, op, value }: Comparison, subject: Subject): Side | undefined {
  const left = sideOf(operand, subject);
  const divisor = by === undefined ? undefined : sideOf(by, subject);
  const measure = subject.measures.get(operand.measure.name);
  if (left === undefined || measure === undefined || (by !== undefined && divisor === undefined)) return undefined;
  // Nothing by 0 has no value.
  const divided = divisor === undefined ? '' : ` ${pairing('/', divisor.free)} (${divisor.expr} != 0)`;
  const compared = left.expr + divided;
  const bound = boundOf(value, measure);
  if (bound.kind === 'fixed') return { ...left, expr: `${compared} ${op} ${bound.value}` };
  const other = sideOf({ kind: 'measure', measure: { name: bound.name, matchers: [], at: value.at } }, subject);
  return other === undefined ? undefined : { ...left, expr: `${compared} ${pairing(op, other.free)} ${other.expr}` };
}
