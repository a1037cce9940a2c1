import { formatDuration } from '../core/duration.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** How long ago (or ahead) a moment in RFC 3339 is: seconds under an hour, minutes under a day, else hours; `–` for none. */
export function age(time: string | undefined, nowMs: number): string {
  if (time === undefined) return '–';
  const ms = Math.abs(nowMs - Date.parse(time));
  const step = ms < HOUR_MS ? 1000 : ms < DAY_MS ? MINUTE_MS : HOUR_MS;
  return formatDuration(Math.floor(ms / step) * step);
}
