import type { Observation } from '../core/result.ts';

/** Phases of an HTTP probe in the order in which they happen. */
export const PHASES = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;
const WIDTH = 40;

/** A bar for each phase of a probe, one after the other, and the whole beneath; without phases the whole as a number alone. */
export function waterfall({ measures, durationMs }: Pick<Observation, 'measures' | 'durationMs'>): readonly string[] {
  const seconds = new Map(measures.map(({ name, value }) => [name, value]));
  const phases = PHASES.flatMap((name) => {
    const value = seconds.get(name);
    return value === undefined ? [] : [{ name, ms: value * 1000 }];
  });
  if (phases.length === 0) return [`  duration ${inMs(durationMs)}`];
  const totalMs = Math.max(
    durationMs,
    phases.reduce((sum, { ms }) => sum + ms, 0),
  );
  const lines: string[] = [];
  let doneMs = 0;
  for (const { name, ms } of phases) {
    lines.push(row(name, ms, doneMs, totalMs));
    doneMs += ms;
  }
  return [...lines, row('duration', durationMs, 0, totalMs)];
}

function row(name: string, ms: number, startMs: number, totalMs: number): string {
  const scale = totalMs === 0 ? 0 : WIDTH / totalMs;
  const from = Math.min(WIDTH - 1, Math.floor(startMs * scale));
  // What took time is seen, however short it was; what was not needed is not.
  const length = ms === 0 ? 0 : Math.max(1, Math.min(WIDTH - from, Math.round(ms * scale)));
  const bar = (' '.repeat(from) + '█'.repeat(length)).padEnd(WIDTH);
  return `  ${name.padEnd(12)} ${bar} ${inMs(ms).padStart(12)}`;
}

const inMs = (ms: number): string => `${ms.toFixed(2)} ms`;
