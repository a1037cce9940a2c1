import { describe, expect, it } from 'vitest';
import { aTarget } from '../support/targets.ts';
import { bench, startsOf } from './bench.ts';

describe('the scheduler', () => {
  it('keeps a fixed rate, whatever a probe takes', async () => {
    const { clock, starts, replace } = bench(() => 4000);
    replace([aTarget('a', { intervalMs: 10_000 })]);
    await clock.advance(60_000);
    const gaps = startsOf(starts, 'a').map((atMs) => Math.round(atMs / 10_000) * 10_000 - atMs);
    expect(starts.length).toBe(7);
    for (const gap of gaps) expect(Math.abs(gap)).toBeLessThanOrEqual(2);
  });

  it('never runs a target twice at once, and counts the turns that it left out', async () => {
    const { clock, starts, skips, replace } = bench(() => 25_000);
    replace([aTarget('a', { intervalMs: 10_000 })]);
    await clock.advance(60_000);
    expect(startsOf(starts, 'a').map((atMs) => Math.round(atMs / 1000))).toEqual([0, 30, 60]);
    expect(skips('overlap')).toHaveLength(4);
  });

  it('goes on after a stall on the same grid, without making up for what was missed', async () => {
    const { clock, starts, replace } = bench(() => 0);
    replace([aTarget('a', { intervalMs: 10_000 }), aTarget('b', { intervalMs: 10_000 })]);
    await clock.advance(31_000);
    expect(startsOf(starts, 'b').map((atMs) => Math.round(atMs / 100) / 10)).toEqual([1.5, 5, 15, 25]);
  });

  it('never has more probes in flight than the limit, and counts what was saturated', async () => {
    const { clock, scheduler, skips, replace, most } = bench(() => 15_000, 10);
    replace(Array.from({ length: 100 }, (_, index) => aTarget(`t${index}`, { intervalMs: 10_000 })));
    for (let index = 50; index < 100; index++) scheduler.probeNow([{ target: `t${index}`, afterMs: 0 }]);
    await clock.advance(60_000);
    expect(most()).toBe(10);
    expect(skips('saturated').length).toBeGreaterThan(100);
  });

  it('keeps the schedule of others while a host of many is black-holed', async () => {
    const { clock, starts, replace } = bench((target) => (target.startsWith('dead') ? 5000 : 5), 40);
    const dead = Array.from({ length: 200 }, (_, i) =>
      aTarget(`dead${i}`, { intervalMs: 10_000, hosts: ['dead.example'] }),
    );
    const live = Array.from({ length: 20 }, (_, i) =>
      aTarget(`live${i}`, { intervalMs: 10_000, hosts: [`h${i}.example`] }),
    );
    replace([...dead, ...live]);
    await clock.advance(60_000);
    for (const target of live) expect(startsOf(starts, target.name).length).toBeGreaterThanOrEqual(6);
  });

  it('probes out of turn when asked, without moving the schedule', async () => {
    const { clock, scheduler, starts, replace } = bench(() => 1);
    replace([aTarget('a', { intervalMs: 10_000 })]);
    await clock.advance(5000);
    scheduler.probeNow([{ target: 'a', afterMs: 500 }]);
    await clock.advance(20_000);
    expect(starts.map(({ atMs, turn }) => [Math.round(atMs / 100) / 10, turn])).toEqual([
      [0, 'scheduled'],
      [5.5, 'extra'],
      [10, 'scheduled'],
      [20, 'scheduled'],
    ]);
  });

  it('measures how late a turn is, and nothing of probes out of turn', async () => {
    const { clock, scheduler, delays, replace } = bench((target) => (target === 'a' ? 4000 : 1), 2);
    replace([aTarget('a', { intervalMs: 10_000 }), aTarget('b', { intervalMs: 10_000 })]);
    await clock.advance(4500);
    scheduler.probeNow([{ target: 'b', afterMs: 0 }]);
    await clock.advance(400);
    expect(delays.map((delayMs) => Math.round(delayMs / 100) * 100)).toEqual([0, 2500]);
  });

  it('keeps a turn although its re-probe waits behind others', async () => {
    const { clock, scheduler, starts, replace, twice } = bench((target) => (target === 'dead' ? 12_000 : 1), 10);
    replace([aTarget('dead', { intervalMs: 60_000 }), aTarget('a', { intervalMs: 10_000 })]);
    await clock.advance(13_000);
    scheduler.probeNow([{ target: 'dead', afterMs: 0 }]);
    scheduler.probeNow([{ target: 'a', afterMs: 1 }]);
    await clock.advance(15_000);
    const late = starts.filter(({ target, atMs }) => target === 'a' && atMs > 13_000);
    expect(late.map(({ atMs, turn }) => [Math.round(atMs / 1000), turn])).toEqual([[20, 'scheduled']]);
    expect(twice()).toBe(0);
  });

  it('takes a probe out of turn that is still in flight as the sample of the turn that comes', async () => {
    const { clock, scheduler, starts, results, replace } = bench(() => 3000);
    replace([aTarget('a', { intervalMs: 10_000 })]);
    await clock.advance(8000);
    scheduler.probeNow([{ target: 'a', afterMs: 0 }]);
    await clock.advance(5000);
    expect(starts.map(({ turn }) => turn)).toEqual(['scheduled', 'extra']);
    expect(results.map(({ turn }) => turn)).toEqual(['scheduled', 'scheduled']);
  });

  it('lets a probe in flight serve for one that is asked for', async () => {
    const { clock, scheduler, starts, replace } = bench(() => 3000);
    replace([aTarget('a', { intervalMs: 10_000 })]);
    await clock.advance(1000);
    scheduler.probeNow([{ target: 'a', afterMs: 0 }]);
    await clock.advance(5000);
    expect(starts).toHaveLength(1);
  });

  it('keeps the schedule of targets that a reload leaves as they are', async () => {
    const { clock, starts, replace } = bench(() => 1);
    const a = aTarget('a', { intervalMs: 10_000 });
    replace([a]);
    await clock.advance(14_000);
    replace([a, aTarget('b', { intervalMs: 10_000 })]);
    await clock.advance(12_000);
    expect(startsOf(starts, 'a').map((atMs) => Math.round(atMs / 1000))).toEqual([0, 10, 20]);
    expect(startsOf(starts, 'b').map((atMs) => Math.round(atMs / 1000))).toEqual([14, 24]);
  });

  it('starts nothing more for a target that left, or after a stop', async () => {
    const { clock, scheduler, starts, replace } = bench(() => 1);
    replace([aTarget('a'), aTarget('b')]);
    await clock.advance(5000);
    replace([aTarget('b')]);
    await clock.advance(20_000);
    expect(startsOf(starts, 'a')).toHaveLength(1);
    scheduler.stop();
    const { length } = starts;
    await clock.advance(60_000);
    expect(starts).toHaveLength(length);
  });
});
