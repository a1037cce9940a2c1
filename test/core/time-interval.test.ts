import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { everComes, isWithin, nextOpeningMs, type TimeInterval } from '../../src/core/time-interval.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const utc = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString().replace(/(:00)?\.000Z$/, '');

const ALWAYS: TimeInterval = {
  ...{ times: undefined, weekdays: undefined, daysOfMonth: undefined, months: undefined, years: undefined },
  location: 'UTC',
};
const interval = (changes: Partial<TimeInterval>): TimeInterval => ({ ...ALWAYS, ...changes });
const clock = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
const time = (from: string, to: string) => ({ fromMinute: clock(from), toMinute: clock(to) });

const business = interval({ weekdays: [{ from: 1, to: 5 }], times: [time('09:00', '18:00')] });

describe('a moment is within an interval', () => {
  it.each<[string, Partial<TimeInterval>, string, boolean]>([
    ['without any list: always', {}, '2027-05-05T12:00', true],
    ['from its beginning', { times: [time('09:00', '18:00')] }, '2027-05-05T09:00', true],
    ['not before', { times: [time('09:00', '18:00')] }, '2027-05-05T08:59:59', false],
    ['up to its end', { times: [time('09:00', '18:00')] }, '2027-05-05T17:59:59', true],
    ['not at its end', { times: [time('09:00', '18:00')] }, '2027-05-05T18:00', false],
    ['up to midnight', { times: [time('18:00', '24:00')] }, '2027-05-05T23:59:59', true],
    [
      'of several, one is enough',
      { times: [time('00:00', '06:00'), time('22:00', '24:00')] },
      '2027-05-05T22:30',
      true,
    ],
    ['on Wednesday', { weekdays: [{ from: 3, to: 3 }] }, '2027-05-05T12:00', true],
    ['not on Thursday', { weekdays: [{ from: 3, to: 3 }] }, '2027-05-06T12:00', false],
    ['on Sunday, which is 0', { weekdays: [{ from: 0, to: 0 }] }, '2027-05-09T12:00', true],
    ['on the first', { daysOfMonth: [{ from: 1, to: 1 }] }, '2027-05-01T12:00', true],
    ['in the last week of May', { daysOfMonth: [{ from: -7, to: -1 }] }, '2027-05-25T12:00', true],
    ['not before it', { daysOfMonth: [{ from: -7, to: -1 }] }, '2027-05-24T12:00', false],
    ['in the last week of February', { daysOfMonth: [{ from: -7, to: -1 }] }, '2028-02-23T00:00', true],
    ['from the fifth to the last but one', { daysOfMonth: [{ from: 5, to: -2 }] }, '2027-05-30T12:00', true],
    ['not on the last', { daysOfMonth: [{ from: 5, to: -2 }] }, '2027-05-31T12:00', false],
    ['in May', { months: [{ from: 4, to: 6 }] }, '2027-05-31T12:00', true],
    ['not in July', { months: [{ from: 4, to: 6 }] }, '2027-07-01T00:00', false],
    ['in 2027', { years: [{ from: 2026, to: 2027 }] }, '2027-12-31T23:59', true],
    ['not in 2028', { years: [{ from: 2026, to: 2027 }] }, '2028-01-01T00:00', false],
    ['by its own clocks', { years: [{ from: 2028, to: 2028 }], location: 'Asia/Kolkata' }, '2027-12-31T18:30', true],
    [
      'only where every list fits',
      { weekdays: [{ from: 1, to: 1 }], daysOfMonth: [{ from: 1, to: 7 }] },
      '2027-05-05T12:00',
      false,
    ],
  ])('%s', (_, changes, moment, within) => {
    expect(isWithin(interval(changes), at(moment))).toBe(within);
  });
});

describe('the next opening', () => {
  const night = (location: string, from: string, to: string) => interval({ location, times: [time(from, to)] });
  it.each<[string, readonly TimeInterval[], string, string | undefined]>([
    ['is now where it is open', [business], '2027-05-05T12:34:56', '2027-05-05T12:34:56'],
    ['is this morning', [business], '2027-05-05T03:00', '2027-05-05T09:00'],
    ['is at its end tomorrow', [business], '2027-05-05T18:00', '2027-05-06T09:00'],
    ['is on Monday', [business], '2027-05-07T18:00', '2027-05-10T09:00'],
    ['is the earliest of several', [business, night('UTC', '20:00', '21:00')], '2027-05-05T19:00', '2027-05-05T20:00'],
    [
      'goes by the clocks of the zone',
      [night('Asia/Kolkata', '09:00', '18:00')],
      '2027-05-05T18:00',
      '2027-05-06T03:30',
    ],
    [
      'is next leap day',
      [interval({ daysOfMonth: [{ from: 29, to: 29 }], months: [{ from: 2, to: 2 }] })],
      '2027-02-01T00:00',
      '2028-02-29T00:00',
    ],
    [
      'is never where the years are over',
      [interval({ years: [{ from: 2020, to: 2026 }] })],
      '2027-01-01T00:00',
      undefined,
    ],
    [
      'is never where it is too far away',
      [interval({ years: [{ from: 2030, to: 2030 }] })],
      '2027-01-01T00:00',
      undefined,
    ],
    ['is never without intervals', [], '2027-01-01T00:00', undefined],
    [
      'comes an hour earlier by UTC once the clocks are put forward',
      [{ ...business, location: 'Europe/Berlin' }],
      '2027-03-26T17:00',
      '2027-03-29T07:00',
    ],
    [
      'comes an hour later by UTC once they are put back',
      [{ ...business, location: 'Europe/Berlin' }],
      '2027-10-29T17:00',
      '2027-11-01T08:00',
    ],
    [
      'in a gap is the first moment after it',
      [night('Europe/Berlin', '02:30', '03:30')],
      '2027-03-28T00:00',
      '2027-03-28T01:00',
    ],
    [
      'that is left out whole is a day later',
      [night('Europe/Berlin', '02:10', '02:50')],
      '2027-03-28T00:00',
      '2027-03-29T00:10',
    ],
    [
      'that is shown twice is the first time',
      [night('Europe/Berlin', '02:00', '02:30')],
      '2027-10-30T23:00',
      '2027-10-31T00:00',
    ],
    [
      'that is shown twice comes again',
      [night('Europe/Berlin', '02:00', '02:30')],
      '2027-10-31T00:45',
      '2027-10-31T01:00',
    ],
    [
      'is where clocks are put back into it',
      [night('Europe/Berlin', '01:30', '02:30')],
      '2027-10-31T00:30',
      '2027-10-31T01:00',
    ],
    ['in New York in a gap', [night('America/New_York', '02:15', '04:00')], '2027-03-14T06:00', '2027-03-14T07:00'],
    ['in New York, shown twice', [night('America/New_York', '01:10', '01:20')], '2027-11-07T05:30', '2027-11-07T06:10'],
    [
      'in a gap of half an hour',
      [night('Australia/Lord_Howe', '02:10', '02:50')],
      '2027-10-02T15:00',
      '2027-10-02T15:30',
    ],
    [
      'shown twice in half an hour',
      [night('Australia/Lord_Howe', '01:40', '01:45')],
      '2027-04-03T14:50',
      '2027-04-03T15:10',
    ],
    [
      'at midnight that clocks are put back over',
      [interval({ location: 'America/Havana', daysOfMonth: [{ from: 31, to: 31 }], times: [time('00:00', '00:30')] })],
      '2027-10-31T03:00',
      '2027-10-31T04:00',
    ],
  ])('%s', (_, intervals, moment, opening) => {
    expect(utc(nextOpeningMs(intervals, at(moment)))).toBe(opening);
  });
});

describe('whether a day ever comes', () => {
  it.each<[number, number, boolean]>([
    [30, 2, false],
    [29, 2, true],
    [31, 4, false],
    [31, 5, true],
    [-31, 4, false],
    [-30, 4, true],
  ])('day %d of month %d: %s', (day, month, comes) => {
    const range = (value: number) => [{ from: value, to: value }];
    expect(everComes({ daysOfMonth: range(day), months: range(month) })).toBe(comes);
  });
});

const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'America/St_Johns', 'UTC'];
const ranges = (min: number, max: number) =>
  fc.option(
    fc.array(
      fc
        .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
        .map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) })),
      { minLength: 1, maxLength: 2 },
    ),
    { nil: undefined },
  );
/** Half of the times are small and in the night, where clocks are turned. */
const dayTime = fc
  .oneof(
    fc.tuple(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 1, max: 60 })),
    fc.tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 1, max: 1440 })),
  )
  .map(([fromMinute, long]) => ({ fromMinute, toMinute: Math.min(1440, fromMinute + long) }));
const anInterval: fc.Arbitrary<TimeInterval> = fc.record({
  times: fc.option(fc.array(dayTime, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  weekdays: ranges(0, 6),
  daysOfMonth: fc.option(fc.constantFrom([{ from: -7, to: -1 }], [{ from: 1, to: 15 }], [{ from: 28, to: 31 }]), {
    nil: undefined,
  }),
  months: fc.option(fc.constantFrom([{ from: 3, to: 4 }], [{ from: 10, to: 11 }]), { nil: undefined }),
  years: fc.constant(undefined),
  location: fc.constantFrom(...ZONES),
});
const TURNS = [
  '2027-03-28T01:00',
  '2027-10-31T01:00',
  '2027-03-14T07:00',
  '2027-11-07T06:00',
  '2027-10-02T15:30',
  '2027-04-03T15:00',
];
const moment = fc
  .tuple(fc.constantFrom(...TURNS), fc.integer({ min: -1500, max: 1500 }))
  .map(([turn, minutes]) => at(turn) + minutes * 60_000);

it('the next opening is within, and nothing between now and it is', () => {
  fc.assert(
    fc.property(fc.array(anInterval, { minLength: 1, maxLength: 2 }), moment, (intervals, nowMs) => {
      const opening = nextOpeningMs(intervals, nowMs);
      const isOpen = (atMs: number) => intervals.some((each) => isWithin(each, atMs));
      // Three days hold every turn of the clocks; further away a day is as any other.
      const untilMs = Math.min(opening ?? Number.POSITIVE_INFINITY, nowMs + 3 * 86_400_000);
      for (let atMs = nowMs; atMs < untilMs; atMs += 60_000) if (isOpen(atMs)) expect.fail(utc(atMs));
      if (opening !== undefined) expect([isOpen(opening), opening >= nowMs]).toEqual([true, true]);
    }),
    { numRuns: 300 },
  );
});
