import type { Labels } from '../../src/core/labels.ts';

export interface Series {
  readonly labels: Labels;
  readonly value: number;
}

/** What a /metrics says: name → its series. */
export type Exposition = ReadonlyMap<string, readonly Series[]>;

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: \d+)?$/s;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/gs;
const ESCAPED: Readonly<Record<string, string>> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };

/** Reads Prometheus' text format. Throws at a line that is none. */
export function parseExposition(text: string): Exposition {
  const all = new Map<string, Series[]>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const [, name, labelText = '', value] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`no line of an exposition: ${line}`);
    const labels = Array.from(labelText.matchAll(LABEL), ([, key = '', escaped = '']) => [
      key,
      escaped.replace(/\\[n"\\]/g, (each) => ESCAPED[each] ?? each),
    ]);
    const series = { labels: Object.fromEntries(labels), value: Number(value.replace(/Inf$/, 'Infinity')) };
    all.set(name, [...(all.get(name) ?? []), series]);
  }
  return all;
}

/** How far a value may be outside what the exporter said before and after. */
export interface Tolerance {
  readonly absolute?: number;
  /** As a share of the exporter's value. */
  readonly relative?: number;
}

/** What is not compared: a whole name (or all names that match), or those of the exporter's series that `series` picks. */
export interface Exception {
  readonly name: string | RegExp;
  readonly series?: (labels: Labels) => boolean;
  readonly reason: string;
}

export interface Comparison {
  readonly ours: Exposition;
  /** The exporter just before and just after: in between, ours was measured. */
  readonly before: Exposition;
  readonly after: Exposition;
  /** Exact, unless told otherwise by name. */
  readonly tolerances?: Readonly<Record<string, Tolerance>>;
  /** Labels by which the exporter tells its targets apart, as we do by target and instance. */
  readonly targetLabels?: readonly string[];
  /** Labels that we have and this exporter has not: a newer one does. By name. */
  readonly ownLabels?: Readonly<Record<string, readonly string[]>>;
  /** How the exporter's series are joined where it has more labels than we. */
  readonly joins?: Readonly<Record<string, 'sum' | 'max'>>;
  readonly exceptions: readonly Exception[];
}

export interface Report {
  /** The names of the intersection whose values were compared. */
  readonly compared: readonly string[];
  readonly differences: readonly string[];
  /** Exceptions and tolerances of names that are not in the intersection: they excuse nothing. */
  readonly idle: readonly string[];
}

/** Compares every series of every name that both expose. */
export function compareExpositions(comparison: Comparison): Report {
  const { ours, before, after, exceptions, tolerances = {} } = comparison;
  const shared = [...ours.keys()].filter((name) => before.has(name) && after.has(name)).toSorted();
  const compared = shared.filter(
    (name) => !exceptions.some((each) => matches(each.name, name) && each.series === undefined),
  );
  const byName = [tolerances, comparison.joins ?? {}, comparison.ownLabels ?? {}];
  const excused = [...exceptions.map(({ name }) => name), ...byName.flatMap(Object.keys)];
  return {
    compared,
    differences: compared.flatMap((name) => differencesOf(name, comparison)),
    idle: excused.filter((name) => !shared.some((each) => matches(name, each))).map(String),
  };
}

const matches = (pattern: string | RegExp, name: string): boolean =>
  typeof pattern === 'string' ? pattern === name : pattern.test(name);

function differencesOf(name: string, comparison: Comparison): readonly string[] {
  const excepted = comparison.exceptions.flatMap((each) => (matches(each.name, name) ? (each.series ?? []) : []));
  const own = without(comparison.ours.get(name) ?? [], ['target', 'instance', ...(comparison.ownLabels?.[name] ?? [])]);
  const keys = new Set(own.flatMap(({ labels }) => Object.keys(labels)));
  const read = (from: Exposition) => {
    const all = without(from.get(name) ?? [], comparison.targetLabels ?? []);
    const kept = all.filter(({ labels }) => !excepted.some((isExcepted) => isExcepted(labels)));
    return joined(kept, keys, comparison.joins?.[name]);
  };
  const [before, after] = [read(comparison.before), read(comparison.after)];
  const seen = new Set(own.map(({ labels }) => signature(labels)));
  const missing = [...before.keys()].filter((each) => after.has(each) && !seen.has(each));
  return [
    ...missing.map((each) => `${name}${each}: only the exporter has it`),
    ...own.flatMap(({ labels, value }) => {
      const each = signature(labels);
      return outside(value, [before.get(each), after.get(each)], comparison.tolerances?.[name], `${name}${each}`);
    }),
  ];
}

function outside(
  value: number,
  said: readonly (number | undefined)[],
  tolerance: Tolerance = {},
  what: string,
): string[] {
  const known = said.filter((each) => each !== undefined);
  if (known.length === 0) return [`${what}: only Outrider has it`];
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const slack = (tolerance.absolute ?? 0) + (tolerance.relative ?? 0) * Math.max(Math.abs(least), Math.abs(most));
  const agrees = (value >= least - slack && value <= most + slack) || (Number.isNaN(value) && known.some(Number.isNaN));
  return agrees ? [] : [`${what}: Outrider says ${value}, the exporter ${said.join(', then ')}`];
}

/** Series by those of their labels that count; what falls together is joined, or must not happen. */
function joined(
  series: readonly Series[],
  keys: ReadonlySet<string>,
  join: 'sum' | 'max' | undefined,
): Map<string, number> {
  const all = new Map<string, number>();
  for (const { labels, value } of series) {
    const kept =
      join === undefined ? labels : Object.fromEntries(Object.entries(labels).filter(([key]) => keys.has(key)));
    const each = signature(kept);
    const former = all.get(each);
    all.set(each, former === undefined ? value : join === 'max' ? Math.max(former, value) : former + value);
  }
  return all;
}

// A label with an empty value is the same as none.
function signature(labels: Labels): string {
  const pairs = Object.entries(labels).filter(([, value]) => value !== '');
  return `{${pairs
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .toSorted()
    .join(',')}}`;
}

const without = (series: readonly Series[], names: readonly string[]): readonly Series[] =>
  series.map(({ labels, value }) => ({
    labels: Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name))),
    value,
  }));
