import type { Outage, Series } from './evidence.ts';

/** Where windows are read to, one after the other: grown as needed, never given back. */
let times = new Float64Array(256);
let values = new Float64Array(256);

/** The samples of a window that count; the arrays are good until the next one is read. */
export interface WindowRead {
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly count: number;
}

/** Reads the samples of (`afterMs`, `untilMs`], without those that say nothing: NaN, and what lies in an outage. */
export function readWindow(series: Series, afterMs: number, untilMs: number, outages: readonly Outage[]): WindowRead {
  if (series.capacity > times.length) {
    times = new Float64Array(2 * series.capacity);
    values = new Float64Array(2 * series.capacity);
  }
  const read = series.read(afterMs, untilMs, times, values);
  // Mostly every sample counts, and there is nothing to move.
  let count = 0;
  if (outages.length === 0) while (count < read && !Number.isNaN(values[count])) count++;
  for (let i = count; i < read; i++) {
    const atMs = times[i] ?? 0;
    const value = values[i] ?? Number.NaN;
    if (Number.isNaN(value) || (outages.length > 0 && isWithin(outages, atMs))) continue;
    times[count] = atMs;
    values[count] = value;
    count++;
  }
  return { times, values, count };
}

function isWithin(outages: readonly Outage[], atMs: number): boolean {
  for (const { sinceMs, untilMs } of outages) if (sinceMs <= atMs && atMs <= untilMs) return true;
  return false;
}
