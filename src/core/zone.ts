/** One for each zone that was asked about: making one takes longer than asking it a thousand times. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  formatters.set(zone, made);
  return made;
}

const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** How far the clocks of an IANA zone are ahead of UTC at a moment, ms; throws a RangeError where there is no such zone. */
export function offsetMs(zone: string, atMs: number): number {
  const [, sign, hours, minutes, seconds = '0'] = OFFSET.exec(formatterOf(zone).format(atMs)) ?? [];
  if (hours === undefined || minutes === undefined) return 0;
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === '-' ? -ms : ms;
}

const HOUR_MS = 3_600_000;
const SECOND_MS = 1000;

/** The clocks of a zone around a wall time: how they went before and after, and when they were turned, if they were. */
export interface Around {
  readonly before: number;
  readonly after: number;
  /** The first moment at which they go as they do after. */
  readonly turnedAtMs: number;
}

/** How the clocks of a zone go around a wall time. */
export function clocksAround(zone: string, wallMs: number): Around {
  // No clock is further from UTC than 14 h ahead or 12 h behind: what shows this wall lies between.
  const second = Math.floor(wallMs / SECOND_MS) * SECOND_MS;
  let early = second - 15 * HOUR_MS;
  let late = second + 13 * HOUR_MS;
  const before = offsetMs(zone, early);
  const after = offsetMs(zone, late);
  if (before === after) return { before, after, turnedAtMs: Number.POSITIVE_INFINITY };
  while (late - early > SECOND_MS) {
    const middle = Math.floor((early + late) / 2 / SECOND_MS) * SECOND_MS;
    if (offsetMs(zone, middle) === before) early = middle;
    else late = middle;
  }
  return { before, after, turnedAtMs: late };
}

/**
 * The moment at which the clocks of a zone show a wall time (Unix epoch ms of what they show, as if it were UTC). What they show
 * twice is the first time; what they leave out is the first moment after the gap.
 */
export function momentOf(zone: string, wallMs: number): number {
  const { before, after, turnedAtMs } = clocksAround(zone, wallMs);
  if (wallMs - before < turnedAtMs) return wallMs - before;
  return Math.max(turnedAtMs, wallMs - after);
}

/** The last wall time whose moment is not after this one: what the clocks show, or, while they show it again, the end of what they show twice. */
export function wallAt(zone: string, atMs: number): number {
  const shown = atMs + offsetMs(zone, atMs);
  const { before, turnedAtMs } = clocksAround(zone, shown);
  return atMs < turnedAtMs ? shown : Math.max(shown, turnedAtMs + before - 1);
}
