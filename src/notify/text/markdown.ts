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

/** A URL that is http or https, as it may stand between brackets; nothing where a text is none. */
function linkOf(url: string): string {
  const link = safeLink(url).replace(
    /[()*\\<>]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return link.length > LONGEST_LINK ? '' : link;
}

/** For a person's template: a value that is a link is left to be one, as in `[runbook]({{runbook}})`. */
export const escapeButLinks: Escape = (text) => linkOf(text) || escapeMarkdown(text);

/** The same where a channel would show what is behind a link, which it does not in angle brackets. */
export const escapeButQuietLinks: Escape = (text) => {
  const link = linkOf(text);
  return link === '' ? escapeMarkdown(text) : `<${link}>`;
};

/** A link of our own words to a URL that is http or https; empty without one. */
export function markdownLink(words: string, url: string): string {
  const link = linkOf(url);
  return link === '' ? '' : `[${words}](${link})`;
}
