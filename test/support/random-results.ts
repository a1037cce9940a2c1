import type { Labels } from '../../src/core/labels.ts';
import type { ProbeResult, Sample } from '../../src/core/result.ts';

/** Numbers from 0 to 1 that look random and are the same for the same seed: mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The value of each next probe, or undefined where it is missing. */
export type Values = () => number | undefined;

/** One instance of a measure. */
export interface Source {
  readonly name: string;
  readonly labels?: Labels;
  readonly values: Values;
}

/** Values that wander around a centre, seldom far from it. */
export function wander(random: () => number, centre: number, far: number): () => number {
  let away = 0;
  return () => {
    away = 0.85 * away + (random() + random() + random() - 1.5) * far * 0.7;
    return centre + away;
  };
}

/** The same in whole numbers from 0 to `most`. */
export function wanderWhole(random: () => number, most: number): () => number {
  const next = wander(random, most / 2, most / 2);
  return () => Math.min(most, Math.max(0, Math.round(next())));
}

/**
 * A counter that grows by so much each time, and now and then begins anew; something was counted before it is seen. Not near 0:
 * there Prometheus before 2.51 extrapolates a window with a gap at its beginning a little further than later ones.
 */
export function counter(random: () => number, growth: () => number): () => number {
  let total = 40;
  return () => {
    total = random() < 0.02 ? 40 + 10 * random() : total + Math.max(0, growth());
    return total;
  };
}

/** The same values with short gaps, and one that is longer than half a window of 5 minutes. */
export function gappy(random: () => number, next: () => number): Values {
  let probe = 0;
  let missing = false;
  return () => {
    const value = next();
    missing = probe > 20 && random() < (missing ? 0.6 : 0.04);
    const isLong = probe > 100 && probe < 118;
    probe++;
    return missing || isLong ? undefined : value;
  };
}

/** A probe with the verdict that it leads to. */
export interface Round {
  readonly result: Extract<ProbeResult, { readonly outcome: 'up' | 'down' }>;
  readonly verdict: 'up' | 'down';
}

/** So many probes of a target, one every `everyMs`, some of which fail; times count from `fromMs`. */
export function* randomRounds(
  random: () => number,
  sources: readonly Source[],
  {
    target,
    count,
    fromMs,
    everyMs,
  }: { readonly target: string; readonly count: number; readonly fromMs: number; readonly everyMs: number },
): Generator<Round> {
  const duration = wander(random, 1, 0.4);
  let verdict: Round['verdict'] = 'up';
  let before = true;
  let fails = false;
  for (let probe = 0; probe < count; probe++) {
    fails = random() < (fails ? 0.65 : 0.06);
    // As with one re-probe and `recover: 2`.
    if (fails === before) verdict = fails ? 'down' : 'up';
    before = fails;
    const seen = sources.flatMap(({ name, labels, values }): Sample[] => {
      const value = values();
      return value === undefined ? [] : [{ name, value, ...(labels === undefined ? {} : { labels }) }];
    });
    const health: readonly Sample[] = [
      { name: 'up', value: fails ? 0 : 1 },
      { name: 'failed', value: fails ? 1 : 0 },
      { name: 'duration', value: duration() },
    ];
    const atMs = fromMs + probe * everyMs;
    const ran = {
      target,
      turn: 'scheduled' as const,
      at: { wallMs: atMs, monoMs: atMs },
      durationMs: 1000,
      series: [],
      measures: fails ? health : [...health, ...seen],
    };
    const result = fails
      ? { ...ran, outcome: 'down' as const, reason: 'refused' as const, message: 'connection refused' }
      : { ...ran, outcome: 'up' as const };
    yield { result, verdict };
  }
}
