import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, type HourMean } from '../../src/core/history.ts';
import { openUsual, type Question, type Usual } from '../../src/observe/usual.ts';

const NOON_MS = Date.UTC(2026, 0, 10, 12);
const MINUTE_MS = 60_000;
const api = { target: 'api', measure: 'duration' };

function questions(usual: Usual, nowMs: number): readonly Question[] {
  const asked: Question[] = [];
  for (let next = usual.question(nowMs); next !== undefined; next = usual.question(nowMs)) asked.push(next);
  return asked;
}

const mean = (day: number, value: number, labels = {}): HourMean => ({
  labels,
  atMs: NOON_MS - day * DAY_MS,
  mean: value,
});

describe('what is usual', () => {
  it('is asked for by the same hour of the seven days before, once an hour', () => {
    const usual = openUsual();
    usual.retarget([api]);
    const days = [1, 2, 3, 4, 5, 6, 7].map((day) => NOON_MS - day * DAY_MS);
    expect(questions(usual, NOON_MS + MINUTE_MS)).toEqual([{ ...api, hourMs: NOON_MS, hoursMs: days }]);
    expect(questions(usual, NOON_MS + 2 * MINUTE_MS)).toEqual([]);
  });

  it('is asked for half an hour before it is needed', () => {
    const usual = openUsual();
    usual.retarget([api]);
    for (const one of questions(usual, NOON_MS)) usual.learn(one, []);
    expect(questions(usual, NOON_MS + 30 * MINUTE_MS).map(({ hourMs }) => hourMs)).toEqual([NOON_MS + HOUR_MS]);
  });

  it('is the mean of the days that are known, each of them alike, by instance', () => {
    const usual = openUsual();
    usual.retarget([api]);
    const [question] = questions(usual, NOON_MS);
    usual.learn(question ?? expect.fail(), [mean(1, 2), mean(6, 4), mean(2, 10, { group: 'a' })]);
    expect(usual.of('api', 'duration', {}, NOON_MS + 59 * MINUTE_MS)).toBe(3);
    expect(usual.of('api', 'duration', { group: 'a' }, NOON_MS)).toBe(10);
  });

  it('is not known of another hour, another measure, or before it was read', () => {
    const usual = openUsual();
    usual.retarget([api]);
    const [question] = questions(usual, NOON_MS);
    expect(usual.of('api', 'duration', {}, NOON_MS)).toBeUndefined();
    usual.learn(question ?? expect.fail(), [mean(1, 2)]);
    expect(usual.of('api', 'duration', {}, NOON_MS + HOUR_MS)).toBeUndefined();
    expect(usual.of('api', 'lag', {}, NOON_MS)).toBeUndefined();
    expect(usual.of('db', 'duration', {}, NOON_MS)).toBeUndefined();
  });

  it('is asked for again where the answer failed, and never where it is no longer of interest', () => {
    const usual = openUsual();
    usual.retarget([api, { target: 'db', measure: 'duration' }]);
    const [first, second] = questions(usual, NOON_MS);
    usual.again(first ?? expect.fail());
    expect(questions(usual, NOON_MS)).toEqual([first]);
    usual.retarget([{ target: 'db', measure: 'duration' }]);
    usual.learn(first ?? expect.fail(), [mean(1, 2)]);
    expect(usual.of('api', 'duration', {}, NOON_MS)).toBeUndefined();
    expect(questions(usual, NOON_MS)).toEqual([second]);
  });

  it('stays over a reload, and is asked for where a measure is new', () => {
    const usual = openUsual();
    usual.retarget([api]);
    for (const one of questions(usual, NOON_MS)) usual.learn(one, [mean(1, 2)]);
    usual.retarget([api, { target: 'api', measure: 'lag' }]);
    expect(questions(usual, NOON_MS).map(({ measure }) => measure)).toEqual(['lag']);
    expect(usual.of('api', 'duration', {}, NOON_MS)).toBe(2);
  });
});
