import { parseDurationMs } from '../../core/duration.ts';
import type { Json } from './json-path.ts';
import { type RegexText, regexText } from './regex.ts';

/** Status codes, both ends included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** Text that must be contained, or a regular expression that must be found. */
export type TextTest =
  | { readonly kind: 'contains'; readonly text: string }
  | { readonly kind: 'matches'; readonly regex: RegexText };

export const JSON_OPS = ['<=', '>=', '<', '>', '==', '!='] as const;
export type JsonOp = (typeof JSON_OPS)[number];

/** What one value of a JSON body must be. `written` is as in the config, for messages. */
export type JsonTest =
  | { readonly kind: 'present' }
  | { readonly kind: 'equals'; readonly value: Json }
  | { readonly kind: 'compare'; readonly op: JsonOp; readonly value: number; readonly written: string };

const ONE = /^([1-5])(\d\d|xx)$/i;
const RANGE = /^([1-5]\d\d)\s*-\s*([1-5]\d\d)$/;

/** `200`, `2xx` or `200-299` → the range, or undefined where it is none of them. */
export function parseStatus(text: string): StatusRange | undefined {
  const one = ONE.exec(text);
  if (one !== null) {
    if (one[2]?.toLowerCase() !== 'xx') return { from: Number(text), to: Number(text) };
    const hundred = Number(one[1]) * 100;
    return { from: hundred, to: hundred + 99 };
  }
  const range = RANGE.exec(text);
  if (range === null || Number(range[1]) > Number(range[2])) return undefined;
  return { from: Number(range[1]), to: Number(range[2]) };
}

/** `text` or `/regex/flags` → the test. */
export function parseText(text: string): TextTest {
  const regex = regexText(text);
  return regex === undefined ? { kind: 'contains', text } : { kind: 'matches', regex };
}

const COMPARISON = /^(<=|>=|==|!=|<|>)\s*(.+)$/s;

/** A value, `present`, or a comparison such as `< 80%` or `<= 500ms` → the test; undefined where what is compared with is no number. */
export function parseJsonTest(value: Json): JsonTest | undefined {
  if (typeof value !== 'string') return { kind: 'equals', value };
  if (value === 'present') return { kind: 'present' };
  const comparison = COMPARISON.exec(value);
  if (comparison === null) return { kind: 'equals', value };
  const number = parseNumber(comparison[2] ?? '');
  if (number === undefined) return undefined;
  return { kind: 'compare', op: comparison[1] as JsonOp, value: number, written: value };
}

const NUMBER = /^[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i;

/** `12`, `80%` (0.8), `500ms` (0.5 seconds). */
export function parseNumber(text: string): number | undefined {
  if (NUMBER.test(text)) return Number(text);
  if (text.endsWith('%') && NUMBER.test(text.slice(0, -1))) return Number(text.slice(0, -1)) / 100;
  const ms = parseDurationMs(text);
  return ms === undefined ? undefined : ms / 1000;
}
