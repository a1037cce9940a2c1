import { readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bucket, emptyBucket, enter } from '../../src/core/bucket.ts';
import { recordOf } from '../../src/core/bucket-record.ts';
import { DAY_MS, type History, HOUR_MS, MINUTE_MS, type MinuteRow } from '../../src/core/history.ts';
import type { Labels } from '../../src/core/labels.ts';
import { sqliteHistory } from '../../src/store/history-sqlite.ts';

const START_MS = Date.UTC(2026, 0, 10);
let folder: string;
let path: string;
let setAside: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outrider-history-'));
  path = join(folder, 'data', 'outrider.history.db');
  setAside = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (): History =>
  sqliteHistory({ path, stamp: () => 'then', onSetAside: (where, why) => setAside.push(`${where}: ${why}`) });

/** A minute of a target: how long its results took, in seconds, and what else there was. */
function row(
  minute: number,
  durations: readonly number[],
  more: Partial<Bucket> & { target?: string } = {},
): MinuteRow {
  const { target = 'api', ...counts } = more;
  const bucket = emptyBucket(true);
  for (const one of durations) enter(bucket, one);
  const atMs = START_MS + minute * MINUTE_MS;
  return { target, measure: 'duration', labels: {}, atMs, record: recordOf(minute % 60, { ...bucket, ...counts }) };
}

function measured(minute: number, measure: string, labels: Labels, ...values: readonly number[]): MinuteRow {
  const bucket = emptyBucket(false);
  for (const one of values) enter(bucket, one);
  const atMs = START_MS + minute * MINUTE_MS;
  return { target: 'api', measure, labels, atMs, record: recordOf(minute % 60, bucket) };
}

const WHOLE = { fromMs: START_MS - DAY_MS, toMs: START_MS + 30 * DAY_MS };

async function rollAll(history: History, untilMs: number, most = 100): Promise<void> {
  while (await history.roll(untilMs, most));
}

async function points(history: History, stepMs: number, measure = 'duration') {
  const [line] = await history.lines('api', measure, WHOLE, stepMs);
  return (line?.points ?? []).map(({ atMs, count, down, ...rest }) => ({
    at: (atMs - START_MS) / MINUTE_MS,
    count,
    down,
    ...('mean' in rest ? { mean: Number(rest.mean?.toFixed(6)) } : {}),
  }));
}

describe('history in a SQLite file', () => {
  it('has after its next opening what was appended, by the minute and put together', async () => {
    const first = open();
    await first.append([row(0, [0.1, 0.3]), row(1, [0.2], { down: 1, downSum: 5 }), row(61, [0.5])], []);
    await first[Symbol.asyncDispose]();
    await using again = open();
    expect(await points(again, MINUTE_MS)).toEqual([
      { at: 0, count: 2, down: 0, mean: 0.2 },
      { at: 1, count: 1, down: 1, mean: 0.2 },
      { at: 61, count: 1, down: 0, mean: 0.5 },
    ]);
    expect(await points(again, HOUR_MS)).toEqual([
      { at: 0, count: 3, down: 1, mean: 0.2 },
      { at: 60, count: 1, down: 0, mean: 0.5 },
    ]);
  });

  it('adds up what came of one minute in parts', async () => {
    await using history = open();
    await history.append([row(0, [0.1])], []);
    await history.append([row(0, [0.3], { down: 2 })], []);
    expect(await points(history, MINUTE_MS)).toEqual([{ at: 0, count: 2, down: 2, mean: 0.2 }]);
  });

  it('rolled up by the hour says the same, also of what comes late, and whatever the size of the batches', async () => {
    const minute = fc.record({
      minute: fc.nat(60 * 50),
      target: fc.constantFrom('api', 'db', 'cache'),
      durations: fc.array(fc.double({ min: 0.001, max: 10, noNaN: true }), { maxLength: 6 }),
      down: fc.nat(2),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(minute, { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(60),
        async (all, most, early) => {
          await rm(join(folder, 'data'), { recursive: true, force: true });
          const rows = all.map((one) => row(one.minute, one.durations, one));
          await using history = open();
          await history.append(rows.slice(0, early), []);
          await history.roll(WHOLE.toMs, most);
          await history.append(rows.slice(early, early + 5), []);
          await rollAll(history, START_MS + 20 * HOUR_MS, most);
          await history.append(rows.slice(early + 5), []);
          await rollAll(history, START_MS + 60 * HOUR_MS, most);
          await history.purge(START_MS + 60 * HOUR_MS, 0, 1000);
          for (const target of ['api', 'db', 'cache']) {
            const own = all.filter((one) => one.target === target);
            const [line] = await history.lines(target, 'duration', WHOLE, HOUR_MS);
            const byHour = Map.groupBy(own, (one) => START_MS + Math.floor(one.minute / 60) * HOUR_MS);
            const expected = [...byHour]
              .sort(([a], [b]) => a - b)
              .map(([atMs, ones]) => ({
                atMs,
                count: ones.reduce((sum, { durations }) => sum + durations.length, 0),
                down: ones.reduce((sum, { down }) => sum + down, 0),
              }));
            expect((line?.points ?? []).map(({ atMs, count, down }) => ({ atMs, count, down }))).toEqual(expected);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('keeps the instances of a measure apart', async () => {
    await using history = open();
    await history.append([measured(0, 'lag', { group: 'a' }, 1, 3), measured(0, 'lag', { group: 'b' }, 7)], []);
    await rollAll(history, START_MS + HOUR_MS);
    expect(
      (await history.lines('api', 'lag', WHOLE, HOUR_MS)).map(({ labels, points: [point] }) => [labels, point?.mean]),
    ).toEqual([
      [{ group: 'a' }, 2],
      [{ group: 'b' }, 7],
    ]);
  });

  it('sums up spans by the hour; one without a result that counts says nothing', async () => {
    await using history = open();
    const maintained = Array.from({ length: 5 }, (_, minute) => row(minute + 120, [], { maintained: 6 }));
    await history.append([row(0, [0.1, 0.1, 0.1], { down: 1 }), row(61, [0.9]), ...maintained], []);
    await rollAll(history, START_MS + HOUR_MS);
    const span = (fromHour: number, toHour: number) => ({
      fromMs: START_MS + fromHour * HOUR_MS,
      toMs: START_MS + toHour * HOUR_MS,
    });
    const [[all, first, last] = [], nobody] = await history.summaries(
      ['api', 'x'],
      [span(0, 3), span(0, 1), span(2, 3)],
    );
    expect(all).toMatchObject({ count: 4, down: 1, maintained: 30 });
    expect(all?.p50).toBeCloseTo(0.1, 2);
    expect(first).toMatchObject({ count: 3, down: 1 });
    expect(last).toBeUndefined();
    expect(nobody).toEqual([undefined, undefined, undefined]);
  });

  it('knows the means of single hours, over what was down too', async () => {
    await using history = open();
    await history.append([row(5, [1, 1, 1], { down: 1, downSum: 5 }), row(65, [4]), measured(5, 'lag', {}, 2, 4)], []);
    await rollAll(history, START_MS + HOUR_MS);
    const hours = [START_MS, START_MS + HOUR_MS, START_MS + 2 * HOUR_MS];
    const means = async (measure: string) => (await history.hourMeans('api', measure, hours)).map(({ mean }) => mean);
    expect(await means('duration')).toEqual([2, 4]);
    expect(await means('failed')).toEqual([0.25, 0]);
    expect(await means('up')).toEqual([0.75, 1]);
    expect(await means('lag')).toEqual([3]);
  });

  it('forgets what is old in batches, but no minute that is not rolled up, and gives the room to what comes', async () => {
    await using history = open();
    await history.append(
      Array.from({ length: 600 }, (_, at) => row(at * 60, [0.1])),
      [],
    );
    await rollAll(history, START_MS + 100 * HOUR_MS);
    let batches = 0;
    while (await history.purge(START_MS + 200 * HOUR_MS, START_MS + 2 * DAY_MS, 10)) batches++;
    expect(batches).toBe(10);
    const known = await points(history, MINUTE_MS);
    expect(known.map(({ at }) => at / 60)).toEqual(Array.from({ length: 500 }, (_, at) => at + 100));
    const byHour = await points(history, HOUR_MS);
    expect(byHour[0]?.at).toBe(48 * 60);
    expect(byHour).toHaveLength(552);
  });

  it('keeps changes of state, the newest first', async () => {
    await using history = open();
    const change = (at: number, to: string) => ({ atMs: START_MS + at, target: 'api', from: 'x', to });
    await history.append([], [change(1, 'down'), { ...change(2, 'firing'), alertname: 'HttpDown' }, change(3, 'up')]);
    await history.append([], [{ ...change(4, 'down'), target: 'db' }]);
    expect(await history.changes('api', WHOLE, 2)).toEqual([
      change(3, 'up'),
      { ...change(2, 'firing'), alertname: 'HttpDown' },
    ]);
    while (await history.purge(0, START_MS + 2, 1));
    expect((await history.changes('api', WHOLE, 9)).map(({ to }) => to)).toEqual(['up', 'firing']);
  });

  it('may be read by nobody else: folder 0700, file 0600', async () => {
    await using history = open();
    await history.append([row(0, [0.1])], []);
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(folder, 'data')))
      expect(statSync(join(folder, 'data', name)).mode & 0o777, name).toBe(0o600);
  });

  it('rejects everything while another process has the file, and goes on when it is free', async () => {
    const first = open();
    await first.append([row(0, [0.1])], []);
    await using second = open();
    await expect(second.append([row(1, [0.1])], [])).rejects.toMatchObject({ failure: 'locked' });
    await first[Symbol.asyncDispose]();
    await second.append([row(1, [0.1])], []);
    expect(await points(second, HOUR_MS)).toMatchObject([{ count: 2 }]);
  });

  it('that somebody has removed is begun anew', async () => {
    await using history = open();
    await history.append([row(0, [0.1])], []);
    await rm(join(folder, 'data'), { recursive: true });
    await expect(history.append([row(1, [0.1])], [])).rejects.toMatchObject({ failure: 'failed' });
    await history.append([row(2, [0.1])], []);
    expect(await points(history, MINUTE_MS)).toMatchObject([{ at: 2 }]);
    expect(setAside).toEqual([]);
  });

  it('leaves a file of a newer Outrider as it is', async () => {
    const first = open();
    await first.append([row(0, [0.1])], []);
    await first[Symbol.asyncDispose]();
    const file = new DatabaseSync(path);
    file.exec('pragma user_version = 99');
    file.close();
    await using again = open();
    await expect(again.append([], [])).rejects.toMatchObject({ failure: 'newer' });
    expect(setAside).toEqual([]);
  });

  it.each([
    { broken: 'is no database', how: () => writeFileSync(path, 'x'.repeat(20_000)) },
    { broken: 'was cut', how: () => truncateSync(path, 20_000) },
  ])('that $broken is set aside once that is seen, and a new one is begun', async ({ how }) => {
    const first = open();
    for (let hour = 0; hour < 300; hour++) await first.append([row(hour * 60, [0.1, 0.2, 0.3])], []);
    await first[Symbol.asyncDispose]();
    how();
    await using again = open();
    await expect(rollAll(again, START_MS + 300 * HOUR_MS)).rejects.toMatchObject({ failure: 'broken' });
    await again.append([row(0, [0.1])], []);
    expect(setAside).toEqual([expect.stringContaining(`${path}.corrupt-then: ${path}: `)]);
    expect(await points(again, HOUR_MS)).toHaveLength(1);
  });
});
