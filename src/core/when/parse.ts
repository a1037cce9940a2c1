import { parseNumber } from './parse-number.ts';
import { KEYWORDS, parseArgument, parseOperand } from './parse-operand.ts';
import { type Reader, readerOf } from './reader.ts';
import {
  COMPARATORS,
  type Comparator,
  STATE_TESTS,
  type Test,
  type Threshold,
  type When,
  type WhenProblem,
} from './tree.ts';

export type Parsed =
  | { readonly ok: true; readonly when: When }
  | { readonly ok: false; readonly problems: readonly WhenProblem[] };

/** What people of other languages write for a comparison. */
const COMPARISONS: ReadonlyMap<string, Comparator> = new Map([
  ['=', '=='],
  ['is', '=='],
  ['=>', '>='],
  ['≥', '>='],
  ['=<', '<='],
  ['≤', '<='],
  ['<>', '!='],
  ['≠', '!='],
]);

const isComparator = (text: string): text is Comparator => (COMPARATORS as readonly string[]).includes(text);
const stateOf = (text: string) => STATE_TESTS.find((state) => state === text);

/** Reads a condition; every test of it that is wrong is told. Never throws; time linear in the text. */
export function parseWhen(text: string): Parsed {
  const reader = readerOf(text);
  const tests: Test[] = [];
  do {
    const test = parseTest(reader);
    if (test !== undefined && atEndOfTest(reader)) tests.push(test);
    else skipTest(reader);
  } while (reader.skip('and'));
  return reader.problems.length > 0 ? { ok: false, problems: reader.problems } : { ok: true, when: { text, tests } };
}

function skipTest(reader: Reader): void {
  while (reader.peek().kind !== 'end' && !reader.at('and')) reader.take();
}

function atEndOfTest(reader: Reader): boolean {
  const { kind, text, at } = reader.peek();
  if (kind === 'end' || reader.at('and')) return true;
  if (reader.at('or') || reader.at('||')) reader.problem(at, '"or" is not part of the language: write two alerts');
  else if (reader.at('for')) reader.problem(at, '"for" is a key of its own beside "when"');
  else reader.expected('"and" or the end', text === '&&' || text.toLowerCase() === 'and' ? 'and' : undefined);
  return false;
}

function parseTest(reader: Reader): Test | undefined {
  const next = reader.peek();
  if (next.kind === 'symbol' && next.text === '(')
    return reader.problem(next.at, 'a condition takes no brackets of its own: all its tests must hold');
  if (next.kind === 'symbol' || next.kind === 'end')
    return reader.expected('a condition such as "down" or "p95(duration) over 5m > 800ms"');
  const state = next.kind === 'word' ? stateOf(next.text) : undefined;
  if (state !== undefined) return parseState(reader, state);
  if (reader.at('absent')) return parseAbsent(reader);
  return parseComparison(reader);
}

const standsAlone = (reader: Reader, what: string): boolean => {
  const { kind, text, at } = reader.peek();
  if (kind !== 'symbol' || !(isComparator(text) || COMPARISONS.has(text))) return true;
  reader.problem(at, `${what} stands alone, without a comparison`);
  return false;
};

function parseState(reader: Reader, state: (typeof STATE_TESTS)[number]): Test | undefined {
  reader.take();
  return standsAlone(reader, `"${state}"`) ? { kind: state } : undefined;
}

function parseAbsent(reader: Reader): Test | undefined {
  reader.take();
  const measure = parseArgument(reader, 'absent');
  if (measure === undefined) return undefined;
  return standsAlone(reader, `absent(${measure.name})`) ? { kind: 'absent', measure } : undefined;
}

function parseComparison(reader: Reader): Test | undefined {
  const left = parseOperand(reader);
  if (left === undefined) return undefined;
  const divides = reader.skip('/');
  const divisor = divides ? parseOperand(reader) : undefined;
  if (divides && divisor === undefined) return undefined;
  if (reader.at('/')) return reader.problem(reader.peek().at, 'a condition divides once');
  const op = parseComparator(reader);
  const value = op === undefined ? undefined : parseThreshold(reader);
  if (op === undefined || value === undefined) return undefined;
  return { kind: 'compare', left, ...(divisor === undefined ? {} : { divisor }), op, value };
}

function parseComparator(reader: Reader): Comparator | undefined {
  const { kind, text } = reader.peek();
  if (kind === 'symbol' && isComparator(text)) {
    reader.take();
    return text;
  }
  const meant = kind === 'symbol' || kind === 'word' ? COMPARISONS.get(text) : undefined;
  return reader.expected('a comparison (> >= < <= == !=)', meant);
}

function parseThreshold(reader: Reader): Threshold | undefined {
  const next = reader.peek();
  if (next.kind === 'number') return parseNumber(reader);
  if (next.kind === 'text') return reader.problem(next.at, 'a word stands without quotes', next.text);
  if (next.kind !== 'word' || KEYWORDS.has(next.text)) return reader.expected('a value such as 80%, 800ms or 512MB');
  reader.take();
  const after = reader.peek();
  if (after.kind === 'symbol' && (after.text === '(' || after.text === '{'))
    return reader.problem(next.at, 'the right side is a value or the bare name of a measure');
  return { kind: 'word', word: next.text, at: next.at };
}
