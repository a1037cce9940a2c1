/** Breaks, controls, and marks that turn the direction of what follows. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** A text on one line: breaks and what cannot be seen become a space. */
export const oneLine = (text: string): string => text.toWellFormed().replace(UNSEEN, ' ').replace(/ {2,}/g, ' ').trim();

/** A link that is safe to click, or nothing: alerts of others may carry any text. */
export const safeLink = (url: string | undefined): string =>
  url !== undefined && /^https?:\/\//i.test(url) && URL.canParse(url) ? new URL(url).href : '';

/** The beginning of a text in at most `most` UTF-16 units, ended by `…` where it is cut; no character is cut in two. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  if (most <= 0) return '';
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
