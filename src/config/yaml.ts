import { isScalar, LineCounter, parseDocument } from 'yaml';
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
export function parseYaml(file: string, text: string): Parsed {
  const source: Source = { file, text, lines: new LineCounter() };
  const document = parseDocument(text, {
    lineCounter: source.lines,
    prettyErrors: false,
    // The parser compares each key with all others; `locate` knows them by a map.
    uniqueKeys: false,
  });
  const errors = [...document.errors, ...document.warnings].sort((a, b) => a.pos[0] - b.pos[0]);
  if (errors.length > 0) return { root: undefined, problems: syntaxProblems(errors, source) };
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null))
    return { root: undefined, problems: [problemOf(file, 'the file is empty')] };
  return locate(contents, source);
}
