import { describe, expect, it } from 'vitest';
import { recordsIn } from '../../src/core/bucket-record.ts';
import type { MinuteRow } from '../../src/core/history.ts';
import type { ProbeResult, Sample, Turn } from '../../src/core/result.ts';
import { openRecorder, type Remembered } from '../../src/observe/history.ts';

const START_MS = Date.UTC(2026, 0, 10, 12);
const NONE: ReadonlySet<string> = new Set();
const plain = (target: string): Remembered => ({ target, always: NONE, watched: NONE });

interface Given {
  readonly target?: string;
  readonly turn?: Turn;
  readonly durationMs?: number;
  readonly measures?: readonly Sample[];
}

function result(atS: number, outcome: 'up' | 'down' | 'inconclusive' | 'skipped', given: Given = {}): ProbeResult {
  const { target = 'api', turn = 'scheduled', durationMs = 100, measures = [] } = given;
  const ran = { target, turn, at: { wallMs: START_MS + atS * 1000, monoMs: atS * 1000 } };
  const seen = {
    ...ran,
    durationMs,
    measures: [{ name: 'duration', value: durationMs / 1000 }, ...measures],
    series: [],
  };
  if (outcome === 'up') return { ...seen, outcome };
  if (outcome === 'down') return { ...seen, outcome, reason: 'refused', message: '' };
  return outcome === 'skipped'
    ? { ...ran, outcome, why: 'overlap' }
    : { ...ran, outcome, why: 'own-stall', message: '' };
}

const shown = (rows: readonly MinuteRow[]) =>
  rows.map(({ target, measure, labels, atMs, record }) => {
    const { slot, bucket } = recordsIn(record)[0] ?? expect.fail('no record');
    const { count, down, inconclusive, maintained, sum } = bucket;
    const minute = (atMs - START_MS) / 60_000;
    expect(slot).toBe(minute % 60);
    return { target, measure, labels, minute, count, down, inconclusive, maintained, sum: Number(sum.toFixed(3)) };
  });

const health = { measure: 'duration', labels: {}, count: 0, down: 0, inconclusive: 0, maintained: 0, sum: 0 };

describe('what is recorded', () => {
  it('is put together by the minute in which probes began', () => {
    const recorder = openRecorder();
    recorder.retarget([plain('api'), plain('db')], 0);
    for (const atS of [0, 10, 59.999, 60]) recorder.record(result(atS, 'up'), false);
    recorder.record(result(30, 'down', { durationMs: 5000 }), false);
    recorder.record(result(5, 'inconclusive', { target: 'db' }), false);
    expect(shown(recorder.takeAll())).toEqual([
      { ...health, target: 'api', minute: 0, count: 3, down: 1, sum: 0.3 },
      { ...health, target: 'api', minute: 1, count: 1, sum: 0.1 },
      { ...health, target: 'db', minute: 0, inconclusive: 1 },
    ]);
    expect(recorder.takeAll()).toEqual([]);
  });

  it('are scheduled results alone; in a maintenance they are only counted', () => {
    const recorder = openRecorder();
    recorder.retarget([{ ...plain('api'), always: new Set(['pool']) }], 0);
    recorder.record(result(0, 'down', { turn: 'extra' }), false);
    recorder.record(result(1, 'skipped'), false);
    recorder.record(result(2, 'up', { measures: [{ name: 'pool', value: 1 }] }), true);
    recorder.record(result(3, 'down'), true);
    recorder.record(result(4, 'up', { target: 'unknown' }), false);
    expect(shown(recorder.takeAll())).toEqual([{ ...health, target: 'api', minute: 0, maintained: 2 }]);
  });

  it('is handed out once its minute is over, so many targets at a time', () => {
    const recorder = openRecorder();
    recorder.retarget(['a', 'b', 'c'].map(plain), 0);
    for (const target of ['a', 'b', 'c'])
      for (const atS of [10, 70]) recorder.record(result(atS, 'up', { target }), false);
    const taken = (atS: number, most: number) =>
      recorder.take(START_MS + atS * 1000, most).map(({ target, atMs }) => `${target}${(atMs - START_MS) / 60_000}`);
    expect(taken(59, 10)).toEqual([]);
    expect(taken(71, 2)).toEqual(['a0', 'b0']);
    expect(taken(72, 2)).toEqual(['c0']);
    expect(taken(73, 2)).toEqual([]);
    expect(taken(120, 10)).toEqual(['a1', 'b1', 'c1']);
  });

  it('has the measures that are always kept, and those that are watched as long as there is room', () => {
    const recorder = openRecorder();
    const measures = [
      { name: 'pool', value: 4 },
      { name: 'lag', value: 1, labels: { group: 'a' } },
      { name: 'lag', value: 2, labels: { group: 'b' } },
      { name: 'other', value: 9 },
      { name: 'pool_ratio', value: Number.NaN },
    ];
    recorder.retarget(
      [{ target: 'api', always: new Set(['pool', 'pool_ratio', 'up']), watched: new Set(['lag', 'duration']) }],
      1,
    );
    recorder.record(result(0, 'up', { measures }), false);
    recorder.record(result(10, 'down', { measures: [{ name: 'pool', value: 6 }] }), false);
    expect(shown(recorder.takeAll()).slice(1)).toEqual([
      { ...health, target: 'api', minute: 0, measure: 'pool', count: 2, sum: 10 },
      { ...health, target: 'api', minute: 0, measure: 'lag', labels: { group: 'a' }, count: 1, sum: 1 },
    ]);
  });

  it('stays over a reload; what is left of a target that is gone is handed out', () => {
    const recorder = openRecorder();
    recorder.retarget(['a', 'b'].map(plain), 0);
    for (const target of ['a', 'b']) recorder.record(result(0, 'up', { target }), false);
    expect(shown(recorder.retarget([plain('b'), plain('c')], 0)).map(({ target }) => target)).toEqual(['a']);
    recorder.record(result(1, 'up', { target: 'b' }), false);
    expect(shown(recorder.takeAll())).toEqual([{ ...health, target: 'b', minute: 0, count: 2, sum: 0.2 }]);
  });

  it('of more than ten minutes that nobody takes is given up, the oldest first', () => {
    const recorder = openRecorder();
    recorder.retarget([plain('api')], 0);
    for (let minute = 0; minute < 25; minute++) recorder.record(result(minute * 60, 'up'), false);
    expect(shown(recorder.takeAll()).map(({ minute }) => minute)).toEqual([15, 16, 17, 18, 19, 20, 21, 22, 23, 24]);
  });
});
