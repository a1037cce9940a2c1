import { z } from 'zod';
import { nearest } from '../core/nearest.ts';
import { examplesAt, keysAt, type Shape } from './shape.ts';

type Issue = z.core.$ZodIssue;

/** One thing that is wrong, in words. */
export interface Said {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly suggestion?: string;
  /** It is about the key at the end of the path, not about its value. */
  readonly key?: true;
}

/** What zod writes where a schema has no message of its own; no schema writes this. */
const UNSAID = '\u0000';

/** Parses without zod's own words, so that `sayIssues` can tell them from those of a schema. */
export const parseWith = <S extends Shape>(schema: S, value: unknown) =>
  z.safeParse(schema, value, { error: () => UNSAID });

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'no value',
};
const kindOf = (expected: string): string => KINDS[expected] ?? expected;

function gotKind(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'boolean') return String(value);
  return kindOf(typeof value);
}

/** What is asked about: the schema, and the value at a path of it. */
interface Asked {
  readonly schema: Shape;
  readonly value: (path: readonly PropertyKey[]) => unknown;
}

/** Zod's issues in words for people; no value is repeated but one that should have been one of a few words. */
export const sayIssues = (issues: readonly Issue[], asked: Asked): readonly Said[] =>
  issues.flatMap((issue) => sayIssue(issue, asked));

function sayIssue(issue: Issue, asked: Asked): readonly Said[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => sayUnknown(key, path, asked.schema));
  if (issue.code === 'invalid_key')
    return issue.issues.map((inner) => ({
      path,
      key: true,
      message: own(inner) ?? 'this key has not the expected form',
    }));
  const said = own(issue);
  if (said !== undefined) return [{ path, message: said, ...suggested(issue) }];
  if (issue.code === 'invalid_union') return sayUnion(issue, asked);
  return [{ path, ...wrongValue(issue, asked) }];
}

/** A schema's own check may know what was probably meant. */
function suggested(issue: Issue): { readonly suggestion?: string } {
  const suggestion = issue.code === 'custom' ? issue.params?.['suggestion'] : undefined;
  return typeof suggestion === 'string' ? { suggestion } : {};
}

const own = (issue: Issue): string | undefined => (issue.message === UNSAID ? undefined : issue.message);

const sayUnknown = (key: string, path: readonly PropertyKey[], schema: Shape): Said => ({
  path: [...path, key],
  ...unknownKey(key, keysAt(schema, path)),
});

/** More keys than these nobody reads; docs/reference.md has them. */
const FEW_KEYS = 16;

/** That a key is none of `known`, and what it was probably meant to be; `where` says of what. */
export function unknownKey(key: string, known: readonly string[], where = ''): Omit<Said, 'path'> {
  const suggestion = nearest(key, known);
  const message = `unknown key${where}`;
  if (suggestion !== undefined) return { key: true, message, suggestion };
  return { key: true, message: known.length > FEW_KEYS ? message : `${message}; expected one of ${known.join(', ')}` };
}

type Words = Pick<Said, 'message' | 'suggestion'>;

function wrongValue(issue: Issue, { schema, value }: Asked): Words {
  const { path } = issue;
  switch (issue.code) {
    case 'invalid_type':
      return wrongKind([kindOf(issue.expected)], value(path), examplesAt(schema, path));
    case 'invalid_value':
      return notOneOf(issue.values, value(path));
    case 'too_small':
      return { message: sizeMessage(issue.origin, 'at least', Number(issue.minimum), issue.inclusive ?? true) };
    case 'too_big':
      return { message: sizeMessage(issue.origin, 'at most', Number(issue.maximum), issue.inclusive ?? true) };
    default:
      return { message: 'not of the expected form' };
  }
}

function wrongKind(kinds: readonly string[], got: unknown, examples: readonly unknown[]): Words {
  const like = examples.length > 0 ? ` such as ${String(examples[0])}` : '';
  const expected = `expected ${orList(kinds)}${like}`;
  if (got === undefined) return { message: `missing; ${expected}` };
  if (got === null) return { message: `has no value; ${expected}` };
  return { message: `${expected}, got ${gotOf(kinds, got)}` };
}

/** What stands there instead, and how it may have been meant; a text, or a number where a text belongs, may be a secret. */
function gotOf(kinds: readonly string[], got: unknown): string {
  const plain = typeof got === 'number' || typeof got === 'boolean';
  if (kinds.includes('a text')) return plain ? `${gotKind(got)}: put it in quotes` : gotKind(got);
  if (kinds.includes('a list') && typeof got === 'string') return 'a text: write [ … ] around it';
  if (kinds.includes('true or false') && typeof got === 'string' && /^(yes|on|no|off)$/i.test(got))
    return `"${got}", which is a text: write ${/^(yes|on)$/i.test(got)}`;
  return typeof got === 'number' ? String(got) : gotKind(got);
}

/** What is one letter off a word of two letters is no typing mistake. */
const SHORT = 3;

function notOneOf(values: readonly unknown[], got: unknown): Words {
  const expected = values.length === 1 ? `expected ${values[0]}` : `expected one of ${values.join(', ')}`;
  if (got === undefined) return { message: `missing; ${expected}` };
  if (got === null) return { message: `has no value; ${expected}` };
  if (typeof got !== 'string') return { message: `${expected}, got ${typeof got === 'number' ? got : gotKind(got)}` };
  const suggestion = got.length < SHORT ? undefined : nearest(got, values.map(String));
  return { message: `${expected}, got "${got}"`, ...(suggestion === undefined ? {} : { suggestion }) };
}

function sizeMessage(origin: string, bound: string, many: number, inclusive: boolean): string {
  const than = inclusive ? `${bound} ${many}` : `${bound === 'at least' ? 'more' : 'less'} than ${many}`;
  if (origin === 'string')
    return many === 1 && bound === 'at least' ? 'must not be empty' : `expected ${than} characters`;
  if (origin === 'array' || origin === 'set') return `expected ${than} ${many === 1 ? 'entry' : 'entries'}`;
  return `expected ${than}`;
}

/** Which alternative was meant: the one that the value's kind fits; where it fits none, what all of them expect. */
function sayUnion(issue: z.core.$ZodIssueInvalidUnion, asked: Asked): readonly Said[] {
  const { path } = issue;
  const fitting = issue.errors
    .filter((option) => option.every((inner) => !isOfKind(inner)))
    .sort((a, b) => a.length - b.length)[0];
  if (fitting !== undefined)
    return sayIssues(
      fitting.map((inner) => ({ ...inner, path: [...path, ...inner.path] })),
      asked,
    );
  const { kinds, values } = expectations(issue);
  const got = asked.value(path);
  if (kinds.size === 0) return [{ path, ...notOneOf([...values], got) }];
  const words = wrongKind([...kinds, ...[...values].map((each) => `"${each}"`)], got, []);
  const suggestion = typeof got === 'string' ? nearest(got, [...values].map(String)) : undefined;
  return [{ path, ...words, ...(suggestion === undefined ? {} : { suggestion }) }];
}

/** Whether an issue of an alternative says no more than that the value is of another kind. */
const isOfKind = (issue: Issue): boolean =>
  issue.path.length === 0 &&
  (issue.code === 'invalid_type' ||
    issue.code === 'invalid_value' ||
    (issue.code === 'invalid_union' &&
      own(issue) === undefined &&
      issue.errors.every((option) => option.some(isOfKind))));

function expectations(issue: z.core.$ZodIssueInvalidUnion): { kinds: Set<string>; values: Set<unknown> } {
  const kinds = new Set<string>();
  const values = new Set<unknown>();
  for (const inner of issue.errors.flat()) {
    if (inner.path.length > 0) continue;
    if (inner.code === 'invalid_type') kinds.add(kindOf(inner.expected));
    else if (inner.code === 'invalid_value') for (const value of inner.values) values.add(value);
    else if (inner.code === 'invalid_union') {
      const deeper = expectations(inner);
      for (const kind of deeper.kinds) kinds.add(kind);
      for (const value of deeper.values) values.add(value);
    }
  }
  return { kinds, values };
}

const orList = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
