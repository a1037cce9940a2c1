import type { TimeInterval } from '../core/time-interval.ts';
import type { Config } from './config.ts';
import type { FileKeys } from './file-schema.ts';
import type { TimeIntervalKeys } from './time-interval-schema.ts';

/** The time intervals of a config without mistakes, by their names. */
export const timeIntervalsOf = ({ time_intervals: written = {}, timezone }: FileKeys): Config['timeIntervals'] =>
  Object.fromEntries(
    Object.entries(written).map(([name, entries]) => [name, entries.map((entry) => intervalOf(entry, timezone))]),
  );

const intervalOf = (keys: TimeIntervalKeys, timezone: string): TimeInterval => ({
  times: keys.times?.map(({ start_time: fromMinute, end_time: toMinute }) => ({ fromMinute, toMinute })),
  weekdays: keys.weekdays,
  daysOfMonth: keys.days_of_month,
  months: keys.months,
  years: keys.years,
  location: keys.location ?? timezone,
});
