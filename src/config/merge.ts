import { childOf, type Entry, type MapNode, type Node, type SeqNode, textOf } from './located.ts';

/** Lists of which a later file's entries are added; `targets` merge by name, every other list is replaced. */
const APPENDED: ReadonlySet<string> = new Set(['connectivity']);

/** What several files say together, a later one winning, as compose merges its files. */
export function mergeFiles(base: MapNode, over: MapNode): MapNode {
  return mergeMaps(base, over, (key, below, above) => {
    if (below.kind !== 'seq' || above.kind !== 'seq') return mergeNodes(below, above);
    if (key === 'targets') return mergeTargets(below, above);
    return APPENDED.has(key) ? withItems(below, [...below.items, ...above.items]) : above;
  });
}

const mergeNodes = (below: Node, above: Node): Node =>
  below.kind === 'map' && above.kind === 'map'
    ? mergeMaps(below, above, (_, lower, upper) => mergeNodes(lower, upper))
    : above;

function mergeMaps(base: MapNode, over: MapNode, merge: (key: string, below: Node, above: Node) => Node): MapNode {
  const entries = new Map<string, Entry>(base.entries);
  for (const [key, above] of over.entries) {
    const below = entries.get(key);
    entries.set(key, below === undefined ? above : { ...above, value: merge(key, below.value, above.value) });
  }
  return { ...base, entries };
}

/** Each target of the later list changes the one of its name, or is added; of two of one name the second stays, to be told. */
function mergeTargets(base: SeqNode, over: SeqNode): SeqNode {
  const items = [...base.items];
  const places = new Map<string, number>();
  for (const [index, item] of items.entries()) {
    const name = nameOf(item);
    if (name !== undefined && !places.has(name)) places.set(name, index);
  }
  for (const above of over.items) {
    const name = nameOf(above) ?? '';
    const index = places.get(name);
    const below = index === undefined ? undefined : items[index];
    if (index === undefined || below === undefined) items.push(above);
    else items[index] = mergeNodes(below, above);
    places.delete(name);
  }
  return withItems(base, items);
}

const withItems = (seq: SeqNode, items: readonly Node[]): SeqNode => ({ ...seq, items });

const nameOf = (target: Node): string | undefined => textOf(childOf(target, 'name'));
