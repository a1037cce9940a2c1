const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const MINUTE_MS = 60_000;

/** Unix epoch ms of a time as RFC 3339 writes it, or undefined where it is none; finer than a millisecond is cut off. */
export function parseRfc3339(text: string): number | undefined {
  const part = RFC3339.exec(text);
  if (part === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = part.slice(1, 7).map(Number);
  const [fraction = '', sign, hours, minutes] = part.slice(7);
  const date = new Date(0);
  // Not Date.UTC: it takes a year below 100 for one of the last century.
  date.setUTCFullYear(year, month - 1, day);
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isDay || hour > 23 || minute > 59 || second > 59 || Number(hours ?? 0) > 23 || Number(minutes ?? 0) > 59)
    return undefined;
  date.setUTCHours(hour, minute, second, Number(fraction.slice(0, 3).padEnd(3, '0')));
  const offsetMs = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE_MS;
  return date.getTime() - (sign === '-' ? -offsetMs : offsetMs);
}
