import type { Cron, Month } from './cron.ts';

/**
 * The moments of a cron expression on a wall clock that nobody ever turns: a wall is Unix epoch ms of what the clock shows, as if
 * it showed UTC.
 */
const DAY_MS = 86_400_000;

/** The calendar repeats after so many months: what is not in them never comes. */
const CYCLE = 400 * 12;

/** The first wall of the expression after this one, or undefined where it never comes. */
export function firstWallAfter(cron: Cron, wallMs: number): number | undefined {
  const today = startOfDay(wallMs);
  const [year, month] = monthOf(wallMs);
  for (let step = 0; step <= CYCLE; step++) {
    for (const day of daysOf(cron, year, month + step)) {
      if (day < today) continue;
      const time = day > today ? earliest(cron, -1) : earliest(cron, wallMs - day);
      if (time !== undefined) return day + time;
    }
  }
  return undefined;
}

/** The last wall of the expression up to this one and not before the other, or undefined where there is none. */
export function lastWallUntil(cron: Cron, wallMs: number, fromMs: number): number | undefined {
  const today = startOfDay(wallMs);
  const [year, month] = monthOf(wallMs);
  for (let step = 0; Date.UTC(year, month - step + 1) > fromMs; step++) {
    for (const day of daysOf(cron, year, month - step).toReversed()) {
      if (day > today) continue;
      const time = day < today ? latest(cron, DAY_MS) : latest(cron, wallMs - day);
      if (time !== undefined) return day + time < fromMs ? undefined : day + time;
    }
  }
  return undefined;
}

const startOfDay = (wallMs: number): number => Math.floor(wallMs / DAY_MS) * DAY_MS;

/** Months count from 0 here, and may be beyond their year. */
function monthOf(wallMs: number): readonly [number, number] {
  const date = new Date(wallMs);
  return [date.getUTCFullYear(), date.getUTCMonth()];
}

/** Where the days of a month begin on which the expression starts something, ascending. */
function daysOf({ months, daysOfMonth, daysOfWeek }: Cron, year: number, month: number): readonly number[] {
  const first = new Date(Date.UTC(year, month));
  if (!months.includes(first.getUTCMonth() + 1)) return [];
  const weekday = first.getUTCDay();
  const shape: Month = {
    lastDay: new Date(Date.UTC(year, month + 1, 0)).getUTCDate(),
    weekdayOf: (day) => (weekday + day - 1) % 7,
  };
  const days: number[] = [];
  for (let day = 1; day <= shape.lastDay; day++) {
    const fits = daysOfMonth.some((rule) => rule(day, shape)) && daysOfWeek.some((rule) => rule(day, shape));
    if (fits) days.push(first.getTime() + (day - 1) * DAY_MS);
  }
  return days;
}

/** The first time of day after this one, ms. */
function earliest({ hours, minutes, seconds }: Cron, afterMs: number): number | undefined {
  for (const hour of hours) {
    if ((hour + 1) * 3_600_000 <= afterMs) continue;
    for (const minute of minutes)
      for (const second of seconds) {
        const ms = timeMs(hour, minute, second);
        if (ms > afterMs) return ms;
      }
  }
  return undefined;
}

/** The last time of day up to this one, ms. */
function latest({ hours, minutes, seconds }: Cron, untilMs: number): number | undefined {
  for (const hour of hours.toReversed()) {
    if (hour * 3_600_000 > untilMs) continue;
    for (const minute of minutes.toReversed())
      for (const second of seconds.toReversed()) {
        const ms = timeMs(hour, minute, second);
        if (ms <= untilMs) return ms;
      }
  }
  return undefined;
}

const timeMs = (hour: number, minute: number, second: number): number => (hour * 3600 + minute * 60 + second) * 1000;
