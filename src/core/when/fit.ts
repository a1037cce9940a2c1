import type { Quantity } from './quantity.ts';
import { inWords } from './quantity.ts';
import { type NumberThreshold, SIZE_UNITS, TIME_UNITS } from './tree.ts';

/** Above this a bare number on a ratio was meant in percent: `connections_used > 80` would never fire. */
const MOST_BARE_RATIO = 10;

/** Why a number cannot be compared with a quantity, and what was probably meant. */
export interface Misfit {
  readonly expected: string;
  readonly suggestion?: string;
}

const isTime = ({ unit }: NumberThreshold): boolean => TIME_UNITS.some((each) => each === unit);
const isSize = ({ unit }: NumberThreshold): boolean => SIZE_UNITS.some((each) => each === unit);

interface Fit {
  readonly suits: (value: NumberThreshold) => boolean;
  readonly expected: string;
  /** Put behind a bare number. */
  readonly unit: string;
}

const FITS: Readonly<Record<Quantity['base'], Fit>> = {
  count: { suits: ({ unit }) => unit === undefined, expected: 'a plain number such as 5', unit: '' },
  ratio: {
    suits: ({ unit, number }) => unit === '%' || (unit === undefined && Math.abs(number) <= MOST_BARE_RATIO),
    expected: '80% or 0.8',
    unit: '%',
  },
  quotient: { suits: ({ unit }) => unit === undefined || unit === '%', expected: '80% or 0.8', unit: '' },
  seconds: { suits: isTime, expected: 'a time such as 800ms or 5m', unit: 's' },
  bytes: { suits: isSize, expected: 'a size such as 512MB or 2GiB', unit: 'B' },
};

const RATES: Readonly<Record<Quantity['base'], string>> = {
  count: 'a rate such as 10/s or 5/m',
  ratio: 'a rate such as 10/s or 5/m',
  quotient: 'a rate such as 10/s or 5/m',
  seconds: 'a rate such as 1s/m',
  bytes: 'a rate such as 10MB/s',
};

/** Whether a number fits; undefined where it does. A bare 0 fits everything. */
export function misfit(value: NumberThreshold, { base, perSecond }: Quantity): Misfit | undefined {
  const { number, unit, per } = value;
  const isBare = unit === undefined && per === undefined;
  if (isBare && number === 0) return undefined;
  const fit = FITS[base];
  if (fit.suits(value) && perSecond === (per !== undefined)) return undefined;
  const expected = `${inWords({ base, perSecond })}: write ${perSecond ? RATES[base] : fit.expected}`;
  const suggestion = suggested(value, { base, perSecond });
  return suggestion === undefined ? { expected } : { expected, suggestion };
}

/** The same number with the unit added or the rate put right, where that alone is missing. */
function suggested(value: NumberThreshold, { base, perSecond }: Quantity): string | undefined {
  const { number, unit, per } = value;
  const fit = FITS[base];
  const size = unit ?? (base === 'ratio' && fit.suits(value) ? '' : fit.unit);
  const isRight = unit === undefined || fit.suits(value);
  return isRight ? `${number}${size}${perSecond ? `/${per ?? 's'}` : ''}` : undefined;
}
