import { formatDuration } from '../../core/duration.ts';
import type { MeasureSpec } from '../../core/measure.ts';
import { metricOf } from '../../core/metric-name.ts';
import { printMeasure } from '../../core/when/print.ts';
import { type Quantity, quantityOf } from '../../core/when/quantity.ts';
import type { Aggregate, MeasureRef, Operand } from '../../core/when/tree.ts';
import { quoted } from '../rules/series.ts';
import type { Subject } from './subject.ts';

/** The variable of every dashboard that chooses targets. */
export const CHOSEN = 'target=~"$target"';

/** A curve: its expression, and how its series are called. */
export interface Curve {
  readonly expr: string;
  readonly legend: string;
}

/** The measure of a subject by its name. */
export const measureOf = ({ measures }: Subject, name: string): MeasureSpec | undefined =>
  measures.find((measure) => measure.name === name);

/** A measure alone, as an operand. */
export const bare = (name: string): Operand => ({ kind: 'measure', measure: { name, matchers: [], at: 0 } });

/** A measure of words or nothing known is no quantity. */
export function quantityIn(subject: Subject, operand: Operand): Quantity | undefined {
  const unit = measureOf(subject, operand.measure.name)?.unit;
  return unit === undefined || unit === 'words' ? undefined : quantityOf(unit, operand);
}

/** The series of a measure for the chosen targets; undefined where /metrics has none. `failed` is one less `up`. */
function selectorOf({ name, matchers }: MeasureRef, subject: Subject): string | undefined {
  const measure = measureOf(subject, name === 'failed' ? 'up' : name);
  const metric = measure === undefined ? undefined : metricOf(subject.type, measure, subject.exporterNames);
  if (metric === undefined) return undefined;
  const wanted = [
    CHOSEN,
    ...Object.entries(metric.labels).map(([label, value]) => `${label}=${quoted(value)}`),
    ...matchers.map(({ label, op, value }) => `${label}${op}${quoted(value)}`),
  ];
  return `${metric.name}{${wanted.join(',')}}`;
}

/** An operand drawn for each chosen target; what two scrape jobs both have counts once. */
export function curveOf(operand: Operand, subject: Subject): Curve | undefined {
  const selector = selectorOf(operand.measure, subject);
  const measure = measureOf(subject, operand.measure.name);
  if (selector === undefined || measure === undefined) return undefined;
  const { labels = [] } = measure;
  const expr = written(operand, selector, labels);
  if (expr === undefined) return undefined;
  const free = operand.kind === 'across' ? operand.by.map(({ label }) => label) : labels;
  return { expr, legend: [legendOf(operand), ...['target', ...free].map((label) => `{{${label}}}`)].join(' ').trim() };
}

/** `p95 over 15m`, or nothing for a measure as it is. */
function legendOf(operand: Operand): string {
  const of = operand.measure.matchers.length === 0 ? '' : ` of ${printMeasure(operand.measure)}`;
  if (operand.kind === 'measure') return of.trim();
  if (operand.kind === 'across') return `${operand.fn}${of}`;
  const ahead = operand.inMs === undefined ? '' : ` in ${formatDuration(operand.inMs)}`;
  return `${operand.fn} over ${formatDuration(operand.overMs)}${ahead}${of}`;
}

function written(operand: Operand, selector: string, labels: readonly string[]): string | undefined {
  const each = `max by (${['target', ...labels].join(', ')})`;
  const isComplement = operand.measure.name === 'failed';
  const now = `${isComplement ? '1 - ' : ''}${each} (${selector})`;
  if (operand.kind === 'measure') return now;
  if (operand.kind === 'across') {
    const by = ['target', ...operand.by.map(({ label }) => label)].join(', ');
    return `${operand.fn} by (${by}) (${now})`;
  }
  const over = `${selector}[${formatDuration(operand.overMs)}]`;
  const write = isComplement ? COMPLEMENTS[operand.fn] : FUNCTIONS[operand.fn];
  return write === undefined ? undefined : `${each} (${write(over, (operand.inMs ?? 0) / 1000)})`;
}

type Write = (over: string, aheadSeconds: number) => string;

const call =
  (fn: string, before = ''): Write =>
  (over) =>
    `${fn}(${before}${over})`;

/** Of a share of days before there is no curve worth looking at. */
const FUNCTIONS: Readonly<Partial<Record<Aggregate, Write>>> = {
  avg: call('avg_over_time'),
  min: call('min_over_time'),
  max: call('max_over_time'),
  sum: call('sum_over_time'),
  p50: call('quantile_over_time', '0.5, '),
  p90: call('quantile_over_time', '0.9, '),
  p95: call('quantile_over_time', '0.95, '),
  p99: call('quantile_over_time', '0.99, '),
  rate: call('rate'),
  increase: call('increase'),
  predict: (over, seconds) => `predict_linear(${over}, ${seconds})`,
};

const COMPLEMENTS: Readonly<Partial<Record<Aggregate, Write>>> = {
  avg: (over) => `1 - avg_over_time(${over})`,
  max: (over) => `1 - min_over_time(${over})`,
  min: (over) => `1 - max_over_time(${over})`,
  sum: (over) => `count_over_time(${over}) - sum_over_time(${over})`,
};
