import { type Labels, NO_LABELS } from './labels.ts';
import type { MeasureSpec, MetricKind, Unit } from './measure.ts';

/** The metric that a measure is exposed as. */
export interface Metric {
  readonly name: string;
  readonly kind: MetricKind;
  readonly help: string;
  /** Labels that every sample of the measure has beside its own: `phase="connect"`. */
  readonly labels: Labels;
}

const SUFFIX: Readonly<Record<Unit, string>> = {
  count: '',
  words: '',
  ratio: '_ratio',
  seconds: '_seconds',
  bytes: '_bytes',
};

/** What only a counter, a histogram or a summary may be called: a gauge of that name is `untyped`. */
const RESERVED = /_(total|count|sum|bucket)$/;

/** `outrider_postgres_longest_query_seconds`: our own name of a measure, in base units. */
function ownName(type: string, measure: MeasureSpec): string {
  const suffix = SUFFIX[measure.unit];
  const name = `outrider_${type}_${measure.name}`;
  const withUnit = name.endsWith(suffix) ? name : name + suffix;
  return measure.kind === 'counter' && !withUnit.endsWith('_total') ? `${withUnit}_total` : withUnit;
}

/** The metric of a type's measure, or undefined where nothing exposes it; `exporterNames`: whether the type also speaks its exporter's names. */
export function metricOf(type: string, measure: MeasureSpec, exporterNames: boolean): Metric | undefined {
  const { metric, help } = measure;
  if (metric === 'none') return undefined;
  if (metric === undefined || !exporterNames) {
    const name = ownName(type, measure);
    const kind = measure.kind === 'gauge' && RESERVED.test(name) ? 'untyped' : measure.kind;
    return { name, kind, help, labels: NO_LABELS };
  }
  const { name, kind = measure.kind, labels = NO_LABELS } = metric;
  return { name, kind, help: metric.help ?? help, labels };
}
