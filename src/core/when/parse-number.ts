import { parseDurationMs } from '../duration.ts';
import type { Reader } from './reader.ts';
import { isSpelling, meantUnit } from './spelling.ts';
import {
  type NumberThreshold,
  PER_UNITS,
  type PerUnit,
  THRESHOLD_UNITS,
  type ThresholdUnit,
  TIME_UNITS,
} from './tree.ts';

const NUMBER = /^(-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)([\s\S]*)$/;
const LONGEST_SHOWN = 20;
const UNITS_ARE = 'units are %, ms s m h d w, B kB MB GB KiB MiB GiB, and /s /m';

const quoted = (text: string): string => `"${text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text}"`;

const isOneOf = <T extends string>(all: readonly T[], text: string): text is T =>
  (all as readonly string[]).includes(text);

interface Written {
  readonly number: string;
  readonly unit: string;
  readonly at: number;
  readonly unitAt: number;
}

/** A number and its unit, which may stand apart: `80 %`, `5 m`. */
function takeWritten(reader: Reader, units: readonly string[]): Written {
  const token = reader.take();
  const [, number = '', glued = ''] = NUMBER.exec(token.text) ?? [];
  const written = { number, unit: glued, at: token.at, unitAt: token.at + number.length };
  if (glued !== '') return written;
  const next = reader.peek();
  const isUnit = (next.kind !== 'text' && units.includes(next.text)) || (next.kind === 'word' && isSpelling(next.text));
  return isUnit ? { ...written, unit: reader.take().text, unitAt: next.at } : written;
}

/** A duration of several parts, in the smallest of its units: `1h30m` is 90 `m`. */
function compound(text: string): { readonly number: number; readonly unit: ThresholdUnit } | undefined {
  const negative = text.startsWith('-');
  const ms = parseDurationMs(negative ? text.slice(1) : text);
  if (ms === undefined) return undefined;
  const units = new Set(text.match(/[a-z]+/g));
  const unit = TIME_UNITS.find((each) => units.has(each));
  const unitMs = unit === undefined ? undefined : parseDurationMs(`1${unit}`);
  if (unit === undefined || unitMs === undefined) return undefined;
  return { number: (negative ? -ms : ms) / unitMs, unit };
}

/** The number on the right side of a comparison; the next token is one. */
export function parseNumber(reader: Reader): NumberThreshold | undefined {
  const written = takeWritten(reader, THRESHOLD_UNITS);
  const parts = /\d/.test(written.unit) ? compound(written.number + written.unit) : undefined;
  const number = parts?.number ?? Number(written.number);
  if (!Number.isFinite(number)) return reader.problem(written.at, `${quoted(written.number)} is too large`);
  const unit = parts === undefined ? parseUnit(reader, written) : { unit: parts.unit };
  const per = unit === undefined ? undefined : parsePer(reader);
  if (unit === undefined || per === undefined) return undefined;
  return { kind: 'number', number: number === 0 ? 0 : number, ...unit, ...per, at: written.at };
}

/** An empty object where there is no unit, undefined where it is wrong. */
function parseUnit(reader: Reader, { unit, unitAt }: Written): { readonly unit?: ThresholdUnit } | undefined {
  if (unit === '') return {};
  if (isOneOf(THRESHOLD_UNITS, unit)) return { unit };
  const message = `unknown unit ${quoted(unit)}; ${UNITS_ARE}`;
  return reader.problem(unitAt, message, meantUnit(unit, THRESHOLD_UNITS));
}

/** `/s` or `/m`: an empty object where there is none, undefined where it is wrong. */
function parsePer(reader: Reader): { readonly per?: PerUnit } | undefined {
  const { at } = reader.peek();
  if (!reader.skip('/')) return {};
  const { kind, text } = reader.peek();
  if (kind !== 'word') return reader.expected('"s" or "m" after "/"');
  reader.take();
  if (isOneOf(PER_UNITS, text)) return { per: text };
  const meant = meantUnit(text, PER_UNITS);
  const suggestion = meant === undefined ? undefined : `/${meant}`;
  return reader.problem(at, `a rate is per second (/s) or per minute (/m), not ${quoted(`/${text}`)}`, suggestion);
}

export interface Window {
  readonly ms: number;
  readonly at: number;
}

/** The duration after `over` or `in`, in whole ms; more than 0 and at most `most`. */
export function parseWindow(
  reader: Reader,
  keyword: 'over' | 'in',
  most: { readonly ms: number; readonly text: string },
): Window | undefined {
  if (reader.peek().kind !== 'number') return reader.expected(`a duration such as 5m after "${keyword}"`);
  const { number, unit, at, unitAt } = takeWritten(reader, TIME_UNITS);
  if (unit === '') return reader.problem(at, `a duration needs a unit, got "${number}"`, `${number}m`);
  const ms = parseDurationMs(number + unit);
  if (ms === undefined) {
    const message = `expected a duration such as 5m or 1h30m, got ${quoted(number + unit)}`;
    const meant = meantUnit(unit, TIME_UNITS);
    if (meant === undefined || meant === unit) return reader.problem(at, message);
    return reader.problem(unitAt, message, meant);
  }
  const whole = Math.round(ms);
  if (whole <= 0) return reader.problem(at, `the duration after "${keyword}" must be longer than 0`);
  if (whole > most.ms) return reader.problem(at, `${quoted(number + unit)} is too long: at most ${most.text}`);
  return { ms: whole, at };
}
