import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/core/target.ts';
import { alertSpec, aTarget, downSpec } from '../support/targets.ts';
import { type Life, openLife, START_MS } from './restarts.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const life = (changes: Partial<Target> = {}): Life => openLife(aTarget('db', { type: 'postgres', ...changes }));
const times = (count: number, what: () => unknown) => Array.from({ length: count }, what);

const up = { outcome: 'up' as const };
const down = { outcome: 'down' as const };
const failed = (value: 0 | 1) => ({ ...(value === 0 ? up : down), measures: [{ name: 'failed', value }] });
const blocked = (value: number) => ({ ...up, measures: [{ name: 'blocked_queries', value }] });
const phases = (all: Life) => (all.review()?.active ?? []).map(({ spec, phase }) => `${spec.name} ${phase}`);

describe('what is kept of a target', () => {
  it('is nothing while it is up and nothing waits', () => {
    const target = life();
    times(20, () => target.after(10_000, up));
    expect(target.writes).toBe(0);
  });

  it('is written when a failure is seen, when it is confirmed, and not for every failure after that', () => {
    const target = life({ confirm: 1 });
    target.after(0, up);
    target.after(10_000, down);
    expect(target.writes).toBe(1);
    target.after(1000, down);
    expect(target.writes).toBe(2);
    times(50, () => target.after(10_000, down));
    expect(target.writes).toBe(2);
  });

  it('is forgotten once it is up again', () => {
    const target = life({ confirm: 0, recover: 2 });
    target.after(0, up);
    target.after(10_000, down);
    target.after(10_000, up);
    expect(target.docs.get('db')).toMatchObject({ isDown: true, successes: 1 });
    target.after(10_000, up);
    expect(target.docs.size).toBe(0);
  });

  it.each([
    { why: 'left the config', next: [] },
    { why: 'became another', next: [aTarget('db', { type: 'redis' })] },
  ])('is forgotten when it $why, also during the restart', ({ next }) => {
    for (const isRestarted of [false, true]) {
      const target = life({ confirm: 0 });
      target.after(0, up);
      target.after(10_000, down);
      expect(target.docs.size).toBe(1);
      if (isRestarted) target.restart(1000);
      target.retarget(next);
      expect(target.docs.size).toBe(0);
    }
  });
});

describe('a target that was down', () => {
  it.each([0, 10_000, 24 * HOUR_MS])('is down since its first failure, %d ms after its process ended', (awayMs) => {
    const target = life({ confirm: 1 });
    target.after(0, up);
    target.after(10_000, down);
    target.after(1000, down);
    target.restart(awayMs);
    expect(target.judge.standing('db')).toMatchObject({ verdict: 'down', sinceMs: START_MS + 10_000 });
    expect(phases(target)).toEqual(['HttpDown firing']);
    const { active, standing } = target.after(5000, down);
    expect(active[0]?.since.wallMs).toBe(START_MS + 10_000);
    expect(standing?.failing?.message).toBe('refused');
    target.after(10_000, up);
    expect(target.judge.standing('db')?.verdict).toBe('down');
    expect(target.after(10_000, up).active).toEqual([]);
  });

  it('needs one success more after a short restart in the middle of its recovery, and all of them after a long one', () => {
    for (const { awayMs, verdict } of [
      { awayMs: 4 * MINUTE_MS, verdict: 'up' },
      { awayMs: 6 * MINUTE_MS, verdict: 'down' },
    ]) {
      const target = life({ confirm: 0, recover: 2 });
      target.after(0, up);
      target.after(10_000, down);
      target.after(10_000, up);
      target.restart(awayMs);
      expect(target.after(1000, up).standing?.verdict).toBe(verdict);
    }
  });

  it('keeps the results of its outage out of windows', () => {
    const failing = alertSpec('Failing', 'avg(failed) over 2m > 10%', { type: 'http' });
    const target = openLife(aTarget('db', { confirm: 0, alerts: [downSpec('HttpDown'), failing] }));
    target.after(0, failed(0));
    target.after(10_000, failed(1));
    target.restart(0);
    times(6, () => target.after(10_000, failed(1)));
    for (let turn = 0; turn < 12; turn++)
      expect(target.after(10_000, failed(0)).active.map(({ spec }) => spec.name)).not.toContain('Failing');
    expect(phases(target)).toEqual([]);
  });
});

describe('a failure that waits for confirmation', () => {
  it('goes on to be counted: two of three survive', () => {
    const target = life({ confirm: 2 });
    target.after(0, up);
    target.after(10_000, down);
    target.after(1000, down);
    target.restart(3000);
    expect(target.judge.standing('db')?.failing?.count).toBe(2);
    const { standing } = target.after(1000, down);
    expect(standing).toMatchObject({ verdict: 'down', sinceMs: START_MS + 10_000 });
  });

  it.each([{ alerts: [downSpec('HttpDown')] }, { alerts: [] }])(
    'counts no more when nobody looked for long, and is not taken up again by the restart after that',
    ({ alerts }) => {
      const target = life({ confirm: 2, alerts });
      target.after(0, up);
      target.after(10_000, down);
      target.after(1000, down);
      target.restart(6 * MINUTE_MS);
      expect(target.docs.size).toBe(0);
      target.restart(0);
      expect(target.after(1000, down).standing).toMatchObject({ verdict: 'unknown', failing: { count: 1 } });
    },
  );

  it('counts for three intervals of a target that is seldom looked at', () => {
    const target = life({ confirm: 1, intervalMs: HOUR_MS });
    target.after(0, up);
    target.after(HOUR_MS, down);
    target.restart(3 * HOUR_MS);
    expect(target.after(1000, down).standing).toMatchObject({ verdict: 'down', sinceMs: START_MS + HOUR_MS });
  });
});

describe('an alert that waits for its `for`', () => {
  const waits = () => life({ alerts: [alertSpec('Blocked', 'blocked_queries > 0', { forMs: 30_000 })] });

  it('goes on to wait: the time in which nobody looked does not count', () => {
    const target = waits();
    target.after(0, blocked(1));
    target.after(10_000, blocked(1));
    target.look();
    target.restart(MINUTE_MS);
    expect(target.after(10_000, blocked(1)).active).toMatchObject([{ phase: 'pending', since: { wallMs: START_MS } }]);
    expect(target.after(9000, blocked(1)).active).toMatchObject([{ phase: 'pending' }]);
    expect(target.after(1000, blocked(1)).active).toMatchObject([{ phase: 'firing', since: { wallMs: START_MS } }]);
  });

  it('never fires before somebody has looked, and is over where what is seen then is well', () => {
    const target = waits();
    target.after(0, blocked(1));
    target.after(29_000, blocked(1));
    target.look();
    target.restart(4 * MINUTE_MS);
    expect(phases(target)).toEqual(['Blocked pending']);
    expect(target.after(20_000, blocked(0)).active).toEqual([]);
  });

  it('does not fire by what passed after the last look', () => {
    const target = life({ confirm: 0, alerts: [{ ...downSpec('Long'), forMs: 20_000 }] });
    target.after(0, up);
    target.after(10_000, down);
    target.pass(25_000);
    target.look();
    target.restart(1000);
    expect(phases(target)).toEqual(['Long pending']);
    expect(target.after(1000, down).active).toMatchObject([{ phase: 'firing' }]);
  });

  it('begins anew when nobody looked for long, or when its condition is another one now', () => {
    const long = waits();
    long.after(0, blocked(1));
    long.restart(6 * MINUTE_MS);
    expect(phases(long)).toEqual([]);
    const other = waits();
    other.after(0, blocked(1));
    other.retarget([
      aTarget('db', { type: 'postgres', alerts: [alertSpec('Blocked', 'blocked_queries > 2', { forMs: 30_000 })] }),
    ]);
    other.restart(0);
    expect(phases(other)).toEqual([]);
  });

  it('fires at its time when the process ends again and again', () => {
    const target = waits();
    const fired = Array.from({ length: 8 }, (_, index) => {
      const { active } = target.after(index === 0 ? 0 : 5000, blocked(1));
      target.look();
      target.restart(2000);
      return active[0]?.phase;
    });
    expect(fired.indexOf('firing')).toBe(6);
  });
});

describe('an alert that fired', () => {
  it('does not grow graver by the time in which nobody looked', () => {
    const raise = [{ afterMs: 5 * MINUTE_MS, severity: 'P0' as const }];
    const target = life({ alerts: [alertSpec('Blocked', 'blocked_queries > 0', { raise })] });
    target.after(0, blocked(1));
    target.after(MINUTE_MS, blocked(1));
    target.look();
    target.restart(HOUR_MS);
    expect(target.review()?.active[0]?.severity).toBe('P2');
    expect(target.after(3 * MINUTE_MS, blocked(1)).active[0]?.severity).toBe('P2');
    expect(target.after(MINUTE_MS, blocked(1)).active[0]?.severity).toBe('P0');
  });

  it('is not ended by a part of its window, but by the whole', () => {
    const failing = alertSpec('Failing', 'avg(failed) over 10m > 10%', { type: 'http' });
    const target = openLife(aTarget('db', { confirm: 9, alerts: [failing] }));
    for (let turn = 0; turn < 60; turn++) target.after(10_000, failed(turn % 5 === 0 ? 1 : 0));
    expect(phases(target)).toEqual(['Failing firing']);
    target.restart(MINUTE_MS);
    for (let turn = 1; turn < 60; turn++)
      expect(target.after(10_000, failed(0)).active, `${turn}`).toMatchObject([{ phase: 'firing' }]);
    expect(target.after(10_000, failed(0)).active).toEqual([]);
  });
});

describe('a file that lost until when was looked', () => {
  it('still tells who was down since when, and nothing that only time decides', () => {
    const target = life({ confirm: 0, alerts: [downSpec('HttpDown'), { ...downSpec('Long'), forMs: MINUTE_MS }] });
    target.after(0, up);
    target.after(10_000, down);
    target.loseLook();
    target.restart(1000);
    expect(target.judge.standing('db')).toMatchObject({ verdict: 'down', sinceMs: START_MS + 10_000 });
    expect(target.after(1000, down).active.map(({ phase }) => phase)).toEqual(['firing', 'pending']);
    expect(target.after(MINUTE_MS, down).active.map(({ phase }) => phase)).toEqual(['firing', 'firing']);
  });
});

describe('a wall clock that was set meanwhile', () => {
  it.each([-HOUR_MS, HOUR_MS, 20 * 365 * 24 * HOUR_MS])('by %d ms makes no outage younger than nothing', (jumpMs) => {
    const target = life({ confirm: 0, alerts: [downSpec('HttpDown'), { ...downSpec('Long'), forMs: MINUTE_MS }] });
    target.after(0, up);
    target.after(10_000, down);
    target.restart(1000, jumpMs);
    const { active } = target.after(1000, down);
    for (const { since } of active) {
      expect(since.wallMs).toBeLessThanOrEqual(START_MS + 12_000 + Math.max(0, jumpMs));
      expect(since.monoMs).toBeLessThanOrEqual(6000);
    }
    expect(active.map(({ phase }) => phase)).toEqual(['firing', 'pending']);
    expect(target.after(MINUTE_MS, down).active.map(({ phase }) => phase)).toEqual(['firing', 'firing']);
  });

  it('back leaves what waits its turn, and its age', () => {
    const target = life({ alerts: [alertSpec('Blocked', 'blocked_queries > 0', { forMs: 30_000 })] });
    target.after(0, blocked(1));
    target.after(20_000, blocked(1));
    target.look();
    target.restart(1000, -HOUR_MS);
    expect(target.after(9999, blocked(1)).active).toMatchObject([{ phase: 'pending' }]);
    expect(target.after(1, blocked(1)).active).toMatchObject([{ phase: 'firing' }]);
  });
});
