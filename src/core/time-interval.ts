import { clocksAround, offsetMs } from './zone.ts';

/** Two whole numbers and what is between them, both included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Minutes of a day on a wall clock: from 0, up to 1440, the end excluded. */
export interface DayTime {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/**
 * When something is open, as in Alertmanager: a moment must fit one entry of every list that there is. Without any it always is.
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval
 */
export interface TimeInterval {
  readonly times: readonly DayTime[] | undefined;
  /** 0 is Sunday. */
  readonly weekdays: readonly Range[] | undefined;
  /** 1 to 31; negative ones count from the end of the month, -1 is its last day. */
  readonly daysOfMonth: readonly Range[] | undefined;
  /** 1 to 12. */
  readonly months: readonly Range[] | undefined;
  readonly years: readonly Range[] | undefined;
  /** The IANA zone whose clocks it goes by. */
  readonly location: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const WHOLE_DAY: readonly DayTime[] = [{ fromMinute: 0, toMinute: 1440 }];

/** What does not come within so many days never does. */
const MOST_DAYS = 400;

/** Whether it is open at a moment (Unix epoch ms). */
export function isWithin(interval: TimeInterval, wallMs: number): boolean {
  const shownMs = wallMs + offsetMs(interval.location, wallMs);
  const dayMs = startOfDay(shownMs);
  const minute = (shownMs - dayMs) / MINUTE_MS;
  const { times = WHOLE_DAY } = interval;
  return times.some(({ fromMinute, toMinute }) => minute >= fromMinute && minute < toMinute) && hasDay(interval, dayMs);
}

/** The next moment (Unix epoch ms) at which any of them is open: now where one is; undefined where none is within 400 days. */
export function nextOpeningMs(intervals: readonly TimeInterval[], wallMs: number): number | undefined {
  const openings = intervals.flatMap((interval) => openingOf(interval, wallMs) ?? []);
  return openings.length === 0 ? undefined : Math.min(...openings);
}

function openingOf(interval: TimeInterval, wallMs: number): number | undefined {
  if (isWithin(interval, wallMs)) return wallMs;
  const today = startOfDay(wallMs + offsetMs(interval.location, wallMs));
  const lastMs = wallMs + MOST_DAYS * DAY_MS;
  // Clocks that are put back at midnight show the day before again.
  for (let day = -1; day <= MOST_DAYS + 1; day++) {
    const found = [...openingsOn(interval, today + day * DAY_MS), ...openingsOn(interval, today + (day + 1) * DAY_MS)];
    const openings = found.filter((atMs) => atMs > wallMs && atMs <= lastMs);
    if (openings.length > 0) return Math.min(...openings);
  }
  return undefined;
}

/**
 * Every moment at which it opens on a day, and perhaps some at which it was open before. It opens when the clocks show the
 * beginning of a time, or where they are put from outside into it: past its beginning, or back from its end.
 */
function openingsOn(interval: TimeInterval, dayMs: number): readonly number[] {
  if (!hasDay(interval, dayMs)) return [];
  const { times = WHOLE_DAY, location } = interval;
  return times.flatMap(({ fromMinute, toMinute }) => {
    const fromMs = dayMs + fromMinute * MINUTE_MS;
    const from = clocksAround(location, fromMs);
    const to = clocksAround(location, dayMs + toMinute * MINUTE_MS);
    const moments = [fromMs - from.before, fromMs - from.after, from.turnedAtMs, to.turnedAtMs];
    return moments.filter((atMs) => Number.isFinite(atMs) && isWithin(interval, atMs));
  });
}

/** Whether a day can be open at all, whatever the year, the weekday and the time: there is no 30 February. */
export function everComes(interval: Pick<TimeInterval, 'daysOfMonth' | 'months'>): boolean {
  const leapYear = Date.UTC(2028, 0);
  return Array.from({ length: 366 }, (_, day) => new Date(leapYear + day * DAY_MS)).some((date) =>
    hasDate(interval, date),
  );
}

const startOfDay = (shownMs: number): number => Math.floor(shownMs / DAY_MS) * DAY_MS;

/** Whether a day fits that begins at this time of a clock that shows UTC. */
function hasDay(interval: TimeInterval, dayMs: number): boolean {
  const date = new Date(dayMs);
  const { weekdays, years } = interval;
  return isIn(weekdays, date.getUTCDay()) && isIn(years, date.getUTCFullYear()) && hasDate(interval, date);
}

function hasDate({ daysOfMonth, months }: Pick<TimeInterval, 'daysOfMonth' | 'months'>, date: Date): boolean {
  if (!isIn(months, date.getUTCMonth() + 1)) return false;
  const days = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  const counted = (day: number): number => (day < 0 ? days + 1 + day : day);
  return isIn(
    daysOfMonth?.map(({ from, to }) => ({ from: counted(from), to: counted(to) })),
    date.getUTCDate(),
  );
}

const isIn = (ranges: readonly Range[] | undefined, value: number): boolean =>
  ranges?.some(({ from, to }) => value >= from && value <= to) ?? true;
