import { type Labels, NO_LABELS } from '../core/labels.ts';
import { compileMatchers } from '../core/matching.ts';
import type { MeasureSpec } from '../core/measure.ts';
import type { Sample } from '../core/result.ts';
import { FEWEST_RESULTS } from '../core/when/check-operand.ts';
import type { Across, Matcher, MeasureRef, Operand } from '../core/when/tree.ts';
import { aggregates, predict, type Window } from './aggregate.ts';
import type { Evidence, Series } from './evidence.ts';

/** The value of one instance; an instance without a value is in no list. */
export interface Valued {
  readonly labels: Labels;
  readonly value: number;
}

/** One side of a comparison made ready. */
export interface Side {
  read(evidence: Evidence): readonly Valued[];
  /** The labels that tell its instances apart: all that no matcher pins. */
  readonly free: readonly string[];
  /** Results in the fullest window, and how many it needs; of an aggregate alone. */
  window?(evidence: Evidence): { readonly overMs: number; readonly results: number; readonly needed: number };
}

const NOTHING: readonly Valued[] = [];

/** Makes a side ready. Throws where a pattern does not compile: the config has been checked. */
export function compileSide(operand: Operand, measures: readonly MeasureSpec[]): Side {
  const labels = measures.find(({ name }) => name === operand.measure.name)?.labels ?? [];
  const pinned = new Set(operand.measure.matchers.filter(({ op }) => op === '=').map(({ label }) => label));
  const free = labels.filter((label) => !pinned.has(label));
  if (operand.kind === 'aggregate') return { ...windowed(operand), free };
  const latest = latestOf(operand.measure);
  if (operand.kind === 'measure') return { read: latest, free };
  const by = operand.by.map(({ label }) => label);
  return { read: (evidence) => across(latest(evidence), operand.fn, by), free: by };
}

type Fits = (labels: Labels) => boolean;

/** Undefined where there are no matchers, which is the usual case. */
function fitsOf(matchers: readonly Matcher[]): Fits | undefined {
  if (matchers.length === 0) return undefined;
  const compiled = compileMatchers(
    matchers.map(({ label, op, value }) => ({
      name: label,
      value,
      isRegex: op === '=~' || op === '!~',
      isEqual: op === '=' || op === '=~',
    })),
  );
  if (!compiled.ok) throw new Error(compiled.wrong);
  return compiled.matching.fits;
}

/** Reads what was seen at this moment. */
export function latestOf({ name, matchers }: MeasureRef): (evidence: Evidence) => readonly Valued[] {
  const fits = fitsOf(matchers);
  const isSeen = ({ value, labels = NO_LABELS }: Sample) => Number.isFinite(value) && fits?.(labels) !== false;
  return (evidence) => {
    const samples = evidence.latest(name).filter(isSeen);
    return samples.length === 0 ? NOTHING : samples.map(({ labels = NO_LABELS, value }) => ({ labels, value }));
  };
}

function across(all: readonly Valued[], fn: Across, by: readonly string[]): readonly Valued[] {
  if (all.length === 0) return NOTHING;
  const groups = new Map<string, { readonly labels: Labels; readonly values: number[] }>();
  for (const { labels, value } of all) {
    const kept = Object.fromEntries(by.flatMap((name) => (labels[name] === undefined ? [] : [[name, labels[name]]])));
    const key = JSON.stringify(by.map((name) => labels[name]));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels: kept, values: [value] });
    else group.values.push(value);
  }
  return [...groups.values()].map(({ labels, values }) => ({ labels, value: joined(values, fn) }));
}

function joined(values: readonly number[], fn: Across): number {
  if (fn === 'max') return values.reduce((a, b) => Math.max(a, b));
  if (fn === 'min') return values.reduce((a, b) => Math.min(a, b));
  const total = values.reduce((a, b) => a + b);
  return fn === 'sum' ? total : total / values.length;
}

/** Results of a confirmed outage belong to the outage, not to these. */
const OF_HEALTH: ReadonlySet<string> = new Set(['failed', 'duration']);

let times = new Float64Array(256);
let values = new Float64Array(256);

/** A window has no value until it holds this many results: five, and half of what it should hold. */
const neededOf = (overMs: number, intervalMs: number): number =>
  Math.max(FEWEST_RESULTS, Math.ceil(overMs / intervalMs / 2));

function windowed(operand: Operand & { kind: 'aggregate' }): Pick<Side, 'read' | 'window'> {
  const { fn, overMs, inMs = 0, measure } = operand;
  const fits = fitsOf(measure.matchers);
  const isHealth = OF_HEALTH.has(measure.name);
  const valueOf = (window: Window, evidence: Evidence, labels: Labels): number => {
    if (fn === 'predict') return predict(window, inMs);
    if (fn !== 'deviation') return aggregates[fn](window);
    const usual = evidence.usual(measure.name, labels);
    return usual === undefined ? Number.NaN : aggregates.avg(window) / usual - 1;
  };
  const look = (series: Series, evidence: Evidence): Window => {
    if (series.capacity > times.length) {
      times = new Float64Array(series.capacity * 2);
      values = new Float64Array(series.capacity * 2);
    }
    const afterMs = evidence.atMs - overMs;
    const read = series.read(afterMs, evidence.atMs, times, values);
    const count = isHealth && evidence.outages.length > 0 ? leaveOut(read, evidence) : read;
    return { times, values, count, afterMs, untilMs: evidence.atMs };
  };
  return {
    read(evidence) {
      const needed = neededOf(overMs, evidence.intervalMs);
      let found: Valued[] | undefined;
      for (const series of evidence.series(measure.name)) {
        if (fits?.(series.labels) === false) continue;
        const window = look(series, evidence);
        if (window.count < needed) continue;
        const value = valueOf(window, evidence, series.labels);
        if (!Number.isFinite(value)) continue;
        if (found === undefined) found = [{ labels: series.labels, value }];
        else found.push({ labels: series.labels, value });
      }
      return found ?? NOTHING;
    },
    window(evidence) {
      const counts = [...evidence.series(measure.name)]
        .filter(({ labels }) => fits?.(labels) !== false)
        .map((series) => look(series, evidence).count);
      return { overMs, results: Math.max(0, ...counts), needed: neededOf(overMs, evidence.intervalMs) };
    },
  };
}

/** Takes the samples of outages out of the window; answers how many stay. */
function leaveOut(count: number, { outages }: Evidence): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const time = times[i] ?? Number.NaN;
    if (outages.some(({ sinceMs, untilMs }) => time >= sinceMs && time <= untilMs)) continue;
    times[kept] = time;
    values[kept++] = values[i] ?? Number.NaN;
  }
  return kept;
}
