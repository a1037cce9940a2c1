/** Most characters of an excerpt, and of what is looked at for it. */
const LONGEST = 120;
const LOOKED_AT = 600;

const SECRET_WORDS =
  '[\\w.-]*(?:passw|secret|token|api[-_]?key|private[-_]?key|authorization|credential|cookie|session)[\\w.-]*';
const SECRET_NAME = new RegExp(SECRET_WORDS, 'i');
const NAMED_SECRET = new RegExp(
  `(["']?${SECRET_WORDS}["']?\\s*[:=]\\s*)("(?:[^"\\\\]|\\\\.)*(?:"|$)|'[^']*(?:'|$)|[^\\s,;&<>}\\])]+)`,
  'gi',
);
const CREDENTIALS = /\b(Bearer|Basic)\s+[\w.~+/=-]+/gi;
const USER_INFO = /(:\/\/)[^\s/?#"'@]*@/g;

/** Whether a name (of a JSON key, a header) is that of something secret. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

/** Takes out what looks like a secret: the value of a key that is called so, credentials, a URL's user. */
export const redact = (text: string): string =>
  text.replace(CREDENTIALS, '$1 <secret>').replace(NAMED_SECRET, '$1<secret>').replace(USER_INFO, '$1<secret>@');

/** The beginning of a text on one line, in quotes, without secrets: `"{"status":"DOWN"}…"`. */
export function excerpt(text: string): string {
  const start = text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text;
  const line = redact(start)
    // Control characters, lone surrogates and the replacement character would spoil a terminal.
    .replace(/[\p{Cc}\p{Cs}\p{Cn}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  const cut = line.length > LONGEST || text.length > LOOKED_AT;
  return `"${line.slice(0, LONGEST)}${cut ? '…' : ''}"`;
}
