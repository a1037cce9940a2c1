import type { z } from 'zod';
import { type Checking, checked, complain } from './checked.ts';
import type { MapNode, Path } from './located.ts';
import type { Shape } from './shape.ts';
import { parseWith, sayIssues, unknownKey } from './words.ts';

/** The values of a map's keys; what is wrong, or missing although it must not, is absent and named in `broken`. */
export interface ReadKeys<T> {
  readonly values: Partial<T>;
  readonly broken: ReadonlySet<string>;
}

/** Parses each key of a map by itself, so that one mistake hides no other. Keys that the schema does not have are left alone. */
export function readKeys<S extends z.ZodObject>(
  checking: Checking,
  schema: S,
  node: MapNode,
  path: Path,
): ReadKeys<z.output<S>> {
  const values: Record<string, unknown> = {};
  const broken = new Set<string>();
  for (const [key, shape] of Object.entries(schema.shape)) {
    const entry = node.entries.get(key);
    const absent = entry === undefined ? ifAbsent(shape) : undefined;
    const value = entry === undefined ? absent?.value : checked(checking, shape, entry.value, [...path, key]);
    if (absent?.message !== undefined) complain(checking, [...path, key], { message: absent.message });
    if (value !== undefined) values[key] = value;
    else if (entry !== undefined || absent?.message !== undefined) broken.add(key);
  }
  return { values: values as Partial<z.output<S>>, broken };
}

interface Absent {
  readonly value?: unknown;
  /** Why the key cannot be left out. */
  readonly message?: string;
}

const absents = new WeakMap<Shape, Absent>();

/** What it means that a key is not written, asked once: most targets leave out most keys. */
function ifAbsent(schema: Shape): Absent {
  const before = absents.get(schema);
  if (before !== undefined) return before;
  const parsed = parseWith(schema, undefined);
  const said = parsed.success ? [] : sayIssues(parsed.error.issues, { schema, value: () => undefined });
  const now: Absent = parsed.success ? { value: parsed.data } : { message: said[0]?.message ?? 'missing' };
  absents.set(schema, now);
  return now;
}

/** Tells of the keys of a map that are none of `known`; `where` says more of such a key. */
export function checkKnown(
  checking: Checking,
  node: MapNode,
  path: Path,
  known: ReadonlySet<string>,
  where: (key: string) => string = () => '',
): void {
  for (const key of node.entries.keys())
    if (!known.has(key)) complain(checking, [...path, key], unknownKey(key, [...known], where(key)));
}
