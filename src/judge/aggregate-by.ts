import type { Labels } from '../core/labels.ts';
import type { Operand } from '../core/when/tree.ts';
import {
  greatestOf,
  increaseOf,
  leastOf,
  meanOf,
  predictionOf,
  rateOf,
  type Samples,
  type Span,
  sumOf,
} from './aggregate.ts';
import type { Evidence } from './evidence.ts';
import { quantileOf } from './quantile.ts';

type AggregateOperand = Extract<Operand, { readonly kind: 'aggregate' }>;

/** The value of an aggregate over the samples of its window; NaN where it has none. */
export type Aggregated = (samples: Samples, labels: Labels, evidence: Evidence) => number;

/** What an aggregate does with its samples. */
export function aggregateBy({ fn, measure, overMs, inMs }: AggregateOperand): Aggregated {
  const span = ({ atMs }: Evidence): Span => ({ startMs: atMs - overMs, endMs: atMs });
  switch (fn) {
    case 'avg':
      return meanOf;
    case 'sum':
      return sumOf;
    case 'min':
      return leastOf;
    case 'max':
      return greatestOf;
    case 'p50':
      return (samples) => quantileOf(samples, 0.5);
    case 'p90':
      return (samples) => quantileOf(samples, 0.9);
    case 'p95':
      return (samples) => quantileOf(samples, 0.95);
    case 'p99':
      return (samples) => quantileOf(samples, 0.99);
    case 'rate':
      return (samples, _, evidence) => rateOf(samples, span(evidence));
    case 'increase':
      return (samples, _, evidence) => increaseOf(samples, span(evidence));
    case 'predict':
      return (samples, _, evidence) => predictionOf(samples, span(evidence), inMs ?? 0);
    case 'deviation':
      return (samples, labels, evidence) => deviationOf(samples, evidence.usual(measure.name, labels));
  }
}

/** How far the mean is from what it usually is, with its sign: slower is more than 0. Nothing can be said without a usual value. */
function deviationOf(samples: Samples, usual: number | undefined): number {
  return usual === undefined || usual === 0 ? Number.NaN : meanOf(samples) / usual - 1;
}
