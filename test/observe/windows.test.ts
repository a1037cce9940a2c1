import { describe, expect, it } from 'vitest';
import { type Labels, labelsKey, NO_LABELS } from '../../src/core/labels.ts';
import type { ProbeResult, Sample } from '../../src/core/result.ts';
import { openWindows, type WindowNeed, type Windows } from '../../src/observe/windows.ts';
import { held, INTERVAL_MS, lag, need, up } from './held.ts';

const ofOne = (windows: Windows, afterMs: number, untilMs: number) => held(windows, afterMs, untilMs)[''] ?? [];
const capacities = (windows: Windows) => [...windows.series('jobs', 'lag')].map(({ capacity }) => capacity);

function opened(...needs: readonly WindowNeed[]): Windows {
  const windows = openWindows();
  windows.retarget(needs);
  return windows;
}

describe('windows', () => {
  it('give the samples of a window, without its left end and with its right one', () => {
    const windows = opened(need({ lag: 60_000 }));
    for (const at of [10, 20, 30, 40]) windows.record(up(at, [lag(at / 10)]));
    expect(ofOne(windows, 10, 30)).toEqual([
      [20, 2],
      [30, 3],
    ]);
  });

  it('hold only the measures that are needed', () => {
    const windows = opened(need({ lag: 60_000 }));
    windows.record(up(10, [lag(1), { name: 'duration', value: 2 }]));
    expect(held(windows, 0, 10, 'duration')).toEqual({});
    expect(held(windows, 0, 10)).toEqual({ '': [[10, 1]] });
  });

  it('hold what failed probes measured too', () => {
    const windows = opened(need({ lag: 60_000 }));
    windows.record({ ...up(10, [lag(1)]), outcome: 'down', reason: 'refused', message: 'connection refused' });
    expect(ofOne(windows, 0, 10)).toEqual([[10, 1]]);
  });

  const ran = { target: 'jobs', turn: 'scheduled', at: { monoMs: 20, wallMs: 20 } } as const;
  it.each<readonly [string, ProbeResult]>([
    ['a re-probe', up(20, [lag(2)], 'extra')],
    ['a skipped turn', { ...ran, outcome: 'skipped', why: 'overlap' }],
    ['what tells nothing', { ...ran, outcome: 'inconclusive', why: 'own-stall', message: 'stalled' }],
    ['a target that nobody asked for', { ...up(20, [lag(2)]), target: 'other' }],
    ['a result that comes after a later one', up(5, [lag(2)])],
  ])('take no sample from %s', (_, result) => {
    const windows = opened(need({ lag: 60_000 }));
    windows.record(up(10, [lag(1)]));
    windows.record(result);
    expect(ofOne(windows, 0, 100)).toEqual([[10, 1]]);
    expect(held(windows, 0, 100)).toEqual({ '': [[10, 1]] });
  });

  it('leave out the moments in which an instance had no value', () => {
    const windows = opened(need({ lag: 60_000 }));
    windows.record(up(10, [lag(1)]));
    windows.record(up(20, []));
    windows.record(up(30, [lag(Number.NaN)]));
    windows.record(up(40, [lag(4)]));
    expect(ofOne(windows, 0, 40)).toEqual([
      [10, 1],
      [40, 4],
    ]);
  });

  it('keep the longest window and one interval, and take no more room than that, however long it goes on', () => {
    const windows = opened(need({ lag: 15 * 60_000 }));
    for (let i = 0; i < 1000; i++) windows.record(up(i * INTERVAL_MS, [lag(i)]));
    expect(capacities(windows)).toEqual([92]);
    expect(ofOne(windows, 0, Number.POSITIVE_INFINITY)).toHaveLength(91);
  });

  it('lose nothing while they grow', () => {
    const windows = opened(need({ lag: 15 * 60_000 }));
    for (let i = 1; i <= 90; i++) {
      windows.record(up(i * INTERVAL_MS, [lag(i)]));
      const all = Array.from({ length: i }, (_, k) => [(k + 1) * INTERVAL_MS, k + 1]);
      expect(ofOne(windows, 0, i * INTERVAL_MS)).toEqual(all);
    }
  });

  it('hold all results of a window where they come closer than they should', () => {
    const windows = opened(need({ lag: 60_000 }));
    for (let i = 1; i <= 200; i++) windows.record(up(i * 1000, [lag(i)]));
    expect(ofOne(windows, 140_000, 200_000).map(([, value]) => value)).toEqual(
      Array.from({ length: 60 }, (_, k) => 141 + k),
    );
  });

  it('begin small', () => {
    const windows = opened(need({ lag: 30 * 86_400_000 }));
    windows.record(up(0, [lag(1)]));
    expect(capacities(windows)).toEqual([8]);
  });

  it('give back room that a shorter window does not need', () => {
    const windows = opened(need({ lag: 15 * 60_000 }));
    for (let i = 0; i < 1000; i++) windows.record(up(i * INTERVAL_MS, [lag(i)]));
    windows.retarget([need({ lag: 60_000 })]);
    expect(capacities(windows)).toEqual([8]);
    expect(ofOne(windows, 9_940_000, 9_990_000).map(([, value]) => value)).toEqual([995, 996, 997, 998, 999]);
  });
});

describe('instances of a measure', () => {
  const a = { group: 'a' };
  const b = { group: 'b' };
  const c = { group: 'c' };
  const samples = (...groups: readonly Labels[]): readonly Sample[] => groups.map((labels, i) => lag(i, { ...labels }));
  const groupsOf = (windows: Windows) => [...windows.series('jobs', 'lag')].map(({ labels }) => labels['group']);

  it('are told apart by their labels, in whatever order they come', () => {
    const windows = opened(need({ lag: 60_000 }));
    windows.record(up(10, samples(a, b)));
    windows.record(up(20, samples(b, c, a)));
    expect(held(windows, 0, 20)).toEqual({
      [labelsKey(a)]: [
        [10, 0],
        [20, 2],
      ],
      [labelsKey(b)]: [
        [10, 1],
        [20, 0],
      ],
      [labelsKey(c)]: [[20, 1]],
    });
  });

  it('are one without labels, whether there is an empty set or none', () => {
    const windows = opened(need({ lag: 60_000 }));
    windows.record(up(10, [lag(1)]));
    windows.record(up(20, [lag(2, {})]));
    expect(ofOne(windows, 0, 20)).toHaveLength(2);
    expect([...windows.series('jobs', 'lag')].map(({ labels }) => labels)).toEqual([NO_LABELS]);
  });

  it('count once in a result that has one twice', () => {
    const windows = opened(need({ lag: 60_000 }));
    for (const at of [10, 20]) windows.record(up(at, samples(a, a, b)));
    expect(held(windows, 0, 10)).toEqual({ [labelsKey(a)]: [[10, 0]], [labelsKey(b)]: [[10, 2]] });
    expect(groupsOf(windows)).toEqual(['a', 'b']);
  });

  it('are let go once no window holds a sample of them', () => {
    const windows = opened(need({ lag: 60_000 }));
    windows.record(up(0, samples(a, b)));
    for (let at = INTERVAL_MS; at < 70_000; at += INTERVAL_MS) windows.record(up(at, samples(b)));
    expect(groupsOf(windows)).toEqual(['b', 'a']);
    windows.record(up(70_000, samples(b)));
    expect(groupsOf(windows)).toEqual(['b']);
  });

  it('are let go, the longest unseen first, where thousands come and go', () => {
    const windows = opened(need({ lag: 60_000 }));
    for (let i = 0; i < 6; i++) {
      const groups = Array.from({ length: 1000 }, (_, k) => ({ group: `${i}-${k}` }));
      windows.record(up(i * INTERVAL_MS, samples(...groups)));
    }
    expect(groupsOf(windows)).toHaveLength(1500);
    expect(groupsOf(windows)[1000]).toBe('4-0');
  });
});

describe('windows of another config', () => {
  const filled = () => {
    const windows = opened(need({ lag: 60_000 }));
    windows.record(up(10, [lag(1)]));
    return windows;
  };

  it.each([
    ['a measure that is still needed', need({ lag: 60_000, duration: 60_000 }), 1],
    ['a measure with a longer window', need({ lag: 600_000 }), 1],
    ['another interval', need({ lag: 60_000 }, { intervalMs: 1000 }), 1],
    ['a measure that is no longer needed', need({ duration: 60_000 }), 0],
    ['a target of another type', need({ lag: 60_000 }, { type: 'http' }), 0],
    ['a target of another name', need({ lag: 60_000 }, { target: 'other' }), 0],
    ['a target without windows', need({}), 0],
  ])('keep what is known, or not: %s', (_, next, count) => {
    const windows = filled();
    windows.retarget([next]);
    expect(ofOne(windows, 0, 10)).toHaveLength(count);
  });

  it('know nothing any more of a measure that was not needed for a while', () => {
    const windows = filled();
    windows.retarget([need({ duration: 60_000 })]);
    windows.retarget([need({ lag: 60_000, duration: 60_000 })]);
    windows.record(up(20, [lag(2)]));
    expect(ofOne(windows, 0, 20)).toEqual([[20, 2]]);
  });
});
