import { expect } from 'vitest';
import { type Labels, labelsKey } from '../../src/core/labels.ts';
import type { ProbeResult, Sample } from '../../src/core/result.ts';
import type { WindowNeed, Windows } from '../../src/observe/windows.ts';

export const INTERVAL_MS = 10_000;

export const need = (windows: Readonly<Record<string, number>>, changes: Partial<WindowNeed> = {}): WindowNeed => ({
  target: 'jobs',
  type: 'kafka',
  intervalMs: INTERVAL_MS,
  windows: new Map(Object.entries(windows)),
  ...changes,
});

export const up = (
  atMs: number,
  measures: readonly Sample[],
  turn: 'scheduled' | 'extra' = 'scheduled',
): Extract<ProbeResult, { readonly outcome: 'up' }> => ({
  target: 'jobs',
  turn,
  at: { monoMs: atMs, wallMs: atMs },
  outcome: 'up',
  durationMs: 5,
  measures,
  series: [],
});

export const lag = (value: number, labels?: Labels): Sample => ({
  name: 'lag',
  value,
  ...(labels === undefined ? {} : { labels }),
});

/** `[time, value]` of each sample of (`afterMs`, `untilMs`], by instance; instances without any are left out. */
export function held(windows: Windows, afterMs: number, untilMs: number, measure = 'lag') {
  const all: Record<string, readonly (readonly number[])[]> = {};
  for (const series of windows.series('jobs', measure)) {
    const times = new Float64Array(series.capacity);
    const values = new Float64Array(series.capacity);
    const count = series.read(afterMs, untilMs, times, values);
    if (count === 0) continue;
    expect(Object.keys(all)).not.toContain(labelsKey(series.labels));
    all[labelsKey(series.labels)] = [...times.subarray(0, count)].map((time, i) => [time, values[i] ?? Number.NaN]);
  }
  return all;
}
