import { describe, expect, it } from 'vitest';
import { DAY_MS, type History, HOUR_MS, MINUTE_MS, type Point } from '../src/core/history.ts';
import { openRetrospect } from '../src/retrospect.ts';
import { minuteOf, startPast } from './support/past.ts';
import { virtualClock } from './support/virtual-clock.ts';

const NOW_MS = Date.UTC(2026, 5, 1, 12, 30);
const ask = (days: number, stepMs?: number) => ({
  ...{ target: 'api', measure: 'duration' },
  ...{ fromMs: NOW_MS - days * DAY_MS, toMs: NOW_MS, stepMs },
});
const TWO_DAYS_MS = 2 * DAY_MS;

const point = (count: number): Point => ({ atMs: 0, count, down: 0, inconclusive: 0, maintained: 0 });

/** What is read of a history that answers when it is told to, or never. */
function slow(answer: () => Promise<unknown>): { history: History; calls: string[][] } {
  const calls: string[][] = [];
  const never = async () => {
    await answer();
    return [];
  };
  const history: History = {
    ...{ append: async () => {}, roll: async () => false, purge: async () => false },
    ...{ lines: never, hourMeans: never, changes: never },
    async summaries(targets) {
      calls.push([...targets]);
      await answer();
      return targets.map(() => [point(1), point(2), point(3), point(4)]);
    },
    [Symbol.asyncDispose]: async () => {},
  };
  return { history, calls };
}

describe('looking back', () => {
  it('tells uptime over 24 h, 7 d, 30 d and 90 d; of a span without results nothing', async () => {
    await using past = await startPast();
    await using history = past.open();
    const at = (agoMs: number) => minuteOf('api', Math.floor((NOW_MS - agoMs) / MINUTE_MS) * MINUTE_MS, [0.1]);
    await history.append([at(3 * DAY_MS), at(40 * DAY_MS), at(80 * DAY_MS), at(120 * DAY_MS)], []);
    const summaries = await openRetrospect(history, virtualClock(NOW_MS)).summaries(['api', 'other']);
    const counts = Object.entries(summaries.get('api') ?? {}).map(([span, { count }]) => [span, count]);
    expect(counts).toEqual([
      ['7d', 1],
      ['30d', 1],
      ['90d', 3],
    ]);
    expect(summaries.get('other')).toEqual({});
  });

  it('reads of each target once in 30 s, a hundred of them at a time', async () => {
    const { history, calls } = slow(async () => {});
    const clock = virtualClock(NOW_MS);
    const retrospect = openRetrospect(history, clock);
    const names = Array.from({ length: 150 }, (_, at) => `t${at}`);
    expect((await retrospect.summaries(names)).size).toBe(150);
    expect(calls.map(({ length }) => length)).toEqual([100, 50]);
    await clock.advance(29_000);
    await retrospect.summaries([...names, 'new']);
    expect(calls.slice(2)).toEqual([['new']]);
    await clock.advance(2000);
    expect((await retrospect.summaries(['t0'])).get('t0')?.['7d']?.count).toBe(2);
    expect(calls.slice(3)).toEqual([['t0']]);
  });

  it('waits no longer than 2 s, and then leaves out what it does not know', async () => {
    const { history } = slow(() => new Promise(() => {}));
    const clock = virtualClock(NOW_MS);
    const retrospect = openRetrospect(history, clock);
    const [summaries, seen] = [retrospect.summaries(['api']), retrospect.history(ask(1), TWO_DAYS_MS)];
    await clock.advance(2000);
    expect((await summaries).size).toBe(0);
    expect(await seen).toEqual({ unavailable: 'history cannot be read now' });
  });

  it('leaves no more than 16 reads waiting', async () => {
    let waiting = 0;
    const { history } = slow(() => {
      waiting++;
      return new Promise(() => {});
    });
    const clock = virtualClock(NOW_MS);
    const retrospect = openRetrospect(history, clock);
    const all = Array.from({ length: 40 }, (_, at) => retrospect.summaries([`t${at}`]));
    await clock.advance(2000);
    await Promise.all(all);
    await retrospect.summaries(['late']);
    expect(waiting).toBe(16);
  });

  it('says that history cannot be read where the store fails', async () => {
    const { history } = slow(() => Promise.reject(new Error('disk')));
    const retrospect = openRetrospect(history, virtualClock(NOW_MS));
    expect(await retrospect.history(ask(1), TWO_DAYS_MS)).toHaveProperty('unavailable');
    expect((await retrospect.summaries(['api'])).size).toBe(0);
  });

  it.each([
    { days: 0.1, step: '1m', stepMs: MINUTE_MS },
    { days: 1, step: '5m', stepMs: 5 * MINUTE_MS },
    { days: 1.9, step: '15m', stepMs: 15 * MINUTE_MS },
    { days: 2.1, step: '1h', stepMs: HOUR_MS },
    { days: 90, step: '6h', stepMs: 6 * HOUR_MS },
    { days: 400, step: '1d', stepMs: DAY_MS },
    { days: 9000, step: '7d', stepMs: 7 * DAY_MS },
  ])('shows $days days in steps of $step', async ({ days, stepMs }) => {
    const retrospect = openRetrospect(undefined, virtualClock(NOW_MS));
    expect(await retrospect.history(ask(days), TWO_DAYS_MS)).toEqual({ stepMs, series: [], changes: [] });
  });

  it('begins with a whole step, in which the time asked for lies', async () => {
    await using past = await startPast();
    await using history = past.open();
    const fromMs = NOW_MS - HOUR_MS;
    await history.append([minuteOf('api', fromMs - 30 * MINUTE_MS, [0.1])], []);
    const retrospect = openRetrospect(history, virtualClock(NOW_MS));
    const seen = await retrospect.history({ ...ask(1, HOUR_MS), fromMs }, TWO_DAYS_MS);
    expect(seen).toMatchObject({ series: [{ points: [{ atMs: fromMs - 30 * MINUTE_MS, count: 1 }] }] });
  });
});
