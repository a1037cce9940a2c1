import { describe, expect, it } from 'vitest';
import { aTarget } from '../support/targets.ts';
import { bench, startsOf } from './bench.ts';

const seconds = (times: readonly number[]) => times.map((atMs) => Math.round(atMs / 1000));

describe('a reload', () => {
  it('that changes an interval runs the target no second time while it runs', async () => {
    const { clock, replace, twice, starts } = bench(() => 5000);
    replace([aTarget('a', { intervalMs: 10_000 })]);
    await clock.advance(1000);
    replace([aTarget('a', { intervalMs: 20_000 })]);
    await clock.advance(60_000);
    expect(twice()).toBe(0);
    expect(seconds(startsOf(starts, 'a'))).toEqual([0, 21, 41, 61]);
  });

  it('that changes an interval keeps the result of the probe in flight, and what was asked for', async () => {
    const { clock, scheduler, replace, results, starts } = bench(() => 2000);
    replace([aTarget('a', { intervalMs: 60_000 })]);
    await clock.advance(1000);
    scheduler.probeNow([{ target: 'a', afterMs: 4000 }]);
    replace([aTarget('a', { intervalMs: 30_000 })]);
    await clock.advance(7000);
    expect(results.map((result) => result.outcome)).toEqual(['skipped', 'up', 'up']);
    expect(starts.map(({ turn }) => turn)).toEqual(['scheduled', 'extra']);
  });

  it('gives the changed target to the next probe', async () => {
    const { clock, replace, results } = bench((target) => (target === 'a' ? 1 : 0));
    replace([aTarget('a', { intervalMs: 10_000 })]);
    await clock.advance(5000);
    replace([aTarget('a', { intervalMs: 10_000, timeoutMs: 1 })]);
    await clock.advance(10_000);
    expect(results).toHaveLength(2);
  });

  it('takes away what a target that left was asked for, also when it comes back', async () => {
    const { clock, scheduler, replace, starts } = bench(() => 1);
    replace([aTarget('a')]);
    await clock.advance(1000);
    scheduler.probeNow([{ target: 'a', afterMs: 2000 }]);
    replace([]);
    replace([aTarget('a')]);
    await clock.advance(5000);
    expect(seconds(startsOf(starts, 'a'))).toEqual([0, 1]);
  });

  it('drops the result of a target that left while it ran, or while it waited for room', async () => {
    const { clock, replace, results, starts } = bench(() => 5000, 2);
    replace(Array.from({ length: 10 }, (_, index) => aTarget(`t${index}`, { intervalMs: 60_000 })));
    await clock.advance(4000);
    replace([]);
    await clock.advance(120_000);
    expect(starts).toHaveLength(1);
    expect(results).toEqual([]);
  });
});

describe('a storm of reloads', () => {
  it('loses no turn of a target that stays, and probes none twice', async () => {
    const { clock, replace, starts, twice } = bench(() => 30);
    const stays = Array.from({ length: 20 }, (_, index) => aTarget(`stays${index}`, { intervalMs: 10_000 }));
    for (let round = 0; round < 100; round++) {
      const others = Array.from({ length: 5 }, (_, index) =>
        aTarget(`other${index}`, { intervalMs: 5000 + ((round + index) % 3) * 1000 }),
      );
      replace([...others, ...stays].toSorted(() => (round % 2) - 0.5));
      await clock.advance(599);
    }
    expect(twice()).toBe(0);
    for (const { name } of stays) {
      const times = startsOf(starts, name);
      expect(times.length).toBeGreaterThanOrEqual(6);
      for (const [index, atMs] of times.entries())
        if (index > 1) expect(atMs - (times[index - 1] ?? 0)).toBeCloseTo(10_000, -1);
    }
  });

  it('never lets more than the limit be in flight', async () => {
    const { clock, replace, most } = bench(() => 4000, 20);
    const targets = Array.from({ length: 200 }, (_, index) => aTarget(`t${index}`, { intervalMs: 10_000 }));
    for (let round = 0; round < 50; round++) {
      replace(targets);
      await clock.advance(300);
    }
    expect(most()).toBeLessThanOrEqual(20);
  });

  it('that lowers the limit lets what runs end, then keeps to it', async () => {
    const { clock, replace, starts } = bench(() => 1000, 20);
    const targets = Array.from({ length: 100 }, (_, index) => aTarget(`t${index}`, { intervalMs: 10_000 }));
    replace(targets);
    await clock.advance(2000);
    replace(targets, 5);
    const { length } = starts;
    await clock.advance(10_000);
    expect(starts.length - length).toBeLessThanOrEqual(4 * 10 + 20);
  });

  it('that changes every interval a thousand times grows no queue', async () => {
    const { clock, replace, starts } = bench(() => 1);
    const hours = 3_600_000;
    for (let round = 0; round < 1000; round++)
      replace(Array.from({ length: 50 }, (_, index) => aTarget(`t${index}`, { intervalMs: hours + round })));
    await clock.advance(5000);
    expect(starts).toHaveLength(50);
    await clock.advance(2 * hours);
    expect(starts.length).toBeGreaterThanOrEqual(100);
    expect(starts.length).toBeLessThanOrEqual(150);
  });
});

describe('a hook that throws', () => {
  const boom = new Error('a bug');
  const throws = () => {
    throw boom;
  };

  it('while it hears of a skipped turn stops no schedule', async () => {
    const { clock, replace, hooks, errors, starts } = bench((target) => (target === 'slow' ? 15_000 : 1));
    hooks.onResult = throws;
    replace([aTarget('slow', { intervalMs: 10_000 }), aTarget('a', { intervalMs: 10_000 })]);
    await clock.advance(60_000);
    expect(startsOf(starts, 'a').length).toBeGreaterThanOrEqual(6);
    expect(startsOf(starts, 'slow').length).toBeGreaterThanOrEqual(3);
    expect(errors.map(({ error }) => error)).toContain(boom);
  });

  it('while it hears of a start leaves the target to its next turn', async () => {
    const { clock, replace, hooks, errors, starts } = bench(() => 1);
    const onStart = hooks.onStart;
    hooks.onStart = throws;
    replace([aTarget('a', { intervalMs: 10_000 })]);
    await clock.advance(5000);
    hooks.onStart = onStart;
    await clock.advance(10_000);
    expect(errors).toEqual([{ error: boom, target: 'a' }]);
    expect(seconds(startsOf(starts, 'a'))).toEqual([10]);
  });

  it('instead of probing leaves the target to its next turn', async () => {
    const { clock, replace, errors, results } = bench((_, start) => (start === 1 ? throws() : 1));
    replace([aTarget('a', { intervalMs: 10_000 })]);
    await clock.advance(15_000);
    expect(errors).toEqual([{ error: boom, target: 'a' }]);
    expect(results).toHaveLength(1);
  });
});

describe('a jump of the clock', () => {
  it('of an hour probes each target once, then on its grid', async () => {
    const { clock, replace, starts } = bench(() => 1);
    replace(Array.from({ length: 20 }, (_, index) => aTarget(`t${index}`, { intervalMs: 10_000 })));
    await clock.advance(15_000);
    const { length } = starts;
    await clock.jump(3_600_000);
    expect(starts.length - length).toBe(20);
    await clock.advance(60_000);
    expect(starts.length - length).toBeLessThanOrEqual(7 * 20);
    const times = startsOf(starts, 't10');
    for (const atMs of times.slice(-6)) expect(atMs % 10_000).toBeCloseTo(5000, -1);
  });
});

describe('a stop', () => {
  it('while probes run and wait hears of nothing more and starts nothing more', async () => {
    const { clock, scheduler, replace, starts, results } = bench(() => 5000, 3);
    replace(Array.from({ length: 10 }, (_, index) => aTarget(`t${index}`, { intervalMs: 10_000 })));
    scheduler.probeNow([{ target: 't9', afterMs: 3000 }]);
    await clock.advance(2000);
    scheduler.stop();
    const before = [starts.length, results.length];
    replace([aTarget('late')]);
    scheduler.probeNow([{ target: 'late', afterMs: 0 }]);
    await clock.advance(60_000);
    expect([starts.length, results.length]).toEqual(before);
  });

  it('leaves no timer behind, whatever was asked for', async () => {
    const { clock, scheduler, replace } = bench(() => 1);
    replace([aTarget('a'), aTarget('b', { intervalMs: 3_600_000 })]);
    await clock.advance(5000);
    scheduler.probeNow([{ target: 'b', afterMs: 3_000_000 }]);
    replace([aTarget('a'), aTarget('c')]);
    scheduler.probeNow([{ target: 'c', afterMs: 3_000_000 }]);
    scheduler.stop();
    expect(clock.pending()).toBe(0);
  });
});
