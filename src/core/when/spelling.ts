import { nearest } from '../nearest.ts';

const SPELLINGS: ReadonlyMap<string, readonly string[]> = new Map([
  ['%', ['percent', 'pct']],
  ['ms', ['msec', 'msecs', 'millis', 'millisecond', 'milliseconds']],
  ['s', ['sec', 'secs', 'second', 'seconds']],
  ['m', ['min', 'mins', 'minute', 'minutes']],
  ['h', ['hr', 'hrs', 'hour', 'hours']],
  ['d', ['day', 'days']],
  ['w', ['week', 'weeks']],
  ['B', ['byte', 'bytes']],
  ['kB', ['k', 'K', 'KB', 'kb']],
  ['MB', ['M', 'mb']],
  ['GB', ['G', 'g', 'gb', 'TB', 'T']],
  ['KiB', ['Ki']],
  ['MiB', ['Mi']],
  ['GiB', ['Gi', 'TiB', 'Ti']],
]);

const MEANT: ReadonlyMap<string, string> = new Map(
  [...SPELLINGS].flatMap(([unit, all]) => all.map((spelling) => [spelling, unit] as const)),
);

/** Whether a word is a unit to people, though the language spells it otherwise: `seconds`, `KB`. */
export const isSpelling = (word: string): boolean => MEANT.has(word);

/** The unit of `units` that somebody meant who wrote `written`, or undefined. */
export function meantUnit(written: string, units: readonly string[]): string | undefined {
  const meant = MEANT.get(written) ?? MEANT.get(written.toLowerCase());
  return meant !== undefined && units.includes(meant) ? meant : nearest(written, units);
}
