import { safeLink } from './line.ts';
import type { Escape } from './template.ts';

/** Controls but breaks and tabs, and marks that turn the direction of what follows. */
const UNSEEN = /[[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]--[\n\t]]+/gv;
/** What means something wherever it stands: code, bold, italic, struck, spoilers, links, mentions, entities. */
const ANYWHERE = /[\\`*_~|[\]<>{}&]/g;
/** What means something where a line begins: headings, lists, and what underlines the line before. */
const AT_BEGINNING = /^([\t ]*\d*)((?<=\d)[.)]|(?<!\d)[#+=-])/gm;
/** Channels make a link of any address, and some fetch what is behind it. */
const ADDRESS = /:\/\//g;

/** A text in which nothing is markup, a link or a mention. Source: https://spec.commonmark.org/0.31.2/#backslash-escapes */
export const escapeMarkdown: Escape = (text) =>
  text
    .toWellFormed()
    .replace(UNSEEN, ' ')
    .replace(ANYWHERE, '\\$&')
    .replace(AT_BEGINNING, '$1\\$2')
    .replace(ADDRESS, ':\\/\\/');

/** The beginning of such a text in at most `most` UTF-16 units, ended by `…` where it is cut; no character and no escape is cut in two. */
export function cutMarkdown(escaped: string, most: number): string {
  if (escaped.length <= most) return escaped;
  if (most <= 0) return '';
  const begun = escaped.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '');
  const [marks = ''] = /\\*$/.exec(begun) ?? [];
  return `${marks.length % 2 === 1 ? begun.slice(0, -1) : begun}…`;
}

const LONGEST_LINK = 1000;

/** A link of our own words to a URL that is http or https; empty without one. */
export function markdownLink(words: string, url: string): string {
  const safe = safeLink(url).replaceAll('(', '%28').replaceAll(')', '%29').replaceAll('\\', '%5C');
  return safe === '' || safe.length > LONGEST_LINK ? '' : `[${words}](${safe})`;
}
