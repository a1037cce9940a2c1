import type { MeasureSpec } from '../core/measure.ts';
import { atOnce, type Pieces } from '../core/pieces.ts';
import { type ProbeSettings, probeTypes } from '../probe/registry.ts';
import { type Checking, checked, complain } from './checked.ts';
import { childOf, type Entry, type MapNode, type Node, type Path, textOf } from './located.ts';
import { checkKnown, readKeys } from './read-keys.ts';
import { keysAt } from './shape.ts';
import { type TargetKeys, targetKeys } from './target-schema.ts';

type Registered = (typeof probeTypes)[number];

/** Any of the registered probe types, as far as its config goes. */
export interface Kind {
  readonly type: Registered['type'];
  readonly schema: Registered['schema'];
  readonly measures: Registered['measures'];
  readonly alerts: Registered['alerts'];
  hosts(settings: ProbeSettings): readonly string[];
  ownMeasures?(settings: ProbeSettings): readonly MeasureSpec[];
}

/** A target as it is written, checked by itself; what could not be read is undefined, or `broken` where it is a common key. */
export interface WrittenTarget {
  readonly node: MapNode;
  readonly path: Path;
  readonly kind: Kind | undefined;
  readonly keys: Partial<TargetKeys>;
  readonly broken: ReadonlySet<string>;
  readonly settings: ProbeSettings | undefined;
}

const COMMON: ReadonlySet<string> = new Set(Object.keys(targetKeys.shape));
const OWN = new Map(probeTypes.map(({ type, schema }) => [type, new Set(keysAt(schema, []))]));

/** By type: every key that its targets may have. */
const KNOWN = new Map([...OWN].map(([type, own]) => [type, own.union(COMMON)]));

const ownKeys = ({ type }: Kind): ReadonlySet<string> => OWN.get(type) ?? new Set();

/** Every target that is a map, each with its common keys and those of its type parsed. */
export const readTargets = (checking: Checking): readonly WrittenTarget[] => atOnce(readingTargets(checking));

/** The same in pieces. */
export function* readingTargets(checking: Checking): Pieces<readonly WrittenTarget[]> {
  const list = childOf(checking.root, 'targets');
  if (list?.kind !== 'seq') return [];
  const targets: WrittenTarget[] = [];
  for (const [index, node] of list.items.entries()) {
    const target = readTarget(checking, node, ['targets', index]);
    if (target !== undefined) targets.push(target);
    yield;
  }
  return targets;
}

function readTarget(checking: Checking, node: Node, path: Path): WrittenTarget | undefined {
  if (node.kind !== 'map') {
    complain(checking, path, { message: 'expected a target: a map with name and type' });
    return undefined;
  }
  const kind = kindOf(node);
  const own = kind === undefined ? new Set<string>() : ownKeys(kind);
  if (kind !== undefined) checkKeys(checking, node, path, kind);
  const { values, broken } = readKeys(checking, targetKeys, node, path);
  const settings = kind === undefined ? undefined : checked(checking, kind.schema, only(node, own), path);
  return { node, path, kind, keys: values, broken, settings };
}

function only(node: MapNode, keys: ReadonlySet<string>): MapNode {
  const entries = new Map<string, Entry>();
  for (const [key, entry] of node.entries) if (keys.has(key)) entries.set(key, entry);
  return { ...node, entries };
}

/** `targetKeys` tells of a type that there is not. */
function kindOf(node: MapNode): Kind | undefined {
  const type = textOf(childOf(node, 'type'));
  return probeTypes.find((each) => each.type === type);
}

/** Tells of keys that this type does not have; another may. */
function checkKeys(checking: Checking, node: MapNode, path: Path, kind: Kind): void {
  checkKnown(checking, node, path, KNOWN.get(kind.type) ?? COMMON, (key) => {
    const others = probeTypes.filter((each) => ownKeys(each).has(key)).map(({ type }) => type);
    return ` for a target of type ${kind.type}${others.length === 0 ? '' : `: it belongs to ${others.join(', ')}`}`;
  });
}
