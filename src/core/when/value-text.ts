import type { AlertSpec } from '../alert.ts';
import type { MeasureSpec } from '../measure.ts';
import { dividedBy, type Quantity, quantityOf } from './quantity.ts';
import { type Comparison, type NumberThreshold, SIZE_UNITS, type Threshold } from './tree.ts';

/** The value of a reading for people, in the way in which its threshold is written: `92.4%`, `1.2s`, `1.5GiB`, `6/m`, `WARN`. */
export function valueText({ when, measures }: Pick<AlertSpec, 'when' | 'measures'>, value: number): string {
  const comparison = when.tests.find((test) => test.kind === 'compare');
  const measure = measures.find(({ name }) => name === comparison?.left.measure.name);
  if (comparison === undefined || measure === undefined) return countText(value);
  if (measure.unit === 'words') return measure.words?.[value] ?? countText(value);
  return quantityText(value, quantityIn(comparison, measure.unit, measures), asWritten(comparison.value));
}

function quantityIn(
  { left, divisor }: Comparison,
  unit: Exclude<MeasureSpec['unit'], 'words'>,
  measures: readonly MeasureSpec[],
): Quantity {
  const whole = quantityOf(unit, left);
  if (divisor === undefined) return whole;
  const by = measures.find(({ name }) => name === divisor.measure.name);
  const right = by === undefined || by.unit === 'words' ? undefined : quantityOf(by.unit, divisor);
  return (right === undefined ? undefined : dividedBy(whole, right)) ?? { base: 'quotient', perSecond: false };
}

const asWritten = (value: Threshold): Partial<NumberThreshold> => (value.kind === 'number' ? value : {});

/** A number in base units, as people write such a quantity. */
function quantityText(value: number, { base, perSecond }: Quantity, { unit, per }: Partial<NumberThreshold>): string {
  if (!Number.isFinite(value)) return String(value);
  if (perSecond) return per === 'm' ? `${plainText(value * 60, base, unit)}/m` : `${plainText(value, base, unit)}/s`;
  return plainText(value, base, unit);
}

function plainText(value: number, base: Quantity['base'], unit: NumberThreshold['unit']): string {
  if (base === 'seconds') return timeText(value);
  if (base === 'bytes') return sizeText(value, unit);
  if (base === 'ratio' || unit === '%') return `${countText(value * 100)}%`;
  return countText(value);
}

const countText = (value: number): string => {
  if (!Number.isFinite(value)) return String(value);
  return rounded(value, 1).replace(/^(-?)(\d{4,})/, (_, sign: string, digits: string) => sign + grouped(digits));
};

/** `1234567` is `1,234,567`. */
const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');

/** So many places after the point at most; what is less than 1 keeps two digits that say something. */
function rounded(value: number, places: number): string {
  if (Math.abs(value) >= 1e15) return value.toPrecision(3);
  const small = Math.abs(value) < 1 ? Number(value.toPrecision(2)) : Number(value.toFixed(places));
  if (small === 0) return '0';
  return Math.abs(small) < 1e-6 ? small.toExponential() : String(small);
}

const SPANS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
] as const;

/** `340ms`, `1.2s`, `5m12s`, `13d4h`: the two largest parts. */
function timeText(seconds: number): string {
  const sign = seconds < 0 ? '-' : '';
  const size = Math.abs(seconds);
  if (size === 0) return '0s';
  if (size < 0.9995) return `${sign}${rounded(size * 1000, size < 0.01 ? 1 : 0)}ms`;
  if (size < 59.95) return `${sign}${rounded(size, 1)}s`;
  return sign + longText(size);
}

function longText(seconds: number): string {
  for (const [index, [unit, length]] of SPANS.entries()) {
    const [nextUnit = '', nextLength = 1] = SPANS[index + 1] ?? [];
    const rest = Math.round(seconds / nextLength);
    const perUnit = length / nextLength;
    const count = Math.floor(rest / perUnit);
    if (count === 0) continue;
    const left = rest % perUnit;
    return `${count}${unit}${left === 0 ? '' : `${left}${nextUnit}`}`;
  }
  return '0s';
}

const DECIMAL: readonly string[] = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
const BINARY: readonly string[] = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** `1.5GiB`, or `1.6GB` where the threshold is written in units of 1000. */
function sizeText(bytes: number, unit: NumberThreshold['unit']): string {
  const isDecimal =
    unit !== undefined && unit !== 'B' && SIZE_UNITS.some((each) => each === unit) && !BINARY.includes(unit);
  const [units, step] = isDecimal ? [DECIMAL, 1000] : [BINARY, 1024];
  let index = 0;
  let size = bytes;
  while (Math.abs(size) >= step - 0.05 && index < units.length - 1) {
    size /= step;
    index++;
  }
  return `${rounded(size, index === 0 ? 0 : 1)}${units[index] ?? ''}`;
}
