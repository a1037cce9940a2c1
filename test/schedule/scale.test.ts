import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/core/target.ts';
import { aTarget } from '../support/targets.ts';
import { bench } from './bench.ts';

const TARGETS = 10_000;
const INTERVAL_MS = 10_000;
const TIMEOUT_MS = 5000;
const isDead = (name: string): boolean => name.startsWith('dead');

/** Every fifth target is black-holed: its probes end by their deadline alone, and each of its failures is re-probed. */
function fifthDead(hostOf: (index: number) => string) {
  const targets = Array.from({ length: TARGETS }, (_, index) => {
    const name = index % 5 === 0 ? `dead${index}` : `live${index}`;
    return aTarget(name, { intervalMs: INTERVAL_MS, hosts: [isDead(name) ? hostOf(index) : `h${index}.example`] });
  });
  const world = bench((target) => (isDead(target) ? TIMEOUT_MS : 3), 4000);
  world.hooks.onResult = (result) => {
    world.results.push(result);
    const { target, turn, outcome } = result;
    if (outcome === 'up' && isDead(target) && turn === 'scheduled')
      world.scheduler.probeNow([{ target, afterMs: 1000 }]);
  };
  return { ...world, targets };
}

/** How far the scheduled starts of the live targets are from an even rate, ms: the worst after the first round. */
function worstLateness(starts: readonly { target: string; atMs: number; turn: string }[], targets: readonly Target[]) {
  const last = new Map<string, number>();
  const counts = new Map<string, number>();
  let worst = 0;
  for (const { target, atMs, turn } of starts) {
    if (turn !== 'scheduled' || isDead(target)) continue;
    const before = last.get(target);
    if (before !== undefined && (counts.get(target) ?? 0) > 1) worst = Math.max(worst, atMs - before - INTERVAL_MS);
    last.set(target, atMs);
    counts.set(target, (counts.get(target) ?? 0) + 1);
  }
  const fewest = Math.min(...targets.filter(({ name }) => !isDead(name)).map(({ name }) => counts.get(name) ?? 0));
  return { worst, fewest };
}

describe('10,000 targets of which a fifth are black-holed', () => {
  it.each([
    { where: 'each on a host of its own', hostOf: (index: number) => `d${index}.example` },
    { where: 'all on one host', hostOf: () => 'dead.example' },
  ])('keep the schedule of the others: $where', { timeout: 60_000 }, async ({ hostOf }) => {
    const { clock, replace, starts, targets, most, twice, skips } = fifthDead(hostOf);
    replace(targets);
    await clock.advance(25_000);
    const { worst, fewest } = worstLateness(starts, targets);
    expect(worst).toBeLessThanOrEqual(5);
    expect(fewest).toBeGreaterThanOrEqual(3);
    expect(most()).toBeLessThanOrEqual(4000);
    expect(twice()).toBe(0);
    for (const result of [...skips('overlap'), ...skips('saturated')]) expect(isDead(result.target)).toBe(true);
  });
});
