import { type Labels, NO_LABELS } from '../core/labels.ts';
import type { MeasureSpec, MetricKind, SeriesSpec } from '../core/measure.ts';
import { metricOf } from '../core/metric-name.ts';

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
    const metric = metricOf(type, measure, exporterNames(type));
    if (metric === undefined) return undefined;
    const { labels, ...head } = metric;
    return { family: family(head), labels };
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
