import { formatDuration } from '../../core/duration.ts';
import { freeLabels } from '../../core/when/check-measure.ts';
import { FEWEST_RESULTS } from '../../core/when/check-operand.ts';
import type { Aggregate, Operand } from '../../core/when/tree.ts';
import { type Series, type Subject, seriesOf, turnsOf, windowOf } from './series.ts';

/** One side of a comparison in PromQL. Its series have these labels and no others: none of the scrape's. */
export interface Side {
  readonly expr: string;
  readonly labels: readonly string[];
  /** Those of the labels that tell its series apart: sides pair by them. */
  readonly free: readonly string[];
}

/** One side in PromQL, or undefined where /metrics has no series of it. */
export function sideOf(operand: Operand, subject: Subject): Side | undefined {
  const series = seriesOf(operand.measure, subject);
  if (series === undefined) return undefined;
  const { labels = [] } = series.measure;
  const free = freeLabels(operand.measure, series.measure);
  if (operand.kind === 'measure') return { expr: plain(labels, series.now), labels, free };
  if (operand.kind === 'aggregate') return { expr: plain(labels, aggregate(operand, series, subject)), labels, free };
  const by = operand.by.map(({ label }) => label);
  const expr = `${operand.fn}${byClause(by)}(${plain(labels, series.now)})`;
  return { expr, labels: by, free: free.filter((label) => by.includes(label)) };
}

const byClause = (labels: readonly string[]): string => (labels.length === 0 ? '' : ` by (${labels.join(', ')}) `);

/** The same series without the labels of the scrape; one that two scrape jobs have counts once. */
export const plain = (labels: readonly string[], expr: string): string => `max${byClause(labels)}(${expr})`;

type Window = Operand & { readonly kind: 'aggregate' };

function aggregate(window: Window, series: Series, subject: Subject): string {
  const { overMs } = window;
  const most = overMs / subject.target.intervalMs;
  const needed = Math.max(FEWEST_RESULTS, Math.ceil(most / 2));
  return `${FUNCTIONS[window.fn](window, series, subject)} and ${turnsOf(series, overMs, subject)} >= ${needed}`;
}

type Write = (window: Window, series: Series, subject: Subject) => string;

const call =
  (fn: string, before = ''): Write =>
  ({ overMs }, series, subject) =>
    `${fn}(${before}${windowOf(series, overMs, subject)})`;

/** The same function where a measure has a series of its own, and another of its complement where it has not. */
const either =
  (own: Write, complement: (over: string) => string): Write =>
  (window, series, subject) =>
    series.isComplement
      ? complement(`${series.selector}[${formatDuration(window.overMs)}]`)
      : own(window, series, subject);

/** A line through the complement is the complement of the line. */
function prediction({ overMs, inMs = 0 }: Window, { selector, isComplement }: Series): string {
  const line = `predict_linear(${selector}[${formatDuration(overMs)}], ${inMs / 1000})`;
  return isComplement ? `1 - ${line}` : line;
}

/** Counted rather than one less the mean, so that 6 of 60 is exactly 10 %. */
const failedShare = (over: string): string =>
  `(count_over_time(${over}) - sum_over_time(${over})) / count_over_time(${over})`;

const FUNCTIONS: Readonly<Record<Aggregate, Write>> = {
  avg: either(call('avg_over_time'), failedShare),
  sum: either(call('sum_over_time'), (over) => `count_over_time(${over}) - sum_over_time(${over})`),
  min: either(call('min_over_time'), (over) => `1 - max_over_time(${over})`),
  max: either(call('max_over_time'), (over) => `1 - min_over_time(${over})`),
  p50: call('quantile_over_time', '0.5, '),
  p90: call('quantile_over_time', '0.9, '),
  p95: call('quantile_over_time', '0.95, '),
  p99: call('quantile_over_time', '0.99, '),
  rate: call('rate'),
  increase: call('increase'),
  predict: prediction,
  deviation,
};

const DAYS = [1, 2, 3, 4, 5, 6, 7];

/** How far the mean is from the mean of the same clock hour (UTC) of the days before, as many of seven as are known. */
function deviation({ overMs }: Window, series: Series): string {
  const mean = (over: string): string =>
    series.isComplement ? `(${failedShare(`${series.selector}${over}`)})` : `avg_over_time(${series.selector}${over})`;
  // A subquery of whole hours has one step in any hour: the end of the clock hour in which a day ago was.
  const ofDay = (day: number): string =>
    `label_replace(last_over_time(${mean('[1h]')}[1h:1h] offset ${day * 24 - 1}h), "day", "${day}", "", "")`;
  const now = mean(`[${formatDuration(overMs)}]`);
  return `${now} / (avg without (day) (\n${DAYS.map(ofDay).join('\nor ')}\n) != 0) - 1`;
}
