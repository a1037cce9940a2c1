import type { MeasureSpec } from '../core/measure.ts';
import { type Bound, boundOf } from '../core/when/threshold.ts';
import type { Comparator, Comparison } from '../core/when/tree.ts';
import type { Evidence, Reading } from './evidence.ts';
import { compileMatchers } from './matcher.ts';
import { compileSide, type Instance, latestOf, type Side, type WindowSeen } from './operand.ts';
import { finder } from './pairing.ts';

/** One test of a condition, made ready to be asked. */
export interface CompiledTest {
  /** The labels that tell its instances apart. */
  readonly names: readonly string[];
  readings(evidence: Evidence): readonly Reading[];
  /** Where it looks back: how full its window is. */
  window?(evidence: Evidence): WindowSeen;
}

type Measures = ReadonlyMap<string, MeasureSpec>;

const HOLDS: Readonly<Record<Comparator, (value: number, threshold: number) => boolean>> = {
  '>': (value, threshold) => value > threshold,
  '>=': (value, threshold) => value >= threshold,
  '<': (value, threshold) => value < threshold,
  '<=': (value, threshold) => value <= threshold,
  '==': (value, threshold) => value === threshold,
  '!=': (value, threshold) => value !== threshold,
};

/** Makes a comparison ready. */
export function compileComparison({ left, divisor, op, value }: Comparison, measures: Measures): CompiledTest {
  const measure = measures.get(left.measure.name);
  const side = compileSide(left, measure);
  const quotient =
    divisor === undefined ? side : quotientOf(side, compileSide(divisor, measures.get(divisor.measure.name)));
  const bound: Bound =
    measure === undefined && value.kind === 'word'
      ? { kind: 'measure', name: value.word }
      : boundOf(value, measure ?? UNKNOWN);
  const holds = HOLDS[op];
  const readings =
    bound.kind === 'fixed'
      ? byNumber(quotient, holds, bound.value)
      : byMeasure(quotient, holds, measures.get(bound.name), bound.name);
  const { names, window } = quotient;
  return window === undefined ? { names, readings } : { names, readings, window };
}

/** Stands for a measure that nobody declared. */
const UNKNOWN: MeasureSpec = { name: '', unit: 'count', kind: 'gauge', help: '' };

type Holds = (value: number, threshold: number) => boolean;
type Readings = (evidence: Evidence) => readonly Reading[];

const byNumber =
  (side: Side, holds: Holds, threshold: number): Readings =>
  (evidence) =>
    side.instances(evidence).map(({ labels, value }) => ({ labels, holds: holds(value, threshold), value, threshold }));

/** The threshold is what another measure is now: an instance for which it has no value is not compared. */
function byMeasure(side: Side, holds: Holds, other: MeasureSpec | undefined, name: string): Readings {
  const all = compileMatchers([]);
  const names = other?.labels ?? [];
  return (evidence) => {
    const thresholdOf = finder(latestOf(evidence, name, all), names);
    return side.instances(evidence).flatMap(({ labels, value }): readonly Reading[] => {
      const threshold = thresholdOf(labels)?.value;
      return threshold === undefined ? [] : [{ labels, holds: holds(value, threshold), value, threshold }];
    });
  };
}

/** Nothing by 0 has no value: neither endlessly much nor nothing would be what people mean. */
function quotientOf(left: Side, right: Side): Side {
  const instances = (evidence: Evidence): readonly Instance[] => {
    const divisorOf = finder(right.instances(evidence), right.names);
    return left.instances(evidence).flatMap(({ labels, value }) => {
      const divisor = divisorOf(labels)?.value;
      const quotient = divisor === undefined || divisor === 0 ? Number.NaN : value / divisor;
      return Number.isNaN(quotient) ? [] : [{ labels, value: quotient }];
    });
  };
  const windows = [left.window, right.window].filter((window) => window !== undefined);
  if (windows.length === 0) return { names: left.names, instances };
  return { names: left.names, instances, window: (evidence) => emptiest(windows.map((window) => window(evidence))) };
}

const fill = ({ results, needed }: WindowSeen): number => results / needed;

const emptiest = (windows: readonly WindowSeen[]): WindowSeen =>
  windows.reduce((least, window) => (fill(window) < fill(least) ? window : least));
