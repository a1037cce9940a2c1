import { formatDuration } from '../../core/duration.ts';
import { rankOf, type Severity } from '../../core/severity.ts';
import { printOperand, printThreshold, printWhen } from '../../core/when/print.ts';
import type { Quantity } from '../../core/when/quantity.ts';
import { boundOf } from '../../core/when/threshold.ts';
import type { Comparator, Comparison, Operand } from '../../core/when/tree.ts';
import { measureOf, quantityIn } from './query.ts';
import type { Subject, Watch } from './subject.ts';

/** A threshold of one or several alerts on a measure, as a line. */
export interface Line {
  readonly alert: string;
  readonly severity: Severity;
  readonly op: Comparator;
  /** In base units. */
  readonly value: number;
  /** What is compared with it. */
  readonly operand: Operand;
  /** The targets that have it, or undefined where all do. */
  readonly targets: readonly string[] | undefined;
}

interface Found {
  readonly watch: Watch;
  readonly test: Comparison;
  readonly value: number;
}

const isSame = (a: Quantity | undefined, b: Quantity): boolean => a?.base === b.base && a.perSecond === b.perSecond;

/** The thresholds that alerts set for a measure where it is drawn as this quantity. A line is crossed, so `==` has none. */
export function linesOf(subject: Subject, name: string, quantity: Quantity): readonly Line[] {
  const measure = measureOf(subject, name);
  if (measure === undefined) return [];
  const found = subject.watches.flatMap((watch): readonly Found[] =>
    watch.when.tests.flatMap((test) => {
      if (test.kind !== 'compare' || test.divisor !== undefined || test.left.measure.name !== name) return [];
      if (test.op === '==' || test.op === '!=' || isDeviation(test.left)) return [];
      const bound = boundOf(test.value, measure);
      return bound.kind === 'fixed' && isSame(quantityIn(subject, test.left), quantity)
        ? [{ watch, test, value: bound.value }]
        : [];
    }),
  );
  const alike = Map.groupBy(found, ({ watch, test, value }) =>
    [watch.name, printOperand(test.left), test.op, value].join('\n'),
  );
  return [...alike.values()].flatMap((all) => joined(all, subject));
}

const isDeviation = (operand: Operand): boolean => operand.kind === 'aggregate' && operand.fn === 'deviation';

function joined(all: readonly Found[], { targets, own }: Subject): readonly Line[] {
  const [first] = all;
  if (first === undefined) return [];
  const measuring = own.get(first.test.left.measure.name) ?? targets;
  const severities = all.map(({ watch }) => watch.severity).sort((a, b) => rankOf(a) - rankOf(b));
  const having = [...new Set(all.flatMap(({ watch }) => watch.target ?? []))];
  const isForAll = measuring === undefined || measuring.every((target) => having.includes(target));
  const { watch, test, value } = first;
  return [
    {
      alert: watch.name,
      severity: severities[0] ?? watch.severity,
      op: test.op,
      value,
      operand: test.left,
      targets: isForAll ? undefined : having,
    },
  ];
}

/** `HttpSlow (P3): p95(duration) over 15m > 1s for 5m`, once for all targets that say the same. */
export function said(subject: Subject, measure: string): readonly string[] {
  const watching = subject.watches.filter(({ when }) =>
    when.tests.some((test) => test.kind === 'compare' && test.left.measure.name === measure),
  );
  return [...new Set(watching.map(sentence))];
}

/** One alert in one line. */
export function sentence({ name, severity, when, forMs }: Watch): string {
  const wait = forMs === 0 ? '' : ` for ${formatDuration(forMs)}`;
  return `${name} (${severity}): ${printWhen(when)}${wait}`;
}

/** `HttpSlow > 1s`, for a legend. */
export const lineName = ({ alert, op, value }: Line, written: string | undefined): string =>
  `${alert} ${op} ${written ?? value}`;

/** A threshold as its alert writes it. */
export const writtenIn = (subject: Subject, { alert, operand, value }: Line): string | undefined => {
  const measure = measureOf(subject, operand.measure.name);
  for (const { name, when } of subject.watches) {
    for (const test of name === alert && measure !== undefined ? when.tests : []) {
      if (test.kind !== 'compare' || measure === undefined) continue;
      const bound = boundOf(test.value, measure);
      if (bound.kind === 'fixed' && bound.value === value) return printThreshold(test.value);
    }
  }
  return undefined;
};
