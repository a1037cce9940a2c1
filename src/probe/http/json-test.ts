import { isDeepStrictEqual } from 'node:util';
import { excerpt, isSecretName } from './excerpt.ts';
import { type JsonOp, type JsonTest, parseNumber } from './expected.ts';
import { compileJsonPath, type Json } from './json-path.ts';

/** What is wrong with a document, in words; undefined where it is as expected. */
export type JsonCheck = (document: Json) => string | undefined;

const COMPARE: Readonly<Record<JsonOp, (a: number, b: number) => boolean>> = {
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

/** Every value that the path selects must pass the test, and there must be one. */
export function compileJsonTest(path: string, test: JsonTest): JsonCheck {
  const select = compileJsonPath(path);
  const passes = predicate(test);
  const expected = `expected ${path} ${words(test)}`;
  return (document) => {
    const values = select(document);
    if (values.length === 0) return `${expected}, but it is not there`;
    const wrong = values.find((value) => !passes(value));
    return wrong === undefined ? undefined : `${expected}, got ${shown(path, wrong)}`;
  };
}

function predicate(test: JsonTest): (value: Json) => boolean {
  switch (test.kind) {
    case 'present':
      return () => true;
    case 'equals':
      return typeof test.value === 'object' && test.value !== null
        ? (value) => isDeepStrictEqual(value, test.value)
        : (value) => value === test.value;
    case 'compare':
      return (value) => {
        const number = toNumber(value);
        return number !== undefined && COMPARE[test.op](number, test.value);
      };
  }
}

function words(test: JsonTest): string {
  if (test.kind === 'present') return 'to be present';
  return test.kind === 'compare' ? `to be ${test.written}` : `to be ${JSON.stringify(test.value)}`;
}

/** A number, also where it is written as text (`"0.42"`, `"80%"`); true is 1. */
export function toNumber(value: Json): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  return typeof value === 'string' ? parseNumber(value.trim()) : undefined;
}

function shown(path: string, value: Json): string {
  if (isSecretName(path)) return '<secret>';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  return excerpt(typeof value === 'string' ? value : JSON.stringify(value));
}
