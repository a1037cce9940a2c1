import { type Labels, labelsKey, NO_LABELS } from '../core/labels.ts';
import type { ProbeResult, Sample } from '../core/result.ts';
import { dropBefore, firstAbove, numberAt, openRing, push, type Ring, shrink } from './ring.ts';
import { add, type HeldSeries, openSeries, type Series } from './series.ts';
import { sameLabels } from './shape.ts';

/** What the conditions of a target look back at. */
export interface WindowNeed {
  readonly target: string;
  readonly type: string;
  readonly intervalMs: number;
  /** By measure, the longest window, ms. */
  readonly windows: ReadonlyMap<string, number>;
}

/** What was measured lately: as much as the longest window of each measure needs, and no more. */
export interface Windows {
  /** Takes these needs from now on. Samples stay where the target's name and type stay and the measure is still needed. */
  retarget(needs: readonly WindowNeed[]): void;
  /** Scheduled results that saw something are samples; others are none. */
  record(result: ProbeResult): void;
  series(target: string, measure: string): Iterable<Series>;
}

/** Probes of one target, and what they measured. */
interface Track {
  need: WindowNeed;
  readonly type: string;
  intervalMs: number;
  readonly times: Ring;
  /** Few: found by going through them. */
  measures: readonly Measure[];
}

interface Measure {
  readonly name: string;
  /** How long a sample is kept: the window, and one interval, so that a late probe finds it whole. */
  keepMs: number;
  /** The sequence number of the oldest probe that is kept. */
  from: number;
  /** Those of the last result come first, in its order; then those it did not have, the latest seen first. */
  series: readonly HeldSeries[];
  /** While a result is taken: how many of its samples were of this measure. */
  seen: number;
  /** While a result is taken, once an instance is not where it was last time: those of this result, and all by their labels. */
  reordered: HeldSeries[] | undefined;
  byLabels: Map<string, HeldSeries> | undefined;
}

/** Instances that the last result did not have are kept up to so many: label sets come and go. */
const MOST_ABSENT = 500;

const NONE: readonly Series[] = [];

/** Empty windows. */
export function openWindows(): Windows {
  let tracks = new Map<string, Track>();
  return {
    retarget(needs) {
      const before = tracks;
      tracks = new Map();
      for (const need of needs) {
        if (need.windows.size === 0) continue;
        const old = before.get(need.target);
        tracks.set(need.target, adjusted(old?.type === need.type ? old : undefined, need));
      }
    },
    record(result) {
      if (result.turn !== 'scheduled' || (result.outcome !== 'up' && result.outcome !== 'down')) return;
      const track = tracks.get(result.target);
      if (track !== undefined) take(track, result.at.monoMs, result.measures);
    },
    series(target, measure) {
      const measures = tracks.get(target)?.measures ?? [];
      for (const one of measures) if (one.name === measure) return one.series;
      return NONE;
    },
  };
}

/** How many samples of a measure are kept where every probe is in time. */
const mostOf = ({ intervalMs }: Track, { keepMs }: Measure): number => Math.ceil(keepMs / intervalMs) + 1;

function longestOf(track: Track): number {
  let most = 0;
  for (const measure of track.measures) most = Math.max(most, mostOf(track, measure));
  return most;
}

const newMeasure = (name: string, keepMs: number, from: number): Measure => ({
  name,
  keepMs,
  from,
  series: [],
  seen: 0,
  reordered: undefined,
  byLabels: undefined,
});

function adjusted(old: Track | undefined, need: WindowNeed): Track {
  if (old?.need === need) return old;
  const { type, intervalMs, windows } = need;
  const track = old ?? { need, type, intervalMs, times: openRing(0), measures: [] };
  track.need = need;
  const { times } = track;
  const before = new Map(track.measures.map((measure) => [measure.name, measure]));
  track.intervalMs = intervalMs;
  track.measures = [...windows].map(([name, longestMs]): Measure => {
    const keepMs = longestMs + intervalMs;
    const kept = before.get(name);
    if (kept === undefined) return newMeasure(name, keepMs, times.next);
    kept.keepMs = keepMs;
    return kept;
  });
  drop(track, times.next > times.first ? numberAt(times, times.next - 1) : Number.NEGATIVE_INFINITY);
  for (const measure of track.measures) {
    for (const series of measure.series) {
      dropBefore(series.values, measure.from);
      shrink(series.values, mostOf(track, measure));
      series.capacity = series.values.numbers.length;
    }
  }
  shrink(times, longestOf(track));
  return track;
}

/** Drops the probes that no window reaches at this moment. */
function drop({ times, measures }: Track, atMs: number): void {
  let oldest = times.next;
  for (const measure of measures) {
    measure.from = Math.max(measure.from, firstAbove(times, atMs - measure.keepMs));
    oldest = Math.min(oldest, measure.from);
  }
  dropBefore(times, oldest);
}

function take(track: Track, atMs: number, samples: readonly Sample[]): void {
  const { times, measures } = track;
  // Results come in the order of their probes; one that does not is of a probe that a reload outlived.
  if (times.next > times.first && numberAt(times, times.next - 1) >= atMs) return;
  drop(track, atMs);
  const sequence = times.next;
  push(times, atMs, longestOf(track));
  for (const sample of samples) {
    for (const measure of measures) {
      if (measure.name === sample.name) takeSample(track, measure, sample, sequence);
    }
  }
  for (const measure of measures) settle(measure, sequence);
}

function takeSample(track: Track, measure: Measure, { labels = NO_LABELS, value }: Sample, sequence: number): void {
  const series = instanceOf(track, measure, labels, sequence);
  if (isTaken(series, sequence)) return; // the same instance twice in one result
  add(series, value, sequence, measure.from, mostOf(track, measure));
  measure.reordered?.push(series);
  measure.seen++;
}

const isTaken = ({ values }: HeldSeries, sequence: number): boolean => values.next > sequence;

/** Instances mostly come in the order of last time; where they do not, they are found by their labels. */
function instanceOf(track: Track, measure: Measure, labels: Labels, sequence: number): HeldSeries {
  const { series, seen } = measure;
  const expected = measure.reordered === undefined ? series[seen] : undefined;
  if (expected !== undefined && sameLabels(expected.labels, labels)) return expected;
  measure.reordered ??= series.slice(0, seen);
  measure.byLabels ??= new Map(series.map((one) => [labelsKey(one.labels), one]));
  const key = labelsKey(labels);
  const known = measure.byLabels.get(key) ?? openSeries(labels, track.times, sequence);
  measure.byLabels.set(key, known);
  return known;
}

/** Puts the instances of this result first, in its order, and lets go of those that no window holds any more. */
function settle(measure: Measure, sequence: number): void {
  const { reordered, series, seen, from } = measure;
  measure.seen = 0;
  measure.reordered = undefined;
  measure.byLabels = undefined;
  if (reordered === undefined && seen === series.length) return;
  const absent = series.filter((one) => !isTaken(one, sequence) && one.values.next > from);
  measure.series = [...(reordered ?? series.slice(0, seen)), ...absent.slice(0, MOST_ABSENT)];
}
