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

/** Shorter secrets would eat ordinary words. */
const SHORTEST = 4;
const SHORTEST_BASE64 = 8;

export type Scrub = (text: string) => string;

/**
 * A function that replaces every occurrence of the given secrets by `<secret>`: as they are, URL-encoded, as JSON, in
 * base64 with whatever stands around them, and the beginning of one where the text was cut (`…`).
 */
export function scrubber(secrets: Iterable<string>): Scrub {
  const all = new Set<string>();
  for (const secret of secrets) if (secret.length >= SHORTEST) for (const form of formsOf(secret)) all.add(form);
  if (all.size === 0) return (text) => text;
  const longestFirst = [...all].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map((s) => RegExp.escape(s)).join('|'), 'g');
  const withoutBeginnings = beginningScrubber(all);
  return (text) => withoutBeginnings(text.replace(pattern, HIDDEN));
}

function formsOf(secret: string): readonly string[] {
  const base64 = [0, 1, 2].map((before) => base64Within(secret, before));
  const longEnough = base64.filter((form) => form.length >= SHORTEST_BASE64);
  const urlSafe = longEnough.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...longEnough, ...urlSafe];
}

/** What of the base64 of a longer text is the secret's alone, where so many bytes (mod 3) stand before it. */
function base64Within(secret: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
  return bytes
    .toString('base64')
    .replace(/=+$/, '')
    .slice(FOREIGN[before], FOREIGN_END[bytes.length % 3]);
}
/** Characters that also hold bits of what stands before it, and after it. */
const FOREIGN = [0, 2, 3] as const;
const FOREIGN_END = [undefined, -1, -1] as const;

/** Takes out what stands before a `…` and is the beginning of one of the texts. */
function beginningScrubber(all: ReadonlySet<string>): Scrub {
  const byBeginning = Map.groupBy(all, (text) => text.slice(0, SHORTEST));
  const longest = Math.max(...[...all].map((text) => text.length));
  const cut = (part: string): string => {
    for (let at = Math.max(0, part.length - longest); at <= part.length - SHORTEST; at++) {
      const end = part.slice(at);
      if (byBeginning.get(end.slice(0, SHORTEST))?.some((text) => text.startsWith(end)))
        return part.slice(0, at) + HIDDEN;
    }
    return part;
  };
  return (text) => {
    if (!text.includes('…')) return text;
    const parts = text.split('…');
    return parts.map((part, index) => (index < parts.length - 1 ? cut(part) : part)).join('…');
  };
}
