import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lasted, moment } from '../../../src/notify/text/time.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('how long something lasted', () => {
  it.each([
    [0, '0s'],
    [999, '0s'],
    [SECOND, '1s'],
    [MINUTE - 1, '59s'],
    [MINUTE, '1m'],
    [2 * MINUTE + 5 * SECOND, '2m 5s'],
    [HOUR - 1, '59m 59s'],
    [HOUR, '1h'],
    [HOUR + 59 * SECOND, '1h'],
    [3 * HOUR + 20 * MINUTE, '3h 20m'],
    [DAY - 1, '23h 59m'],
    [DAY, '1d'],
    [4 * DAY + 2 * HOUR + 59 * MINUTE, '4d 2h'],
    [400 * DAY, '400d'],
    [-5 * MINUTE, '0s'],
  ])('%i ms are %s', (ms, expected) => {
    expect(lasted(ms)).toBe(expected);
  });

  const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };
  const read = (text: string): readonly (readonly [number, number])[] =>
    text.split(' ').map((part) => [Number(part.slice(0, -1)), UNITS[part.slice(-1)] ?? Number.NaN]);

  it('is never told as more than it was, nor as less by a whole smaller unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1000 * DAY }), (ms) => {
        const parts = read(lasted(ms));
        const told = parts.reduce((sum, [count, unit]) => sum + count * unit, 0);
        const largest = parts[0]?.[1] ?? Number.NaN;
        const smaller = { [DAY]: HOUR, [HOUR]: MINUTE }[largest] ?? SECOND;
        expect(told).toBeLessThanOrEqual(ms);
        expect(ms - told).toBeLessThan(smaller);
      }),
    );
  });
});

describe('a moment', () => {
  it.each([
    ['UTC', Date.UTC(2026, 10, 21, 3, 4, 5), '2026-11-21 03:04:05 UTC'],
    ['Europe/Berlin', Date.UTC(2026, 10, 21, 3, 4, 5), '2026-11-21 04:04:05 CET'],
    ['Europe/Berlin', Date.UTC(2026, 6, 1, 23, 0, 0), '2026-07-02 01:00:00 CEST'],
    ['Europe/Berlin', Date.UTC(2027, 9, 31, 0, 30, 0), '2027-10-31 02:30:00 CEST'],
    ['Europe/Berlin', Date.UTC(2027, 9, 31, 1, 30, 0), '2027-10-31 02:30:00 CET'],
    ['Asia/Kolkata', Date.UTC(2026, 0, 1, 18, 30, 0), '2026-01-02 00:00:00 GMT+5:30'],
    ['America/New_York', Date.UTC(2026, 0, 1, 4, 59, 59), '2025-12-31 23:59:59 GMT-5'],
  ])('of %s at %i is %s', (zone, ms, expected) => {
    expect(moment(ms, zone)).toBe(expected);
  });

  it('in UTC is what ISO 8601 says, to the second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(9999, 11, 31) }), (ms) => {
        expect(moment(ms, 'UTC')).toBe(`${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`);
      }),
    );
  });
});
