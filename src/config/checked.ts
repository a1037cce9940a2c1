import type { z } from 'zod';
import { hiddenIn, hide } from './hidden.ts';
import {
  type Entry,
  find,
  type MapNode,
  type Node,
  type Path,
  type Place,
  type Plain,
  pathText,
  plainOf,
} from './located.ts';
import { type Problem, problemAt } from './problems.ts';
import type { Shape } from './shape.ts';
import { parseWith, type Said, sayIssues } from './words.ts';

/** What is checked, and what was found wrong so far. */
export interface Checking {
  readonly root: MapNode;
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

/** Notes a problem with what is at `path`; with `at` that many characters into its text. What was already told of is not told again. */
export function complain(
  { root, problems }: Pick<Checking, 'root' | 'problems'>,
  path: Path,
  said: Omit<Said, 'path'> & { at?: number },
): void {
  const { node, entry, steps } = find(root, path);
  const missing = steps < path.length;
  if (node.kind !== 'seq' && node.broken === true && (missing || node.kind === 'scalar')) return;
  const key = String(path.at(-1) ?? '');
  const hidden = said.key === true ? new Set<string>() : hiddenIn(node, missing ? '' : key);
  const trap = !missing && entry !== undefined ? commentTrap(node, entry) : undefined;
  const place = said.key === true && entry !== undefined ? entry.at : within(node, missing ? undefined : said.at);
  const message = hide(trap ?? said.message, hidden);
  // What is near to a filled text tells of it.
  const filled = node.kind === 'scalar' && node.fills !== undefined;
  const suggestion = trap !== undefined || filled ? undefined : said.suggestion;
  problems.push(problemAt(place, pathText(root, path), message, suggestion));
}

/** Notes a warning about what is at `path`. */
export const warn = ({ root, warnings }: Checking, path: Path, said: Omit<Said, 'path'> & { at?: number }): void =>
  complain({ root, problems: warnings }, path, said);

/** The place of a character of a scalar that is written on one line as it is, else of the node. */
function within(node: Node, at: number | undefined): Place {
  if (at === undefined || node.kind !== 'scalar' || node.fills !== undefined) return node;
  const written = node.source.text.slice(node.offset, node.end);
  if (written === node.value) return { source: node.source, offset: node.offset + at };
  return written.slice(1, -1) === node.value ? { source: node.source, offset: node.offset + 1 + at } : node;
}

/** `channel: #x` leaves the key without a value. */
function commentTrap(node: Node, { at }: Entry): string | undefined {
  if (node.kind !== 'scalar' || node.value !== null) return undefined;
  const rest = at.source.text.slice(at.offset, at.source.text.indexOf('\n', at.offset) + 1 || undefined);
  return /^[^#:]*:[ \t]+#\S/.test(rest)
    ? 'has no value: everything after " #" is a comment; put the value in quotes'
    : undefined;
}

/** The value by its schema, or undefined where something is wrong with it, which is then among the problems. */
export function checked<S extends Shape>(
  checking: Checking,
  schema: S,
  node: Node,
  path: Path,
): z.output<S> | undefined {
  const value = plainOf(node);
  const holder: { [key: string]: Plain } = { value };
  let result = parseWith(schema, value);
  // Each round turns at least one filled text into a number or boolean, so that it ends.
  while (!result.success && convertFills(result.error.issues, node, holder))
    result = parseWith(schema, holder['value']);
  if (result.success) return result.data;
  const asked = { schema, value: (at: readonly PropertyKey[]) => valueAt(holder['value'], at) };
  for (const said of sayIssues(result.error.issues, asked)) complain(checking, [...path, ...stepsOf(said.path)], said);
  return undefined;
}

const stepsOf = (path: readonly PropertyKey[]): Path =>
  path.map((step) => (typeof step === 'number' ? step : String(step)));

function valueAt(value: Plain | undefined, path: readonly PropertyKey[]): unknown {
  let at: unknown = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, step)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return at;
}

/** Gives filled texts the type of their place; says whether there was any. */
function convertFills(issues: readonly z.core.$ZodIssue[], node: Node, holder: { [key: string]: Plain }): boolean {
  let some = false;
  for (const { path, expected } of wantedKinds(issues)) {
    const { node: place, steps } = find(node, stepsOf(path));
    if (steps < path.length || place.kind !== 'scalar' || place.fills === undefined) continue;
    const parent = valueAt(holder as Plain, ['value', ...path].slice(0, -1));
    const key = path.at(-1) ?? 'value';
    if (typeof parent !== 'object' || parent === null) continue;
    const written: unknown = (parent as Record<PropertyKey, unknown>)[key];
    const converted = typeof written === 'string' ? convert(written, expected) : undefined;
    if (converted === undefined) continue;
    (parent as Record<PropertyKey, unknown>)[key] = converted;
    some = true;
  }
  return some;
}

function wantedKinds(
  issues: readonly z.core.$ZodIssue[],
  before: readonly PropertyKey[] = [],
): readonly { readonly path: readonly PropertyKey[]; readonly expected: string }[] {
  return issues.flatMap((issue) => {
    const path = [...before, ...issue.path];
    if (issue.code === 'invalid_type') return [{ path, expected: issue.expected }];
    if (issue.code === 'invalid_value') return issue.values.map((value) => ({ path, expected: typeof value }));
    return issue.code === 'invalid_union' ? issue.errors.flatMap((option) => wantedKinds(option, path)) : [];
  });
}

function convert(text: string, expected: string): number | boolean | undefined {
  if (expected === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (expected !== 'number' && expected !== 'int') return undefined;
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : undefined;
}
