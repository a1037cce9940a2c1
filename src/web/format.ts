import { toRfc3339 } from '../core/clock.ts';
import { formatDuration } from '../core/duration.ts';
import type { Labels } from '../core/labels.ts';
import type { MeasureView } from './view.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** How long something lasts, as exact as a person wants it: seconds under an hour, minutes under a day, else hours. */
export function roughly(ms: number): string {
  const step = ms < HOUR_MS ? 1000 : ms < DAY_MS ? MINUTE_MS : HOUR_MS;
  return formatDuration(Math.floor(Math.max(0, ms) / step) * step);
}

/** How long an answer took: `0.42 ms`, `37 ms`, `1.25 s`. */
export const took = (ms: number): string => (ms < 1000 ? `${significant(ms)} ms` : `${significant(ms / 1000)} s`);

/** A measure's value with its unit, for people. */
export function measured({ unit, value, word }: MeasureView): string {
  if (word !== undefined) return word;
  if (!Number.isFinite(value)) return String(value);
  if (unit === 'ratio') return `${significant(value * 100)} %`;
  if (unit === 'bytes') return bytes(value);
  if (unit === 'seconds') return Math.abs(value) < 60 ? took(value * 1000) : roughly(value * 1000);
  return grouped(value);
}

/** At most three digits that matter, never an exponent. */
function significant(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** A part of a whole in percent, rounded down so that only the whole is 100 %. */
export const share = (part: number, whole: number): string => `${Math.floor((part / whole) * 10_000) / 100} %`;

/** A number without a unit, `–` where there is none. */
export const number = (value: number | undefined): string =>
  value === undefined ? '–' : Number.isFinite(value) ? grouped(value) : String(value);

/** A moment for people: `2026-03-01 12:00 UTC`. */
export const moment = (ms: number): string => `${toRfc3339(ms).replace('T', ' ').slice(0, 16)} UTC`;

/** Labels for people: `group=workers topic=jobs`. */
export const labelText = (labels: Labels = {}): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

const grouped = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString('en-US') : significant(value);

function bytes(value: number): string {
  const power = Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(Math.max(1, Math.abs(value))) / 10));
  return `${significant(value / 1024 ** power)} ${BYTE_UNITS[power]}`;
}
