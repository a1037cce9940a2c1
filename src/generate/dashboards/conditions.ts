import { printThreshold, printWhen } from '../../core/when/print.ts';
import { boundOf } from '../../core/when/threshold.ts';
import type { Comparison, When } from '../../core/when/tree.ts';
import { sideOf } from '../rules/operand.ts';
import { type Panel, SEVERITY_COLOR, type Section } from './panel.ts';
import { measureOf } from './query.ts';
import type { Subject, Watch } from './subject.ts';

/** Conditions that no panel of a measure can show: a quotient, a deviation, a measure that is compared with another. */
export function conditionsSection(subject: Subject): readonly Section[] {
  const panels = subject.watches.flatMap((watch) =>
    hidden(watch.when, subject).flatMap((test) => panelOf(watch, test, subject) ?? []),
  );
  return panels.length === 0 ? [] : [{ title: 'Conditions of alerts', panels }];
}

const hidden = ({ tests }: When, subject: Subject): readonly Comparison[] =>
  tests.filter(
    (test): test is Comparison =>
      test.kind === 'compare' &&
      (test.divisor !== undefined ||
        (test.left.kind === 'aggregate' && test.left.fn === 'deviation') ||
        isOther(test, subject)),
  );

/** Whether the right side is another measure: of words it is a state. */
const isOther = ({ value, left }: Comparison, subject: Subject): boolean =>
  value.kind === 'word' && measureOf(subject, left.measure.name)?.unit !== 'words';

function panelOf(watch: Watch, test: Comparison, subject: Subject): Panel | undefined {
  const { target, name, severity, when } = watch;
  const measure = measureOf(subject, test.left.measure.name);
  if (target === undefined || measure === undefined) return undefined;
  const { intervalMs = 15_000 } = watch;
  const measures = new Map(subject.measures.map((each) => [each.name, each]));
  const side = {
    target: { name: target, type: subject.type, intervalMs },
    measures,
    exporterNames: subject.exporterNames,
  };
  const left = sideOf(test.left, side);
  const by = test.divisor === undefined ? undefined : sideOf(test.divisor, side);
  if (left === undefined || (test.divisor !== undefined && by === undefined)) return undefined;
  const quotient = by === undefined ? '' : ` / on (${by.free.join(', ')}) group_left () (${by.expr} != 0)`;
  const bound = boundOf(test.value, measure);
  const other =
    bound.kind === 'fixed'
      ? undefined
      : sideOf({ kind: 'measure', measure: { name: bound.name, matchers: [], at: 0 } }, side);
  const labels = left.free.map((label) => ` {{${label}}}`).join('');
  const line = bound.kind === 'fixed' ? `vector(${bound.value})` : other?.expr;
  return {
    kind: 'timeseries',
    title: `${name} of ${target}`,
    description: `What ${name} (${severity}) compares: ${printWhen(when)}. The dashed line is its threshold.`,
    queries: [
      { expr: `${left.expr}${quotient}`, legend: `${target}${labels}` },
      ...(line === undefined
        ? []
        : [{ expr: line, legend: printThreshold(test.value), color: SEVERITY_COLOR[severity], isLine: true }]),
    ],
    unit: test.value.kind === 'number' && test.value.unit === '%' ? 'percentunit' : 'short',
    width: 12,
    height: 8,
    steps: [{ from: undefined, color: 'transparent' }],
  };
}
