import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A regular expression as people write it in the config: `/UP|OK/i`. Flags: `i` any case, `m` lines, `s` dot matches newlines. */
export interface RegexText {
  readonly source: string;
  readonly flags: string;
}

/** A regular expression that runs in time linear in the text, whatever the pattern. */
export interface Regex {
  found(text: string): boolean;
  /** The first group of the first match, or the whole match where it has no group; undefined without a match. */
  extract(text: string): string | undefined;
}

const LITERAL = /^\/(.+)\/([ims]*)$/s;

/** The regular expression that a text is written as, or undefined where it is plain text. */
export function regexText(text: string): RegexText | undefined {
  const literal = LITERAL.exec(text);
  if (literal?.[1] === undefined) return undefined;
  return { source: literal[1], flags: literal[2] ?? '' };
}

/** Compiles it in RE2's syntax (no lookaround, no backreferences); throws where it does not parse. The library is loaded at the first call. */
export function compileRegex(text: RegexText): Regex {
  const { RE2JS } = require('re2js') as typeof import('re2js');
  let flags = 0;
  if (text.flags.includes('i')) flags |= RE2JS.CASE_INSENSITIVE;
  if (text.flags.includes('m')) flags |= RE2JS.MULTILINE;
  if (text.flags.includes('s')) flags |= RE2JS.DOTALL;
  const pattern = RE2JS.compile(text.source, flags);
  const group = pattern.groupCount() > 0 ? 1 : 0;
  return {
    found: (body) => pattern.matcher(body).find(),
    extract(body) {
      const matcher = pattern.matcher(body);
      return matcher.find() ? (matcher.group(group) ?? undefined) : undefined;
    },
  };
}
