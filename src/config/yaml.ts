import { Composer, type CST, type Document, isScalar, Lexer, LineCounter, Parser, YAMLParseError } from 'yaml';
import { atOnce, type Pieces } from '../core/pieces.ts';
import type { Node, Source } from './located.ts';
import { type Problem, problemOf } from './problems.ts';
import { syntaxProblems } from './syntax.ts';
import { locate } from './tree.ts';

export interface Parsed {
  /** Undefined where the file is empty or no YAML. */
  readonly root: Node | undefined;
  readonly problems: readonly Problem[];
}

/** The tree of one YAML text, with anchors, aliases and `<<` merges resolved; every mistake in it is a problem. */
export const parseYaml = (file: string, text: string): Parsed => atOnce(parsingYaml(file, text));

/** The same in pieces. */
export function* parsingYaml(file: string, text: string): Pieces<Parsed> {
  const source: Source = { file, text, lines: new LineCounter() };
  const tokens = yield* tokensOf(source);
  const document = documentOf(tokens, text);
  yield;
  if (document === undefined) return { root: undefined, problems: [problemOf(file, EMPTY)] };
  const errors = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (errors.length > 0) return { root: undefined, problems: syntaxProblems(errors, source) };
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null))
    return { root: undefined, problems: [problemOf(file, EMPTY)] };
  return locate(contents, source);
}

const EMPTY = 'the file is empty';

/** Lexemes between two pieces. */
const LEXEMES = 256;

/** What `parseDocument` does with a text, of which it can rest nowhere. */
function* tokensOf({ text, lines }: Source): Pieces<readonly CST.Token[]> {
  const tokens: CST.Token[] = [];
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  let count = 0;
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (++count % LEXEMES === 0) yield;
  }
  tokens.push(...parser.end());
  return tokens;
}

function documentOf(tokens: readonly CST.Token[], text: string): Document.Parsed | undefined {
  // The composer compares each key with all others; `locate` knows them by a map.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false });
  const [first, second] = composer.compose(tokens, true, text.length);
  if (second !== undefined && first !== undefined)
    first.errors.push(new YAMLParseError([second.range[0], second.range[1]], 'MULTIPLE_DOCS', ''));
  return first;
}
