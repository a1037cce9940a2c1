import type { MeasureSpec } from '../measure.ts';
import type { NumberThreshold, Threshold, ThresholdUnit } from './tree.ts';

/** What a number in each unit is multiplied with, or divided by, to be in base units: dividing keeps 0.1% and 800ms exact. */
const FACTOR: Readonly<Record<ThresholdUnit, number>> = {
  '%': 1,
  ms: 1,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};
const DIVISOR: Readonly<Partial<Record<ThresholdUnit, number>>> = { '%': 100, ms: 1000 };
const PER_SECONDS = { s: 1, m: 60 } as const;

/** A written number in base units: ratio 0 to 1, seconds, bytes, count, or any of these per second. */
export function baseNumber({ number, unit, per }: NumberThreshold): number {
  const inBase = unit === undefined ? number : (number * FACTOR[unit]) / (DIVISOR[unit] ?? 1);
  return per === undefined ? inBase : inBase / PER_SECONDS[per];
}

/** What a comparison is with: a number in the left side's base units, or the present value of another measure. */
export type Bound =
  | { readonly kind: 'fixed'; readonly value: number }
  | { readonly kind: 'measure'; readonly name: string };

/** The bound of a checked comparison whose left side measures `measure`; words are valued by their index. */
export function boundOf(value: Threshold, measure: MeasureSpec): Bound {
  if (value.kind === 'number') return { kind: 'fixed', value: baseNumber(value) };
  if (measure.unit !== 'words') return { kind: 'measure', name: value.word };
  return { kind: 'fixed', value: measure.words?.indexOf(value.word) ?? -1 };
}
