import type { ErrorCode, YAMLError } from 'yaml';
import type { Source } from './located.ts';
import { type Problem, problemAt } from './problems.ts';

/** What the parser's codes mean to somebody who writes a config; its own messages quote the text, which may be a password. */
const SAYS: Readonly<Partial<Record<ErrorCode, string>>> = {
  TAB_AS_INDENT: 'tabs cannot indent in YAML: use spaces',
  BAD_SCALAR_START: 'a value cannot begin with this character: put it in quotes',
  BAD_DQ_ESCAPE: 'not an escape of double quotes: write \\\\ for a backslash, or use single quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a second "key: value" within one value: put a value with ": " in it in quotes, or correct the indentation of the next line',
  BLOCK_IN_FLOW: 'an indented block cannot stand within { } or [ ]',
  BAD_INDENT: 'the indentation does not fit the lines above, or a { or [ is not closed',
  MISSING_CHAR: 'something is missing before this: a closing quote, a bracket, a comma or the ":" after a key',
  MULTILINE_IMPLICIT_KEY: 'expected "key: value"',
  KEY_OVER_1024_CHARS: 'expected "key: value", got a key of more than 1024 characters',
  MULTIPLE_DOCS: 'expected one document in a file: remove the "---" or "..."',
  TAG_RESOLVE_FAILED: 'tags such as !x are not known here; put a text that begins with "!" in quotes',
  BAD_ALIAS: 'not a name of an anchor or alias; put a text that begins with "&" or "*" in quotes',
  ALIAS_PROPS: 'an alias cannot have an anchor or tag of its own',
  MULTIPLE_ANCHORS: 'a value can have one anchor only',
  BAD_DIRECTIVE: 'directives are not known here; put a text that begins with "%" in quotes',
  RESOURCE_EXHAUSTION: 'nested too deeply',
};

const OTHERWISE = 'not expected here: check quotes, brackets and indentation';

/** Characters before an error in which a `#` may have begun the comment that swallowed the end of a value. */
const LOOK_BACK = 2000;

/** A brace that YAML takes for the beginning of a map although it belongs to a value: `${X}` or `lag{…}` within `{ }`. */
function braceTrap(text: string, offset: number): string | undefined {
  if (text[offset] !== '{') return undefined;
  if (text[offset - 1] === '$') return `a value with \${…} inside { } or [ ] must be in quotes: "\${…}"`;
  if (/\w/.test(text[offset - 1] ?? ''))
    return 'a value with braces inside { } or [ ] must be in quotes: "lag{group=workers} > 1000"';
  return undefined;
}

/** `{ channel: #x }`: the offset of the `#`, where the line of the error or the one before it has one. */
function commentTrap(text: string, offset: number): number | undefined {
  const before = text.slice(Math.max(0, offset - LOOK_BACK), offset);
  const found = /[{[,][^\n]*:[ \t]+(#)\S[^\n]*\n?[^\n]*$/d.exec(before)?.indices?.[1]?.[0];
  return found === undefined ? undefined : Math.max(0, offset - LOOK_BACK) + found;
}

function explain({ code, pos: [offset] }: YAMLError, source: Source): Problem {
  if (code === 'BAD_INDENT' || code === 'UNEXPECTED_TOKEN') {
    const comment = commentTrap(source.text, offset);
    const at = { source, offset: comment ?? offset };
    if (comment !== undefined) return problemAt(at, '', 'everything after " #" is a comment: put the value in quotes');
  }
  return problemAt({ source, offset }, '', braceTrap(source.text, offset) ?? SAYS[code] ?? OTHERWISE);
}

/** The parser's errors in words: every brace that wants quotes, else the first error, for the others follow from it. */
export function syntaxProblems(errors: readonly YAMLError[], source: Source): readonly Problem[] {
  const braces = errors.filter(({ pos }) => braceTrap(source.text, pos[0]) !== undefined);
  return (braces.length > 0 ? braces : errors.slice(0, 1)).map((error) => explain(error, source));
}
