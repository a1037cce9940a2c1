import { createRequire } from 'node:module';
import type { JsonPathQuery } from 'jsonpath-rfc9535/parser';

const require = createRequire(import.meta.url);

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Every value that a path selects in a document, in order. */
export type JsonPath = (document: Json) => readonly Json[];

/** Functions of RFC 9535 that would hand a pattern to the backtracking engine. */
const REGEX_FUNCTIONS: ReadonlySet<unknown> = new Set(['match', 'search']);

/** Compiles an RFC 9535 path; throws where it does not parse. The library is loaded at the first call. */
export function compileJsonPath(path: string): JsonPath {
  const { default: parse } = require('jsonpath-rfc9535/parser') as typeof import('jsonpath-rfc9535/parser');
  const parsed = parse(path);
  if (usesRegex(parsed)) throw new Error('match() and search() are not supported: use a /regex/ on the body');
  const steps = singularSteps(parsed);
  if (steps !== undefined) return (document) => follow(document, steps);
  const { query } = require('jsonpath-rfc9535') as typeof import('jsonpath-rfc9535');
  // The library's type asks for mutable arrays; it does not write to them.
  return (document) => query(document as Parameters<typeof query>[0], path);
}

function usesRegex(node: unknown): boolean {
  if (Array.isArray(node)) return node.some(usesRegex);
  if (typeof node !== 'object' || node === null) return false;
  if ('type' in node && node.type === 'FunctionExpr' && 'name' in node && REGEX_FUNCTIONS.has(node.name)) return true;
  return Object.values(node).some(usesRegex);
}

/** Names and indexes of a path that selects at most one value, which most do and which need no library to follow. */
function singularSteps(path: JsonPathQuery): readonly (string | number)[] | undefined {
  const steps: (string | number)[] = [];
  for (const segment of path.segments) {
    if (segment.type !== 'ChildSegment') return undefined;
    const selectors = segment.node.type === 'BracketedSelection' ? segment.node.selectors : [segment.node];
    const selector = selectors.length === 1 ? selectors[0] : undefined;
    if (selector === undefined || !('value' in selector)) return undefined;
    if (typeof selector.value !== 'string' && typeof selector.value !== 'number') return undefined;
    steps.push(selector.value);
  }
  return steps;
}

const NOTHING: readonly Json[] = [];

function follow(document: Json, steps: readonly (string | number)[]): readonly Json[] {
  let at: Json = document;
  for (const step of steps) {
    if (typeof at !== 'object' || at === null) return NOTHING;
    let next: Json | undefined;
    if (typeof step === 'number') next = isArray(at) ? at.at(step) : undefined;
    else if (!isArray(at) && Object.hasOwn(at, step)) next = at[step];
    if (next === undefined) return NOTHING;
    at = next;
  }
  return [at];
}

const isArray = (value: Json): value is readonly Json[] => Array.isArray(value);
