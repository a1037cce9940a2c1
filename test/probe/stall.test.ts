import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { openStalls, type Stall } from '../../src/probe/stall.ts';
import { virtualClock } from '../support/virtual-clock.ts';

function start() {
  const clock = virtualClock();
  const told: Stall[] = [];
  return { clock, told, stalls: openStalls(clock, (stall) => told.push(stall)) };
}

describe('a stall', () => {
  it('is none while time passes as it should', async () => {
    const { clock, stalls, told } = start();
    await clock.advance(60_000);
    expect(stalls.since(0)).toBeUndefined();
    expect(told).toEqual([]);
  });

  it.each([
    [400, undefined],
    [600, undefined],
    [601, 501],
    [5100, 5000],
  ])('of %i ms since the last sign of life stood for at least %s ms', async (ms, stoodMs) => {
    const { clock, stalls } = start();
    await clock.advance(1000);
    await clock.jump(ms);
    expect(stalls.since(1000)).toBe(stoodMs);
  });

  it('is seen although the question comes before the next beat', async () => {
    const clock = virtualClock();
    let answer: number | undefined;
    clock.after(100, () => {
      answer = stalls.since(0);
    });
    const stalls = openStalls(clock);
    await clock.jump(3000);
    expect(answer).toBe(2900);
  });

  it('is told once, with when it began and ended at the most', async () => {
    const { clock, stalls, told } = start();
    await clock.advance(1000);
    await clock.jump(2000);
    stalls.look();
    await clock.advance(1000);
    expect(told).toEqual([{ fromMs: 1000, toMs: 3000 }]);
  });

  it('is that of a probe which began before its end, and of none that begins after it', async () => {
    const { clock, stalls } = start();
    await clock.advance(1000);
    await clock.jump(2000);
    expect(stalls.since(2999)).toBe(1900);
    expect(stalls.since(3000)).toBeUndefined();
    await clock.advance(60_000);
    expect(stalls.since(2999)).toBe(1900);
  });

  it('is the longest of several', async () => {
    const { clock, stalls } = start();
    for (const ms of [1000, 3000, 2000]) {
      await clock.jump(ms);
      await clock.advance(1000);
    }
    expect(stalls.since(0)).toBe(2900);
  });

  it('is no longer looked for after the end', async () => {
    const { clock, stalls } = start();
    stalls[Symbol.dispose]();
    await clock.advance(1000);
    expect(clock.pending()).toBe(0);
  });

  it('is one of the real event loop when it is kept busy', async () => {
    using stalls = openStalls(systemClock);
    await new Promise((resolve) => setTimeout(resolve, 300));
    stalls.look();
    const beganMs = systemClock.monoMs();
    while (systemClock.monoMs() - beganMs < 900);
    expect(stalls.since(beganMs)).toBeGreaterThan(500);
    expect(stalls.since(systemClock.monoMs())).toBeUndefined();
  });
});
