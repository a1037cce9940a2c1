import type { LineCounter } from 'yaml';

/** One config file as it was read. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly lines: LineCounter;
}

/** Where something is written: a character offset into a file. */
export interface Place {
  readonly source: Source;
  readonly offset: number;
}

export type ScalarValue = string | number | boolean | null;

export interface ScalarNode extends Place {
  readonly kind: 'scalar';
  readonly value: ScalarValue;
  /** Offset after the last character of the value as it is written. */
  readonly end: number;
  /** Texts that were filled in for `${…}`; they are never shown. */
  readonly fills?: readonly string[];
  /** Stands in for what could not be read; the problem was told already. */
  readonly broken?: true;
}

export interface Entry {
  readonly key: string;
  readonly at: Place;
  readonly value: Node;
}

export interface MapNode extends Place {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Entry>;
  /** Keys may be missing because something could not be merged in; the problem was told already. */
  readonly broken?: true;
}

export interface SeqNode extends Place {
  readonly kind: 'seq';
  readonly items: readonly Node[];
}

/** What a config file says, with the place of everything; nodes behind aliases are shared. */
export type Node = ScalarNode | MapNode | SeqNode;

/** Keys and indexes from the root. */
export type Path = readonly (string | number)[];

/** How far a path leads: the last node there is, the entry that holds it, and how many steps of the path were taken. */
export interface Found {
  readonly node: Node;
  readonly entry: Entry | undefined;
  readonly steps: number;
}

/** Follows a path as far as it leads. */
export function find(root: Node, path: Path): Found {
  let found: Found = { node: root, entry: undefined, steps: 0 };
  for (const step of path) {
    const { node, steps } = found;
    const entry = node.kind === 'map' ? node.entries.get(String(step)) : undefined;
    const next = node.kind === 'seq' && typeof step === 'number' ? node.items[step] : entry?.value;
    if (next === undefined) return found;
    found = { node: next, entry, steps: steps + 1 };
  }
  return found;
}

const PLAIN_KEY = /^[\w-]+$/;

/** A path for people, entries of lists by their names where they have any: `targets[api].depends_on[1]`. */
export function pathText(root: Node, path: Path): string {
  let text = '';
  let node: Node | undefined = root;
  for (const step of path) {
    node = node?.kind === 'seq' && typeof step === 'number' ? node.items[step] : childOf(node, String(step));
    const name = typeof step === 'number' ? nameOf(node) : undefined;
    if (typeof step === 'number') text += `[${name ?? step}]`;
    else if (!PLAIN_KEY.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** The written `name` of an entry, or undefined where it has none or it was filled in. */
function nameOf(node: Node | undefined): string | undefined {
  const name = childOf(node, 'name');
  const text = textOf(name);
  if (text === undefined || text === '' || text.length > 100 || /[^\x20-\x7e]/.test(text)) return undefined;
  return name?.kind === 'scalar' && name.fills === undefined && !text.includes('${') ? text : undefined;
}

/** The value of a key of a map, or undefined where there is none. */
export const childOf = (node: Node | undefined, key: string): Node | undefined =>
  node?.kind === 'map' ? node.entries.get(key)?.value : undefined;

/** The text of a scalar, or undefined where it is no text. */
export const textOf = (node: Node | undefined): string | undefined =>
  node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;

export type Plain = ScalarValue | Plain[] | { [key: string]: Plain };

/** Nodes in it, itself included, with every alias counted as what it stands for. */
export function countOf(node: Node): number {
  if (node.kind === 'scalar') return 1;
  let count = 1;
  if (node.kind === 'seq') for (const item of node.items) count += countOf(item);
  else for (const entry of node.entries.values()) count += countOf(entry.value);
  return count;
}

/** The values alone, fresh objects each time. */
export function plainOf(node: Node): Plain {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'seq') return node.items.map(plainOf);
  const plain: { [key: string]: Plain } = {};
  for (const [key, entry] of node.entries) plain[key] = plainOf(entry.value);
  return plain;
}

/** Every text that was filled in anywhere below. */
export function fillsIn(node: Node, into: Set<string> = new Set()): Set<string> {
  if (node.kind === 'seq') for (const item of node.items) fillsIn(item, into);
  else if (node.kind === 'map') for (const entry of node.entries.values()) fillsIn(entry.value, into);
  else {
    for (const text of node.fills ?? []) into.add(text);
    if (node.fills !== undefined) into.add(String(node.value));
  }
  return into;
}
