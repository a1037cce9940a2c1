import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { momentOf, offsetMs, wallAt } from '../../src/core/zone.ts';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(`${text}Z`);
const utc = (ms: number): string => new Date(ms).toISOString().replace(/:00\.000Z$/, '');

describe('the clocks of a zone are ahead of UTC', () => {
  it.each([
    ['UTC', '2027-01-01T00:00', 0],
    ['Europe/Berlin', '2027-01-01T00:00', 1],
    ['Europe/Berlin', '2027-07-01T00:00', 2],
    ['America/New_York', '2027-07-01T00:00', -4],
    ['Asia/Kolkata', '2027-07-01T00:00', 5.5],
    ['Australia/Lord_Howe', '2027-07-01T00:00', 10.5],
    ['Australia/Lord_Howe', '2027-01-01T00:00', 11],
    ['Pacific/Kiritimati', '2027-01-01T00:00', 14],
    ['Pacific/Pago_Pago', '2027-01-01T00:00', -11],
  ])('%s at %s by %d h', (zone, moment, hours) => {
    expect(offsetMs(zone, at(moment))).toBe(hours * HOUR);
  });
});

describe('the moment of a wall time', () => {
  it.each([
    ['Europe/Berlin', '2027-03-28T01:59', '2027-03-28T00:59', 'the minute before the gap'],
    ['Europe/Berlin', '2027-03-28T02:00', '2027-03-28T01:00', 'the gap begins'],
    ['Europe/Berlin', '2027-03-28T02:30', '2027-03-28T01:00', 'in the gap: the first moment after it'],
    ['Europe/Berlin', '2027-03-28T03:00', '2027-03-28T01:00', 'after the gap'],
    ['Europe/Berlin', '2027-03-28T03:01', '2027-03-28T01:01', 'a minute later'],
    ['Europe/Berlin', '2027-10-31T01:59', '2027-10-30T23:59', 'the minute before the overlap'],
    ['Europe/Berlin', '2027-10-31T02:30', '2027-10-31T00:30', 'shown twice: the first time'],
    ['Europe/Berlin', '2027-10-31T03:00', '2027-10-31T02:00', 'after the overlap'],
    ['America/New_York', '2027-03-14T02:30', '2027-03-14T07:00', 'in the gap'],
    ['America/New_York', '2027-11-07T01:30', '2027-11-07T05:30', 'shown twice'],
    ['Australia/Lord_Howe', '2027-10-03T02:15', '2027-10-02T15:30', 'in a gap of half an hour'],
    ['Australia/Lord_Howe', '2027-10-03T02:30', '2027-10-02T15:30', 'after it'],
    ['Australia/Lord_Howe', '2027-04-04T01:45', '2027-04-03T14:45', 'shown twice in half an hour'],
    ['Australia/Lord_Howe', '2027-04-04T02:00', '2027-04-03T15:30', 'after it'],
    ['Asia/Kolkata', '2027-03-28T02:30', '2027-03-27T21:00', 'nothing is ever turned'],
    ['Pacific/Apia', '2011-12-30T12:00', '2011-12-30T10:00', 'a day that was left out'],
  ])('%s %s is %s: %s', (zone, wall, moment) => {
    expect(utc(momentOf(zone, at(wall)))).toBe(moment);
  });
});

const ZONES = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'America/St_Johns', 'UTC'];
const zone = fc.constantFrom(...ZONES);
const minute = fc.integer({ min: at('2026-01-01T00:00') / 60_000, max: at('2029-01-01T00:00') / 60_000 });
/** Change days are few: half of the moments are near one. */
const change = fc
  .constantFrom('2027-03-28T01:00', '2027-10-31T01:00', '2027-03-14T07:00', '2027-11-07T06:00', '2027-10-02T15:30')
  .chain((text) => fc.integer({ min: -240, max: 240 }).map((minutes) => at(text) / 60_000 + minutes));
const moment = fc.oneof(minute, change).map((minutes) => minutes * 60_000);

it('later wall times are never earlier moments', () => {
  fc.assert(
    fc.property(zone, moment, fc.integer({ min: 1, max: 300 }), (name, wall, minutes) => {
      expect(momentOf(name, wall)).toBeLessThanOrEqual(momentOf(name, wall + minutes * 60_000));
    }),
    { numRuns: 500 },
  );
});

it('wallAt is the last wall time whose moment has come', () => {
  fc.assert(
    fc.property(zone, moment, (name, atMs) => {
      const wall = wallAt(name, atMs);
      expect(momentOf(name, wall)).toBeLessThanOrEqual(atMs);
      expect(momentOf(name, wall + 1)).toBeGreaterThan(atMs);
    }),
    { numRuns: 500 },
  );
});
