import fc from 'fast-check';
import { createTask } from 'node-cron';
import { describe, expect, it } from 'vitest';
import { type Cron, parseCron } from '../../src/core/cron.ts';
import { firstWallAfter, lastWallUntil } from '../../src/core/cron-walls.ts';

function cronOf(text: string): Cron {
  const parsed = parseCron(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.cron;
}

const wall = (text: string): number => Date.parse(`${text}Z`);
const shown = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString().replace('.000Z', '');

describe('a cron expression starts things', () => {
  it.each([
    ['0 3 * * *', '2027-03-01T03:00:00'],
    ['30 0 3 * * *', '2027-02-28T03:00:30'],
    ['*/15 * * * *', '2027-02-28T03:15:00'],
    ['0 22-2 * * *', '2027-02-28T22:00:00'],
    ['@monthly', '2027-03-01T00:00:00'],
    ['0 9 * * mon-fri', '2027-03-01T09:00:00'],
    ['0 9 * * 7', '2027-02-28T09:00:00'],
    ['0 9 13 * 5', '2027-08-13T09:00:00'],
    ['0 9 L * *', '2027-02-28T09:00:00'],
    ['0 9 L-3 * *', '2027-03-28T09:00:00'],
    ['0 9 15W * *', '2027-03-15T09:00:00'],
    ['0 9 1W 5 *', '2027-05-03T09:00:00'],
    ['0 9 LW * *', '2027-03-31T09:00:00'],
    ['0 9 * * 1#2', '2027-03-08T09:00:00'],
    ['0 9 * * 5L', '2027-03-26T09:00:00'],
    ['0 3 29 2 *', '2028-02-29T03:00:00'],
    ['0 3 29 2 1', '2044-02-29T03:00:00'],
  ])('%s: %s', (text, first) => {
    expect(shown(firstWallAfter(cronOf(text), wall('2027-02-28T03:00:00')))).toBe(first);
  });

  it('a day beyond the calendar never comes', () => {
    expect(firstWallAfter(cronOf('0 3 L-30 2 *'), wall('2027-01-01T00:00:00'))).toBeUndefined();
    expect(firstWallAfter(cronOf('0 3 30W 2 *'), wall('2027-01-01T00:00:00'))).toBeUndefined();
    expect(firstWallAfter(cronOf('0 3 1 * 1#2'), wall('2027-01-01T00:00:00'))).toBeUndefined();
  });

  it('and the last one up to a moment is found, as far back as is asked', () => {
    const cron = cronOf('0 3 * * 1');
    expect(shown(lastWallUntil(cron, wall('2027-03-01T03:00:00'), 0))).toBe('2027-03-01T03:00:00');
    expect(shown(lastWallUntil(cron, wall('2027-03-01T02:59:59'), 0))).toBe('2027-02-22T03:00:00');
    expect(lastWallUntil(cron, wall('2027-03-01T02:59:59'), wall('2027-02-22T03:00:01'))).toBeUndefined();
  });
});

const number = (from: number, to: number) => fc.integer({ min: from, max: to }).map(String);
const field = (from: number, to: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant('*') },
    number(from, to),
    fc.tuple(number(from, to), number(from, to)).map((ends) => ends.join('-')),
    fc.array(number(from, to), { minLength: 1, maxLength: 4 }).map((each) => each.join(',')),
    fc.integer({ min: 1, max: 20 }).map((step) => `*/${step}`),
  );
const days = fc.oneof(field(1, 31), fc.constantFrom('L', 'L-2', '15W', 'LW', '1W', '1,L'));
const weekdays = fc.oneof({ weight: 3, arbitrary: fc.constant('*') }, field(0, 7), fc.constantFrom('5L', '1#2', '0#5'));
const expression = fc
  .tuple(field(0, 59), field(0, 23), days, field(1, 12), weekdays)
  .map((fields) => fields.join(' '))
  .filter((text) => parseCron(text).ok);
const moment = fc.integer({ min: wall('2026-01-01T00:00:00') / 1000, max: wall('2030-01-01T00:00:00') / 1000 });

it('comes exactly when node-cron says so', () => {
  fc.assert(
    fc.property(expression, moment, (text, atSeconds) => {
      const found = firstWallAfter(cronOf(text), atSeconds * 1000);
      if (found === undefined) return;
      const task = createTask(text, () => {}, { timezone: 'UTC' });
      expect(task.match(new Date(found))).toBe(true);
      for (let ms = found - 60_000; ms > atSeconds * 1000 && ms > found - 3 * 86_400_000; ms -= 60_000 * 7)
        expect(task.match(new Date(ms))).toBe(false);
    }),
    { numRuns: 60 },
  );
});

it('the last one before the first one after a moment is the last one up to that moment', () => {
  fc.assert(
    fc.property(expression, moment, (text, atSeconds) => {
      const cron = cronOf(text);
      const atMs = atSeconds * 1000;
      const next = firstWallAfter(cron, atMs);
      const last = lastWallUntil(cron, atMs, 0);
      if (next !== undefined) expect(lastWallUntil(cron, next - 1, 0)).toBe(last);
      if (last !== undefined) expect(firstWallAfter(cron, last)).toBe(next);
      if (last !== undefined) expect(last).toBeLessThanOrEqual(atMs);
    }),
  );
});

describe('a mistake is told with its place and what would be right', () => {
  const HOUR = 'expected 0 to 23, such as 3, 8-18 or */2';
  const FIVE = 'expected five fields (minute, hour, day of the month, month, weekday) or six with seconds first';
  it.each([
    ['60 3 * * *', [[0, '"60" is no minute: expected 0 to 59, such as 30, 0,30 or */15']]],
    ['0 25 * * *', [[2, `"25" is no hour: ${HOUR}`]]],
    ['0 3am * * *', [[2, `"3am" is no hour: ${HOUR}`]]],
    ['0 3 32 * *', [[4, '"32" is no day of the month: expected 1 to 31 or L for the last, such as 1, 1,15 or */2']]],
    ['0 3 * 13 *', [[6, '"13" is no month: expected 1 to 12 or jan to dec, such as 1, jan-mar or */3']]],
    [
      '0 3 * * 8',
      [[8, '"8" is no weekday: expected 0 to 7 (0 and 7 are Sunday) or sun to sat, such as mon-fri, 1#2 or 5L']],
    ],
    ['61 0 3 * * *', [[0, '"61" is no second: expected 0 to 59, such as 30 or */10']]],
    [
      'a b * * *',
      [
        [0, '"a" is no minute: expected 0 to 59, such as 30, 0,30 or */15'],
        [2, `"b" is no hour: ${HOUR}`],
      ],
    ],
    ['0 3 * *', [[0, `${FIVE}, got 4`]]],
    ['', [[0, `${FIVE}, got 0`]]],
    ['daily', [[0, `${FIVE}, got 1`]]],
    ['0 3 30 2 *', [[4, 'this never comes: no such month has such a day']]],
    ['0 3 31 apr,jun *', [[4, 'this never comes: no such month has such a day']]],
    ['0\t3 * * *', [[1, '"\t" has no place in a cron expression']]],
    ['0 3 * * ¼', [[8, '"¼" has no place in a cron expression']]],
    ['0-999999999999 3 * * *', [[0, '"0-999999999999" is no minute: expected 0 to 59, such as 30, 0,30 or */15']]],
  ])('%s', (text, problems) => {
    const parsed = parseCron(text);
    expect(parsed.ok ? [] : parsed.problems.map(({ at, message }) => [at, message])).toEqual(problems);
  });

  it('with the name that was probably meant', () => {
    expect(parseCron('@dayly')).toMatchObject({ problems: [{ suggestion: '@daily' }] });
  });
});

it('no text makes it throw or takes long', () => {
  const sign = fc.constantFrom(
    '*',
    '/',
    '-',
    ',',
    ' ',
    '0',
    '9',
    '99',
    'L',
    'W',
    '#',
    '?',
    'mon',
    'jan',
    '@',
    '@daily',
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(sign).map((signs) => signs.join('')),
    expression,
  );
  fc.assert(
    fc.property(text, (written) => {
      const parsed = parseCron(written);
      if (parsed.ok) firstWallAfter(parsed.cron, 0);
      else expect(parsed.problems.length).toBeGreaterThan(0);
    }),
    { numRuns: 2000 },
  );
});
