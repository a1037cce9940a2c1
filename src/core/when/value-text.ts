import type { AlertSpec } from '../alert.ts';
import type { MeasureSpec } from '../measure.ts';
import { dividedBy, type Quantity, quantityOf } from './quantity.ts';
import type { Comparison, Operand } from './tree.ts';

/** A number with as many digits as people read: 3 significant ones below 1000. */
function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 1000 || Number.isInteger(value)) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
}

function sizeText(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB'] as const;
  let size = value;
  let unit = 0;
  while (Math.abs(size) >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${digits(size)}${units[unit] ?? 'B'}`;
}

const STEPS = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
] as const;

/** `340ms`, `1.2s`, `5m12s`, `3d4h`. */
function timeText(seconds: number): string {
  if (seconds < 0) return `-${timeText(-seconds)}`;
  if (seconds < 1) return `${digits(seconds * 1000)}ms`;
  if (seconds < 60) return `${digits(seconds)}s`;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, size] of STEPS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  if (rest > 0) parts.push(`${rest}s`);
  return parts.slice(0, 2).join('');
}

const TEXTS: Readonly<Record<Quantity['base'], (value: number) => string>> = {
  count: digits,
  quotient: digits,
  ratio: (value) => `${digits(value * 100)}%`,
  seconds: timeText,
  bytes: sizeText,
};

/** A value in base units as people write it: `92%`, `340ms`, `1.5GiB`, `12/s`. */
export const quantityText = (value: number, { base, perSecond }: Quantity): string =>
  `${TEXTS[base](value)}${perSecond ? '/s' : ''}`;

/** What an alert's first comparison yields, as people write it; a state by its word. */
export function valueText({ when, measures }: Pick<AlertSpec, 'when' | 'measures'>, value: number): string {
  const test = when.tests.find(({ kind }) => kind === 'compare') as Comparison | undefined;
  const measure = measures.find(({ name }) => name === test?.left.measure.name);
  if (test === undefined || measure === undefined) return digits(value);
  if (measure.unit === 'words') return measure.words?.[value] ?? digits(value);
  return quantityText(value, quantityIn(test, test.left, measure, measures));
}

function quantityIn(
  test: Comparison,
  left: Operand,
  { unit }: MeasureSpec,
  measures: readonly MeasureSpec[],
): Quantity {
  const quantity = quantityOf(unit === 'words' ? 'count' : unit, left);
  const by = measures.find(({ name }) => name === test.divisor?.measure.name);
  if (test.divisor === undefined || by === undefined || by.unit === 'words') return quantity;
  return dividedBy(quantity, quantityOf(by.unit, test.divisor)) ?? quantity;
}
