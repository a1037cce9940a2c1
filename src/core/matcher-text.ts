import { compilePattern } from './pattern.ts';
import type { LabelMatcher } from './silence.ts';

/** What a text says, or the first thing that is wrong with it and how many characters into the text. */
export type ParsedMatchers =
  | { readonly ok: true; readonly matchers: readonly LabelMatcher[] }
  | { readonly ok: false; readonly at: number; readonly message: string };

type Read<T> = ({ readonly ok: true; readonly end: number } & T) | Wrong;
type Wrong = Extract<ParsedMatchers, { ok: false }>;

const SPACE = /\s*/y;
const QUOTED = /"((?:[^"\\]|\\[\s\S])*)"/y;
const BARE_NAME = /[^\s=!~,"'`{}\\]+/y;
const BARE_VALUE = /(?:[^,"\\]|\\[\s\S]|\\$)*/y;
const OPERATOR = /[=!~]+/y;
const OPERATORS = ['=', '!=', '=~', '!~'];
const SIGNS = '=, !=, =~ or !~';

const wrong = (at: number, message: string): Wrong => ({ ok: false, at, message });

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const afterSpace = (text: string, at: number): number => at + (matchAt(SPACE, text, at)?.[0].length ?? 0);

/** A backslash escapes quotes, backslashes and newlines (`\n`); before anything else it is itself, so that `\d` can be written plainly. */
const unescaped = (text: string): string =>
  text.replace(/\\(["\\n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));

/**
 * Matchers as Alertmanager writes them, one or several: `team="core"`, `severity=~"P0|P1", env!=test`, `{team="core"}`.
 * Value and name may stand in quotes or not; regular expressions are checked too.
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#matcher
 */
export function parseMatchers(text: string): ParsedMatchers {
  const inner = withinBraces(text);
  if (!inner.ok) return inner;
  const { from, end } = inner;
  const list = text.slice(0, end);
  const matchers: LabelMatcher[] = [];
  let at = afterSpace(list, from);
  while (at < end) {
    const read = readMatcher(list, at);
    if (!read.ok) return read;
    matchers.push(read.matcher);
    at = afterSpace(list, read.end);
    if (at < end && list[at] !== ',') return wrong(at, 'expected a comma before the next matcher');
    at = afterSpace(list, at + 1);
  }
  return matchers.length === 0 ? wrong(from, 'expected a matcher such as team="core"') : { ok: true, matchers };
}

function withinBraces(text: string): Read<{ readonly from: number }> {
  const from = afterSpace(text, 0);
  const end = text.trimEnd().length;
  if (text[from] !== '{') return { ok: true, from, end };
  return text[end - 1] === '}' && end - 1 > from
    ? { ok: true, from: from + 1, end: end - 1 }
    : wrong(from, 'this { is not closed');
}

function readMatcher(text: string, start: number): Read<{ readonly matcher: LabelMatcher }> {
  const name = readName(text, start);
  if (!name.ok) return name;
  const at = afterSpace(text, name.end);
  const operator = matchAt(OPERATOR, text, at)?.[0];
  if (operator === undefined) return wrong(at, `expected ${SIGNS} after "${name.name}"`);
  if (!OPERATORS.includes(operator)) return wrong(at, `expected ${SIGNS}, got "${operator}"`);
  const valueAt = afterSpace(text, at + operator.length);
  const value = readValue(text, valueAt);
  if (!value.ok) return value;
  const isRegex = operator.endsWith('~');
  const compiled = isRegex ? compilePattern(value.value) : undefined;
  if (compiled?.ok === false) return wrong(valueAt, `not a regular expression in RE2’s syntax: ${compiled.why}`);
  const isEqual = operator.startsWith('=');
  return { ok: true, end: value.end, matcher: { name: name.name, value: value.value, isRegex, isEqual } };
}

function readName(text: string, at: number): Read<{ readonly name: string }> {
  if (text[at] === '"') {
    const quoted = matchAt(QUOTED, text, at);
    if (quoted === null) return wrong(at, 'this quote is not closed');
    const name = unescaped(quoted[1] ?? '');
    return name === '' ? wrong(at, 'expected a label name') : { ok: true, name, end: at + quoted[0].length };
  }
  const name = matchAt(BARE_NAME, text, at)?.[0];
  return name === undefined ? wrong(at, 'expected a label name') : { ok: true, name, end: at + name.length };
}

function readValue(text: string, at: number): Read<{ readonly value: string }> {
  if (text[at] === "'" || text[at] === '`') return wrong(at, 'a value stands in double quotes');
  if (text[at] === '"') {
    const quoted = matchAt(QUOTED, text, at);
    if (quoted === null) return wrong(at, 'this quote is not closed');
    return { ok: true, value: unescaped(quoted[1] ?? ''), end: at + quoted[0].length };
  }
  const bare = matchAt(BARE_VALUE, text, at)?.[0] ?? '';
  const end = at + bare.length;
  if (text[end] === '"') return wrong(end, 'a quote within a value is written \\"');
  return { ok: true, value: unescaped(bare.trimEnd()), end };
}

/** A matcher as it is written: `severity=~"P0|P1"`. */
export function matcherText({ name, value, isRegex, isEqual }: LabelMatcher): string {
  const sign = `${isEqual ? '=' : '!'}${isRegex ? '~' : isEqual ? '' : '='}`;
  return `${quotedName(name)}${sign}"${escaped(value)}"`;
}

const escaped = (text: string): string => text.replace(/["\\\n]/g, (each) => (each === '\n' ? '\\n' : `\\${each}`));

const quotedName = (name: string): string => (/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : `"${escaped(name)}"`);
