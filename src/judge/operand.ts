import type { Labels } from '../core/labels.ts';
import { NO_LABELS } from '../core/labels.ts';
import type { MeasureSpec } from '../core/measure.ts';
import { FEWEST_RESULTS } from '../core/when/check-operand.ts';
import type { Across, Operand } from '../core/when/tree.ts';
import { aggregateBy } from './aggregate-by.ts';
import type { Evidence, Outage, Series, TestSeen } from './evidence.ts';
import { compileMatchers, type Meant } from './matcher.ts';
import { keyOf } from './pairing.ts';
import { readWindow, type WindowRead } from './window.ts';

/** One instance with its value; without a value there is none. */
export interface Instance {
  readonly labels: Labels;
  readonly value: number;
}

export type WindowSeen = NonNullable<TestSeen['window']>;

/** One side of a comparison, made ready to be asked. */
export interface Side {
  /** The labels that tell its instances apart: all but those that are pinned to one value. */
  readonly names: readonly string[];
  instances(evidence: Evidence): readonly Instance[];
  /** Of an aggregate: how full its window is. */
  window?(evidence: Evidence): WindowSeen;
}

type AggregateOperand = Extract<Operand, { readonly kind: 'aggregate' }>;
type AcrossOperand = Extract<Operand, { readonly kind: 'across' }>;

/** Makes an operand ready; the measure is what its name means, where it is known. */
export function compileSide(operand: Operand, measure: MeasureSpec | undefined): Side {
  const meant = compileMatchers(operand.measure.matchers);
  const pinned = new Set(operand.measure.matchers.filter(({ op }) => op === '=').map(({ label }) => label));
  const names = (measure?.labels ?? []).filter((label) => !pinned.has(label));
  const { name } = operand.measure;
  if (operand.kind === 'aggregate') return aggregateSide(operand, names, meant);
  if (operand.kind === 'across') return acrossSide(operand, names, meant);
  return { names, instances: (evidence) => latestOf(evidence, name, meant) };
}

/** The instances of this moment. */
export function latestOf(evidence: Evidence, measure: string, meant: Meant): readonly Instance[] {
  const instances: Instance[] = [];
  for (const { labels = NO_LABELS, value } of evidence.latest(measure))
    if (!Number.isNaN(value) && meant(labels)) instances.push({ labels, value });
  return instances;
}

/** An outage is the business of the alert that says down: these two measures would say it once more. */
const OF_HEALTH: ReadonlySet<string> = new Set(['failed', 'duration']);
const NONE: readonly Outage[] = [];

/** How many results a window needs to say anything: half of what it should hold, and 5. */
const neededFor = (overMs: number, intervalMs: number): number =>
  Math.max(FEWEST_RESULTS, Math.ceil(overMs / intervalMs / 2));

function aggregateSide(operand: AggregateOperand, names: readonly string[], meant: Meant): Side {
  const { overMs, measure } = operand;
  const { name } = measure;
  const isOfHealth = OF_HEALTH.has(name);
  const aggregate = aggregateBy(operand);
  const read = (series: Series, { atMs, outages }: Evidence): WindowRead =>
    readWindow(series, atMs - overMs, atMs, isOfHealth ? outages : NONE);
  return {
    names,
    instances(evidence) {
      const needed = neededFor(overMs, evidence.intervalMs);
      const instances: Instance[] = [];
      for (const series of evidence.series(name)) {
        if (!meant(series.labels)) continue;
        const samples = read(series, evidence);
        if (samples.count < needed) continue;
        const value = aggregate(samples, series.labels, evidence);
        if (!Number.isNaN(value)) instances.push({ labels: series.labels, value });
      }
      return instances;
    },
    window(evidence) {
      let results = 0;
      for (const series of evidence.series(name))
        if (meant(series.labels)) results = Math.max(results, read(series, evidence).count);
      return { overMs, results, needed: neededFor(overMs, evidence.intervalMs) };
    },
  };
}

function acrossSide({ fn, by, measure }: AcrossOperand, names: readonly string[], meant: Meant): Side {
  const kept = by.map(({ label }) => label);
  return {
    names: names.filter((name) => kept.includes(name)),
    instances(evidence) {
      const groups = new Map<string, { readonly labels: Labels; readonly values: number[] }>();
      for (const { labels, value } of latestOf(evidence, measure.name, meant)) {
        const key = keyOf(labels, kept);
        const group = groups.get(key);
        if (group === undefined) groups.set(key, { labels: only(labels, kept), values: [value] });
        else group.values.push(value);
      }
      return [...groups.values()]
        .map(({ labels, values }) => ({ labels, value: JOIN[fn](values) }))
        .filter(({ value }) => !Number.isNaN(value));
    },
  };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const JOIN: Readonly<Record<Across, (values: readonly number[]) => number>> = {
  sum: total,
  avg: (values) => total(values) / values.length,
  max: (values) => values.reduce((most, value) => Math.max(most, value)),
  min: (values) => values.reduce((least, value) => Math.min(least, value)),
};

const only = (labels: Labels, names: readonly string[]): Labels =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = labels[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
