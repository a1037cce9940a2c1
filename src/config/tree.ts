import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type Scalar,
  type YAMLMap,
  type Node as YamlNode,
} from 'yaml';
import {
  countOf,
  type Entry,
  type MapNode,
  type Node,
  type Place,
  type ScalarNode,
  type ScalarValue,
  type Source,
} from './located.ts';
import { type Problem, problemAt } from './problems.ts';

/** Most nodes that aliases may stand for: this many, and so many more for each alias that is written. */
const EXPANDED = 100_000;
const EXPANDED_EACH = 20;

const DEEPEST = 64;

interface Anchored {
  readonly node: Node;
  readonly count: number;
}

interface Building {
  readonly source: Source;
  readonly problems: Problem[];
  /** By name, in the order of the text; `open` while its own value is being built. */
  readonly anchors: Map<string, Anchored | 'open'>;
  /** Aliases seen so far, and the nodes that they stand for. */
  aliases: number;
  expanded: number;
}

/** Turns the parser's nodes into located ones. */
export function locate(
  contents: YamlNode,
  source: Source,
): { readonly root: Node; readonly problems: readonly Problem[] } {
  const building: Building = { source, problems: [], anchors: new Map(), aliases: 0, expanded: 0 };
  return { root: build(building, contents, 0), problems: building.problems };
}

function build(building: Building, from: YamlNode, depth: number): Node {
  const offset = from.range?.[0] ?? 0;
  if (isAlias(from)) return ofAlias(building, from, offset);
  if (depth > DEEPEST) return broken(building, offset, `nested more than ${DEEPEST} levels deep`);
  const { anchor } = from as Scalar;
  if (anchor !== undefined) building.anchors.set(anchor, 'open');
  const built = ofContent(building, from, offset, depth);
  if (anchor !== undefined) building.anchors.set(anchor, { node: built, count: countOf(built) });
  return built;
}

function ofContent(building: Building, from: YamlNode, offset: number, depth: number): Node {
  if (isMap(from)) return ofMap(building, from, offset, depth);
  if (!isSeq(from)) return ofScalar(building, from as Scalar, offset);
  const items = (from.items as (YamlNode | null)[]).map((item) =>
    item === null ? nothing(building.source, offset) : build(building, item, depth + 1),
  );
  return { kind: 'seq', source: building.source, offset, items };
}

function ofScalar(building: Building, { value, range }: Scalar, offset: number): ScalarNode {
  if (value !== null && !['string', 'number', 'boolean'].includes(typeof value))
    return broken(building, offset, 'expected a text, a number, true or false');
  const end = range?.[1] ?? offset;
  return { kind: 'scalar', source: building.source, offset, end, value: value as ScalarValue };
}

function ofMap(building: Building, from: YAMLMap, offset: number, depth: number): MapNode {
  const { source } = building;
  const entries = new Map<string, Entry>();
  const merged: (readonly Entry[])[] = [];
  let whole = true;
  for (const pair of from.items as Pair<YamlNode | null, YamlNode | null>[]) {
    const at: Place = { source, offset: pair.key?.range?.[0] ?? offset };
    const key = keyOf(building, pair.key, at);
    const value = isNothing(pair.value) ? nothing(source, at.offset) : build(building, pair.value, depth + 1);
    if (key === undefined) continue;
    const first = entries.get(key);
    if (key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN') {
      const maps = value.kind === 'seq' ? value.items : [value];
      merged.push(mergedInto(building, maps, at));
      whole &&= maps.every((map) => map.kind === 'map');
    } else if (first === undefined) entries.set(key, { key, at, value });
    else broken(building, at.offset, `"${key}" is given twice, first on line ${lineOf(first.at)}`);
  }
  for (const entry of merged.flat()) if (!entries.has(entry.key)) entries.set(entry.key, entry);
  return { kind: 'map', source, offset, entries, ...(whole ? {} : { broken: true }) };
}

/** A value that is not there gets the place of its key, so that a message points at the line that lacks it. */
function isNothing(from: YamlNode | null): from is null {
  if (from === null) return true;
  return isScalar(from) && from.value === null && from.anchor === undefined && from.range?.[0] === from.range?.[1];
}

function keyOf(building: Building, from: YamlNode | null, at: Place): string | undefined {
  const key = isScalar(from) && from.value !== null ? String(from.value) : undefined;
  if (key !== undefined && key !== '__proto__') return key;
  broken(building, at.offset, key === undefined ? 'expected a key, as in "key: value"' : 'this key cannot be used');
  return undefined;
}

/** The entries that `<<` brings in: of several maps the first that has a key wins. */
function mergedInto(building: Building, maps: readonly Node[], at: Place): readonly Entry[] {
  return maps.flatMap((map) => {
    if (map.kind === 'map') return [...map.entries.values()];
    if (!isBroken(map))
      broken(building, at.offset, '"<<" merges a map or a list of maps: expected an alias such as *name');
    return [];
  });
}

function ofAlias(building: Building, { source: name }: Alias, offset: number): Node {
  const anchored = building.anchors.get(name);
  if (anchored === undefined)
    return broken(building, offset, 'no anchor of this name stands above; put a text that begins with "*" in quotes');
  if (anchored === 'open') return broken(building, offset, 'this alias stands for a value that it is itself part of');
  const before = building.expanded <= allowed(building);
  building.aliases += 1;
  building.expanded += anchored.count;
  if (building.expanded <= allowed(building)) return anchored.node;
  const said = before ? building.problems : [];
  return broken({ ...building, problems: said }, offset, 'aliases stand for more than about 100,000 values');
}

const allowed = ({ aliases }: Building): number => EXPANDED + EXPANDED_EACH * aliases;

const lineOf = ({ source, offset }: Place): number => source.lines.linePos(offset).line;

const nothing = (source: Source, offset: number): ScalarNode => ({
  kind: 'scalar',
  source,
  offset,
  end: offset,
  value: null,
});

const isBroken = (node: Node): boolean => node.kind === 'scalar' && node.broken === true;

/** Notes a problem and stands in for what cannot be used. */
function broken({ source, problems }: Building, offset: number, message: string): ScalarNode {
  problems.push(problemAt({ source, offset }, '', message));
  return { ...nothing(source, offset), broken: true };
}
