import { formatDuration } from '../../core/duration.ts';
import type { MeasureSpec } from '../../core/measure.ts';
import { metricOf } from '../../core/metric-name.ts';
import type { Target } from '../../core/target.ts';
import type { MeasureRef } from '../../core/when/tree.ts';

/** A target as Prometheus sees it. */
export interface Subject {
  readonly target: Pick<Target, 'name' | 'type' | 'intervalMs'>;
  /** Every measure that it may have, by name. */
  readonly measures: ReadonlyMap<string, MeasureSpec>;
  /** Whether its measures stand under their exporter's names. */
  readonly exporterNames: boolean;
}

/** A measure in PromQL. */
export interface Series {
  /** A selector, or, of `failed`, one less a selector. */
  readonly now: string;
  /** The selector: of `failed` that of `up`. */
  readonly selector: string;
  /** Whether the values are one less those of the selector. */
  readonly isComplement: boolean;
  /** What is selected. */
  readonly measure: MeasureSpec;
}

/** A text in PromQL: `"it's"`. */
export const quoted = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}"`;

/** The series of a measure, or undefined where /metrics has none. */
export function seriesOf({ name, matchers }: MeasureRef, subject: Subject): Series | undefined {
  const { target, measures, exporterNames } = subject;
  const isComplement = name === 'failed';
  const measure = measures.get(isComplement ? 'up' : name);
  const metric = measure === undefined ? undefined : metricOf(target.type, measure, exporterNames);
  if (measure === undefined || metric === undefined) return undefined;
  const wanted = [
    `target=${quoted(target.name)}`,
    ...Object.entries(metric.labels).map(([label, value]) => `${label}=${quoted(value)}`),
    ...matchers.map(({ label, op, value }) => `${label}${op}${quoted(value)}`),
  ];
  const selector = `${metric.name}{${wanted.join(',')}}`;
  return { now: isComplement ? `1 - ${selector}` : selector, selector, isComplement, measure };
}

/** Whether a target is up in the daemon's own judgement: 1 or 0, absent while nobody knows. */
export const verdictOf = ({ target }: Subject): string => `max(outrider_target_up{target=${quoted(target.name)}})`;

/** The values of a window, for a function of PromQL. */
export function windowOf({ now, selector, isComplement }: Series, overMs: number, { target }: Subject): string {
  const over = formatDuration(overMs);
  return isComplement ? `(${now})[${over}:${formatDuration(target.intervalMs)}]` : `${selector}[${over}]`;
}

/** How many of the target's turns in a window have a value, however often Prometheus scrapes. */
export const turnsOf = ({ selector }: Series, overMs: number, { target }: Subject): string =>
  `count_over_time(${selector}[${formatDuration(overMs)}:${formatDuration(target.intervalMs)}])`;
