import type { Scrub } from '../core/secret.ts';
import type { Place } from './located.ts';

/** A mistake in the config, or a warning. Lines and columns count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `targets[api].interval`; empty where it is about the file. */
  readonly path: string;
  /** What is wrong and what was expected; without any secret. */
  readonly message: string;
  /** The nearest valid name. */
  readonly suggestion?: string;
}

/** `file:line:column: path: what is wrong, what was expected; did you mean "x"?` */
export function formatProblem({ file, line, column, path, message, suggestion }: Problem): string {
  const where = path === '' ? '' : `${path}: `;
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
  return `${file}:${line}:${column}: ${where}${message}${hint}`;
}

/** Nobody reads more of a message. */
const LONGEST = 400;

/** What a config says may hold anything; what is told of it stays on its line, moves no cursor and fills no screen. */
const printable = (text: string): string =>
  (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]/gu, (each) => `\\u{${each.charCodeAt(0).toString(16)}}`);

/** A problem at a place in a file. */
export function problemAt(place: Place, path: string, message: string, suggestion?: string): Problem {
  const { source, offset } = place;
  const { line, col } = source.lines.linePos(offset);
  const at = { file: source.file, line: Math.max(1, line), column: Math.max(1, col) };
  const hint = suggestion === undefined ? {} : { suggestion: printable(suggestion) };
  return { ...at, path: printable(path), message: printable(message), ...hint };
}

/** A problem with a file as a whole. */
export const problemOf = (file: string, message: string): Problem => ({ file, line: 1, column: 1, path: '', message });

/** Problems in the order of the files and of what is written in them, each once: what an anchor holds is wrong in many places. */
export function inOrder(problems: readonly Problem[], files: readonly string[]): readonly Problem[] {
  const once = new Map<string, Problem>();
  for (const problem of problems) {
    const lastKey = problem.path.slice(problem.path.lastIndexOf('.') + 1);
    const key = JSON.stringify([problem.file, problem.line, problem.column, lastKey, problem.message]);
    if (!once.has(key)) once.set(key, problem);
  }
  return [...once.values()].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}

/** Takes secrets out of what a problem says. */
export function scrubProblem(problem: Problem, scrub: Scrub): Problem {
  const { suggestion } = problem;
  return {
    ...problem,
    path: scrub(problem.path),
    message: scrub(problem.message),
    ...(suggestion === undefined ? {} : { suggestion: scrub(suggestion) }),
  };
}
