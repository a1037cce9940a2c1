import { type Labels, NO_LABELS } from '../core/labels.ts';
import type { MeasureSpec, MetricKind, SeriesSpec, Unit } from '../core/measure.ts';

/** What /metrics knows of a metric apart from its values. */
export interface FamilyHead {
  readonly name: string;
  readonly kind: MetricKind | 'histogram';
  readonly help: string;
}

/** A metric of the targets; `id` is its place in every shape's columns. */
export interface Family extends FamilyHead {
  readonly id: number;
}

/** What a probe type declares, as far as /metrics is concerned. */
export interface Declared {
  readonly type: string;
  readonly measures: readonly MeasureSpec[];
  readonly series: readonly SeriesSpec[];
}

/** Where a sample of a given name goes: its family, and labels that every such sample has. */
export interface Place {
  readonly family: Family;
  readonly labels: Labels;
}

const SUFFIX: Readonly<Record<Unit, string>> = {
  count: '',
  words: '',
  ratio: '_ratio',
  seconds: '_seconds',
  bytes: '_bytes',
};

/** What only a counter, a histogram or a summary may be called: a gauge of that name is `untyped`. */
const RESERVED = /_(total|count|sum|bucket)$/;

/** `outrider_postgres_longest_query_seconds`: our own name of a measure, in base units. */
export function ownName(type: string, measure: MeasureSpec): string {
  const suffix = SUFFIX[measure.unit];
  const name = `outrider_${type}_${measure.name}`;
  const withUnit = name.endsWith(suffix) ? name : name + suffix;
  return measure.kind === 'counter' && !withUnit.endsWith('_total') ? `${withUnit}_total` : withUnit;
}

const NOTHING_OWN: ReadonlyMap<string, Place> = new Map();

/** All families of the targets' series, in the order of their declaration; families of one name are one. */
export interface Families {
  readonly all: readonly Family[];
  /** The place of a type's sample, or undefined where nothing exposes it. */
  place(type: string, sample: string): Place | undefined;
  /** Adds measures that only one target has. */
  own(type: string, measures: readonly MeasureSpec[]): ReadonlyMap<string, Place>;
}

/** Families of these types; `exporterNames` says which types also speak their exporter's names. */
export function openFamilies(types: readonly Declared[], exporterNames: (type: string) => boolean): Families {
  const all: Family[] = [];
  const byName = new Map<string, Family>();
  const places = new Map<string, Place>();

  const family = (head: FamilyHead): Family => {
    const known = byName.get(head.name);
    if (known !== undefined) return known;
    const made = { ...head, id: all.length };
    all.push(made);
    byName.set(head.name, made);
    return made;
  };
  const measurePlace = (type: string, measure: MeasureSpec): Place | undefined => {
    const { metric } = measure;
    if (metric === 'none') return undefined;
    if (metric === undefined || !exporterNames(type)) {
      const name = ownName(type, measure);
      const kind = measure.kind === 'gauge' && RESERVED.test(name) ? 'untyped' : measure.kind;
      return { family: family({ name, kind, help: measure.help }), labels: NO_LABELS };
    }
    const head = { name: metric.name, kind: metric.kind ?? measure.kind, help: metric.help ?? measure.help };
    return { family: family(head), labels: metric.labels ?? NO_LABELS };
  };

  for (const { type, measures, series } of types) {
    for (const measure of measures) {
      const place = measurePlace(type, measure);
      if (place !== undefined) places.set(`${type}\n${measure.name}`, place);
    }
    if (!exporterNames(type)) continue;
    for (const one of series) places.set(`${type}\n${one.name}`, { family: family(one), labels: NO_LABELS });
  }
  return {
    all,
    place: (type, sample) => places.get(`${type}\n${sample}`),
    own(type, measures) {
      if (measures.length === 0) return NOTHING_OWN;
      const own = new Map<string, Place>();
      for (const measure of measures) {
        const place = measurePlace(type, measure);
        if (place !== undefined) own.set(measure.name, place);
      }
      return own;
    },
  };
}
