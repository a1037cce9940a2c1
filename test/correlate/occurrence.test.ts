import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCron } from '../../src/core/cron.ts';
import { type Recurrence, standingAt } from '../../src/correlate/occurrence.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const at = (text: string): number => Date.parse(`${text}Z`);
const utc = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString().replace(/:00\.000Z$/, '');

function recurrence(text: string, timezone: string, durationMs: number): Recurrence {
  const parsed = parseCron(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return { cron: parsed.cron, timezone, durationMs };
}

/** Every start from one moment on until another. */
function starts(window: Recurrence, fromMs: number, toMs: number): readonly number[] {
  const found: number[] = [];
  for (let next = standingAt(window, fromMs - 1).nextAtMs; next < toMs; next = standingAt(window, next).nextAtMs)
    found.push(next);
  return found;
}

describe('on the day that the clocks are turned', () => {
  it.each([
    ['30 2 * * *', 'Europe/Berlin', '2027-03-28', ['2027-03-27T01:30', '2027-03-28T01:00', '2027-03-29T00:30'], 'gap'],
    [
      '30 2 * * *',
      'Europe/Berlin',
      '2027-10-31',
      ['2027-10-30T00:30', '2027-10-31T00:30', '2027-11-01T01:30'],
      'twice',
    ],
    [
      '30 2 * * *',
      'America/New_York',
      '2027-03-14',
      ['2027-03-13T07:30', '2027-03-14T07:00', '2027-03-15T06:30'],
      'gap',
    ],
    [
      '30 1 * * *',
      'America/New_York',
      '2027-11-07',
      ['2027-11-06T05:30', '2027-11-07T05:30', '2027-11-08T06:30'],
      'twice',
    ],
    [
      '15 2 * * *',
      'Australia/Lord_Howe',
      '2027-10-02',
      ['2027-10-01T15:45', '2027-10-02T15:30', '2027-10-03T15:15'],
      'gap',
    ],
    [
      '45 1 * * *',
      'Australia/Lord_Howe',
      '2027-04-03',
      ['2027-04-02T14:45', '2027-04-03T14:45', '2027-04-04T15:15'],
      'twice',
    ],
    [
      '30 2 * * *',
      'Asia/Kolkata',
      '2027-03-28',
      ['2027-03-26T21:00', '2027-03-27T21:00', '2027-03-28T21:00'],
      'control',
    ],
  ])('%s in %s starts once, around %s: %j (%s)', (text, zone, day, expected) => {
    const window = recurrence(text, zone, HOUR);
    const found = starts(window, at(`${day}T00:00`) - 36 * HOUR, at(`${day}T00:00`) + 48 * HOUR).map(utc);
    expect(found).toEqual(expect.arrayContaining(expected));
    const [first = '', , last = ''] = expected;
    expect(found.filter((each = '') => each >= first && each <= last)).toEqual(expected);
  });

  it('several starts that fall into the gap are one', () => {
    const window = recurrence('*/15 * * * *', 'Europe/Berlin', 5 * MINUTE);
    expect(starts(window, at('2027-03-28T00:45'), at('2027-03-28T01:30')).map(utc)).toEqual([
      '2027-03-28T00:45',
      '2027-03-28T01:00',
      '2027-03-28T01:15',
    ]);
  });

  it('what the clocks show a second time starts nothing', () => {
    const window = recurrence('*/30 * * * *', 'Europe/Berlin', 5 * MINUTE);
    expect(starts(window, at('2027-10-31T00:00'), at('2027-10-31T03:00')).map(utc)).toEqual([
      '2027-10-31T00:00',
      '2027-10-31T00:30',
      '2027-10-31T02:00',
      '2027-10-31T02:30',
    ]);
  });

  it('the duration is elapsed time', () => {
    const overlap = recurrence('30 1 * * *', 'Europe/Berlin', 2 * HOUR);
    expect(standingAt(overlap, at('2027-10-31T01:29')).startedAtMs).toBe(at('2027-10-30T23:30'));
    expect(standingAt(overlap, at('2027-10-31T01:30')).startedAtMs).toBeUndefined();
    const gap = recurrence('30 1 * * *', 'Europe/Berlin', 2 * HOUR);
    expect(standingAt(gap, at('2027-03-28T02:29')).startedAtMs).toBe(at('2027-03-28T00:30'));
    expect(standingAt(gap, at('2027-03-28T02:30')).startedAtMs).toBeUndefined();
  });
});

describe('how things stand', () => {
  const window = recurrence('0 3 * * *', 'UTC', 30 * MINUTE);
  it.each([
    ['2027-03-01T02:59', undefined, '2027-03-01T03:00', '2027-03-01T03:00'],
    ['2027-03-01T03:00', '2027-03-01T03:00', '2027-03-02T03:00', '2027-03-01T03:30'],
    ['2027-03-01T03:29', '2027-03-01T03:00', '2027-03-02T03:00', '2027-03-01T03:30'],
    ['2027-03-01T03:30', undefined, '2027-03-02T03:00', '2027-03-02T03:00'],
  ])('at %s: since %s, next %s, changes %s', (now, since, next, changes) => {
    const standing = standingAt(window, at(now));
    expect([standing.startedAtMs, standing.nextAtMs, standing.changesAtMs].map(utc)).toEqual([since, next, changes]);
  });

  it('a window longer than what lies between its starts never ends', () => {
    const always = recurrence('0 * * * *', 'UTC', 90 * MINUTE);
    expect(utc(standingAt(always, at('2027-03-01T03:29')).startedAtMs)).toBe('2027-03-01T03:00');
    expect(utc(standingAt(always, at('2027-03-01T03:59')).startedAtMs)).toBe('2027-03-01T03:00');
    expect(utc(standingAt(always, at('2027-03-01T04:00')).startedAtMs)).toBe('2027-03-01T04:00');
  });

  it('a window of many days is found from its end', () => {
    const long = recurrence('0 0 1 1 *', 'Europe/Berlin', 300 * 24 * HOUR);
    expect(utc(standingAt(long, at('2027-10-01T00:00')).startedAtMs)).toBe('2026-12-31T23:00');
  });

  it('one that comes every few decades is found without counting through them', () => {
    const rare = recurrence('* * * 29 2 1', 'Europe/Berlin', HOUR);
    const started = performance.now();
    expect(utc(standingAt(rare, at('2027-01-01T00:00')).nextAtMs)).toBe('2044-02-28T23:00');
    expect(performance.now() - started).toBeLessThan(500);
  });
});

const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Africa/Casablanca', 'UTC'];

/** The local day of a moment, as the zone's clocks show it. */
const dayIn = (zone: string) => {
  const formatter = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
  return (ms: number) => formatter.format(ms);
};

describe('a daily window comes exactly once on each local day of two years', () => {
  it.each(ZONES)('%s', (zone) => {
    const day = dayIn(zone);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), (hour, minute) => {
        const window = recurrence(`${minute} ${hour} * * *`, zone, HOUR);
        const days = starts(window, at('2027-01-02T00:00'), at('2029-01-02T00:00')).map(day);
        expect(new Set(days).size).toBe(days.length);
        expect(days.length).toBeGreaterThanOrEqual(730);
        for (const [index, each] of days.slice(1).entries())
          expect(Date.parse(each) - Date.parse(days[index] ?? '')).toBe(24 * HOUR);
      }),
      {
        numRuns: 8,
        examples: [
          [2, 30],
          [1, 45],
          [0, 0],
          [23, 59],
        ],
      },
    );
  });
});

it('how things stand goes by the starts alone, whatever the moment', () => {
  const zone = fc.constantFrom(...ZONES);
  const text = fc.constantFrom('30 2 * * *', '*/20 1-3 * * *', '0 0 * * sun', '0 1 L * *', '15 */5 * * *');
  const near = fc.constantFrom('2027-03-28T01:00', '2027-10-31T01:00', '2027-03-14T07:00', '2027-10-02T15:30');
  const durations = fc.integer({ min: 1, max: 300 });
  fc.assert(
    fc.property(zone, text, near, fc.integer({ min: -600, max: 600 }), durations, (name, cron, moment, off, long) => {
      const nowMs = at(moment) + off * MINUTE;
      const window = recurrence(cron, name, long * MINUTE);
      const all = starts(window, nowMs - 6 * HOUR, nowMs + 1);
      const last = all.at(-1);
      const started = last !== undefined && nowMs < last + long * MINUTE ? last : undefined;
      expect(standingAt(window, nowMs).startedAtMs).toBe(started);
      expect(standingAt(window, nowMs).nextAtMs).toBeGreaterThan(nowMs);
    }),
    { numRuns: 300 },
  );
});
