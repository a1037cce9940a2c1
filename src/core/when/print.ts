import { formatDuration } from '../duration.ts';
import type { Matcher, MeasureRef, Operand, Test, Threshold, When } from './tree.ts';

const quoted = (value: string): string => `"${value.replace(/[\\"]/g, '\\$&')}"`;

const printMatcher = ({ label, op, value }: Matcher): string => `${label}${op}${quoted(value)}`;

/** `lag{group="workers"}`. */
export const printMeasure = ({ name, matchers }: MeasureRef): string =>
  matchers.length === 0 ? name : `${name}{${matchers.map(printMatcher).join(',')}}`;

/** `p95(duration) over 5m`, `sum(lag) by (group)`. */
export function printOperand(operand: Operand): string {
  const measure = printMeasure(operand.measure);
  if (operand.kind === 'measure') return measure;
  const call = `${operand.fn}(${measure})`;
  if (operand.kind === 'across')
    return operand.by.length === 0 ? call : `${call} by (${operand.by.map(({ label }) => label).join(', ')})`;
  const ahead = operand.inMs === undefined ? '' : ` in ${formatDuration(operand.inMs)}`;
  return `${call} over ${formatDuration(operand.overMs)}${ahead}`;
}

/** `800ms`, `10/s`, `WARN`. */
export function printThreshold(value: Threshold): string {
  if (value.kind === 'word') return value.word;
  const per = value.per === undefined ? '' : `/${value.per}`;
  return `${value.number}${value.unit ?? ''}${per}`;
}

/** One test of a condition. */
export function printTest(test: Test): string {
  if (test.kind === 'absent') return `absent(${printMeasure(test.measure)})`;
  if (test.kind !== 'compare') return test.kind;
  const divisor = test.divisor === undefined ? '' : ` / ${printOperand(test.divisor)}`;
  return `${printOperand(test.left)}${divisor} ${test.op} ${printThreshold(test.value)}`;
}

/** The canonical writing of a condition: parsed again it is the same tree, but for positions. */
export const printWhen = (when: When): string => when.tests.map(printTest).join(' and ');
