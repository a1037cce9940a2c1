/** What INFO answered: field → text, the first of its name. */
export type Info = ReadonlyMap<string, string>;

/** Parses INFO's `field:value` lines; headings, blank lines and anything else are left out. Never throws. */
export function parseInfo(text: string): Info {
  const info = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon <= 0 || line.startsWith('#')) continue;
    const field = line.slice(0, colon);
    if (!info.has(field)) info.set(field, line.slice(colon + 1));
  }
  return info;
}

const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** A decimal number, or undefined where the text is none (`nan`, `inf`, ``). */
export function decimal(text: string | undefined): number | undefined {
  return text !== undefined && NUMBER.test(text) ? Number(text) : undefined;
}

/** A field that is a number. */
export const numberOf = (info: Info, field: string): number | undefined => decimal(info.get(field));

/** A line of pairs such as `keys=1,expires=0,avg_ttl=0`, as the value of the fields `db0`, `slave0` and `cmdstat_get`. */
export function parsePairs(text: string): Info {
  const pairs = new Map<string, string>();
  for (const pair of text.split(',')) {
    const equals = pair.indexOf('=');
    if (equals > 0) pairs.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return pairs;
}

/** The fields whose name matches, with what the first group of the pattern caught and their pairs. */
export function* fieldsLike(info: Info, pattern: RegExp): Generator<{ readonly key: string; readonly pairs: Info }> {
  for (const [field, text] of info) {
    const key = pattern.exec(field)?.[1];
    if (key !== undefined) yield { key, pairs: parsePairs(text) };
  }
}
