import { describe, expect, it } from 'vitest';
import { DAY_MS, type History, HOUR_MS, MINUTE_MS } from '../src/core/history.ts';
import type { ProbeResult } from '../src/core/result.ts';
import { type Historian, openHistorian } from '../src/historian.ts';
import { openOwnMetrics } from '../src/observe/own.ts';
import { goodConfig } from './support/config-folder.ts';
import { minuteOf, setClock, startPast } from './support/past.ts';
import { keepingLog } from './support/site.ts';
import { until } from './support/wait.ts';

const START_MS = Date.UTC(2026, 0, 20);
const CONFIG = `
service: shop
history: { minutes: 2h, hours: 30d }
targets:
  - name: api
    type: http
    url: http://127.0.0.1:1/
    measure: { pool: { json: $.pool, unit: ratio } }
    alerts: [{ name: Unusual, when: deviation(duration) over 15m > 50%, severity: P2 }]
`;
const WHOLE = { fromMs: 0, toMs: START_MS + 30 * DAY_MS };

type SetClock = ReturnType<typeof setClock>;

async function historianOver(history: History | undefined, clock: SetClock): Promise<Historian> {
  const own = openOwnMetrics({ version: '1', revision: '1' });
  const historian = openHistorian({ history, clock, log: keepingLog(), own });
  historian.use(await goodConfig(CONFIG));
  return historian;
}

const up = (atMs: number, durationMs: number, pool: number): ProbeResult => ({
  ...{ target: 'api', turn: 'scheduled', outcome: 'up', at: { wallMs: atMs, monoMs: atMs }, durationMs },
  measures: [
    { name: 'duration', value: durationMs / 1000 },
    { name: 'pool', value: pool },
  ],
  series: [],
});

/** Ticks until the store answers this. */
const ticked = async <T>(historian: Historian, what: string, ask: () => Promise<T | undefined> | T | undefined) =>
  (
    await until(what, () => {
      historian.tick();
      return ask();
    })
  ).value;

describe('the historian', () => {
  it('writes each minute down once it is over, and at its end what is left', async () => {
    await using past = await startPast();
    await using history = past.open();
    const clock = setClock(START_MS);
    const historian = await historianOver(history, clock);
    for (const atS of [0, 10, 70]) historian.record(up(START_MS + atS * 1000, 100, 0.5), false);
    historian.record(up(START_MS + 20_000, 100, 0.5), true);
    clock.wallMs += 75_000;
    const counts = async (measure: string) =>
      (await history.lines('api', measure, WHOLE, MINUTE_MS)).flatMap(({ points }) =>
        points.map(({ count, maintained }) => [count, maintained]),
      );
    await ticked(historian, 'a minute', async () => ((await counts('pool')).length > 0 ? true : undefined));
    expect([await counts('duration'), await counts('pool')]).toEqual([[[2, 1]], [[2, 0]]]);
    await historian.stop();
    expect([await counts('duration'), await counts('pool')]).toEqual([
      [
        [2, 1],
        [1, 0],
      ],
      [
        [2, 0],
        [1, 0],
      ],
    ]);
  });

  it('writes down how verdicts and alerts changed', async () => {
    await using past = await startPast();
    await using history = past.open();
    const historian = await historianOver(history, setClock(START_MS));
    const fires = {
      alertname: 'HttpDown',
      target: 'api',
      rootCause: undefined,
      from: undefined,
      to: 'firing' as const,
    };
    historian.changed({
      verdicts: [{ target: 'api', from: 'up', to: 'down', message: 'connection refused' }],
      changes: [fires],
    });
    await historian.stop();
    expect(await history.changes('api', WHOLE, 9)).toEqual([
      { atMs: START_MS, target: 'api', alertname: 'HttpDown', from: 'inactive', to: 'firing' },
      { atMs: START_MS, target: 'api', from: 'up', to: 'down', message: 'connection refused' },
    ]);
  });

  it('rolls up each hour and forgets what is old, but not while the clock may be wrong', async () => {
    await using past = await startPast();
    await using history = past.open();
    const old = [minuteOf('api', START_MS - 40 * DAY_MS, [1]), minuteOf('api', START_MS - 3 * HOUR_MS, [1])];
    await history.append(old, []);
    const clock = setClock(START_MS + 6 * MINUTE_MS);
    const historian = await historianOver(history, clock);
    const known = async () => {
      const of = async (stepMs: number) => (await history.lines('api', 'duration', WHOLE, stepMs))[0]?.points.length;
      return `${(await of(MINUTE_MS)) ?? 0} ${(await of(HOUR_MS)) ?? 0}`;
    };
    const settled = async () => {
      historian.tick();
      await until('rolled up', async () => ((await history.roll(0, 1)) ? undefined : true));
      for (let at = 0; at < 20; at++) historian.tick();
      return known();
    };
    expect(await settled()).toBe('2 2'); // it has just begun
    clock.wallMs += HOUR_MS;
    clock.offsetMs = 20 * 365 * DAY_MS;
    expect(await settled()).toBe('2 2'); // the clock has jumped
    clock.offsetMs = 0;
    clock.wallMs += HOUR_MS;
    expect(await settled()).toBe('2 2'); // and back
    clock.wallMs += HOUR_MS;
    await ticked(historian, 'forgotten', async () => ((await known()) === '0 1' ? true : undefined));
  });

  it('knows after a restart what is usual at this hour, and before the next hour begins what is usual then', async () => {
    await using past = await startPast();
    {
      await using history = past.open();
      const days = [1, 2, 3, 5, 9].flatMap((day) => [
        minuteOf('api', START_MS - day * DAY_MS + 5 * MINUTE_MS, [day, day]),
        minuteOf('api', START_MS - day * DAY_MS + 50 * MINUTE_MS, [day + 1, day + 3]),
        minuteOf('api', START_MS - day * DAY_MS + 65 * MINUTE_MS, [10 * day]),
      ]);
      await history.append(days, []);
    }
    await using history = past.open();
    const clock = setClock(START_MS + 10 * MINUTE_MS);
    const historian = await historianOver(history, clock);
    const usual = () => historian.usual('api', 'duration', {});
    expect(usual()).toBeUndefined();
    const first = await ticked(historian, 'usual', usual);
    expect(first).toBeCloseTo((2 + 3 + 4 + 6) / 4, 5);
    expect(historian.usual('api', 'pool', {})).toBeUndefined();
    clock.wallMs += 30 * MINUTE_MS;
    for (let at = 0; at < 20; at++) {
      historian.tick();
      await history.changes('api', WHOLE, 1);
    }
    clock.wallMs += 20 * MINUTE_MS;
    expect(usual()).toBeCloseTo((10 + 20 + 30 + 50) / 4, 5);
  });

  it('does nothing where no history is kept', async () => {
    const historian = await historianOver(undefined, setClock(START_MS));
    historian.record(up(START_MS, 1, 1), false);
    historian.tick();
    expect(historian.usual('api', 'duration', {})).toBeUndefined();
    await historian.stop();
  });
});
