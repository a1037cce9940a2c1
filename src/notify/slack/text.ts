import type { Escape } from '../text/template.ts';

/** Slack's control characters. Source: https://docs.slack.dev/messaging/formatting-message-text */
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Controls but breaks and tabs, and marks that turn the direction of what follows. */
const UNSEEN = /[[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]--[\n\t]]+/gv;
const EVERYBODY = /@(?=(?:here|channel|everyone|group)\b)/gi;
/** Joins without being seen: what stands before it is no mention any more. */
const WORD_JOINER = '\u2060';

/** A text that stands for itself, in which nothing is a link or a mention; for texts that are shown without markup. */
export const escapeText: Escape = (text) =>
  text
    .toWellFormed()
    .replace(UNSEEN, ' ')
    .replace(/[&<>]/g, (character) => ENTITIES[character] ?? '')
    .replace(EVERYBODY, `@${WORD_JOINER}`);

const LOOK_ALIKES: Readonly<Record<string, string>> = { '*': '∗', _: 'ˍ', '~': '∼', '`': 'ˋ' };
/** Where bold, italic or struck text could begin, and code wherever it could begin or end. */
const BEGINNINGS = /(?<![\p{L}\p{N}])[*_~](?=\S)|`/gu;
const QUOTES = /^>/gm;

/** The same for texts that stand within a person's own markup: there is no escape for it, so that look-alikes stand there. */
export const escapeMarkup: Escape = (text) =>
  escapeText(text.replace(QUOTES, '›').replace(BEGINNINGS, (character) => LOOK_ALIKES[character] ?? ''));

/** What must not be cut in two: a link, an entity, a character. */
const PARTS = /<[^<>\n]*>|&(?:amp|lt|gt);|[\s\S]/gu;

/** The beginning of an escaped text in at most `most` UTF-16 units, ended by `…` where it is cut. */
export function shorten(escaped: string, most: number): string {
  if (escaped.length <= most) return escaped;
  let text = '';
  for (const [part] of escaped.matchAll(PARTS)) {
    if (text.length + part.length >= most) break;
    text += part;
  }
  return `${text}…`;
}

const LONGEST_LINK = 900;

/** A link of our own words to a URL that is http or https; empty without one, or where it is longer than anybody's. */
export function linkTo(url: string, words: string): string {
  const link = `<${escapeText(url.replaceAll('|', '%7C').replace(EVERYBODY, '%40'))}|${words}>`;
  return url === '' || link.length > LONGEST_LINK ? '' : link;
}
