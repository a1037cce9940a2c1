import { inspect } from 'node:util';

const HIDDEN = '<secret>';

/** A text that must never come out again: prints, serialises and inspects as `<secret>`. */
export class Secret {
  readonly #value: string;
  constructor(value: string) {
    this.#value = value;
  }
  /** The text itself, for the one place that hands it to a driver. */
  reveal(): string {
    return this.#value;
  }
  toString(): string {
    return HIDDEN;
  }
  toJSON(): string {
    return HIDDEN;
  }
  [inspect.custom](): string {
    return HIDDEN;
  }
}

/** A URL that may carry a password or token: prints without userinfo, query and fragment. */
export class SecretUrl {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  /** The whole URL, for the one place that hands it to a driver. */
  reveal(): string {
    return this.#text;
  }
  toString(): string {
    return this.#text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, '$1').replace(/[?#].*$/s, '');
  }
  toJSON(): string {
    return this.toString();
  }
  [inspect.custom](): string {
    return this.toString();
  }
}

/** Takes known secrets out of any text; shorter than this they would eat ordinary words. */
const SHORTEST = 4;

export type Scrub = (text: string) => string;

/** A function that replaces every occurrence of the given secrets (also URL-encoded) by `<secret>`. */
export function scrubber(secrets: Iterable<string>): Scrub {
  const all = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    all.add(secret).add(encodeURIComponent(secret)).add(JSON.stringify(secret).slice(1, -1));
  }
  if (all.size === 0) return (text) => text;
  const longestFirst = [...all].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((s) => RegExp.escape(s)).join('|'), 'g');
  return (text) => text.replace(pattern, HIDDEN);
}
