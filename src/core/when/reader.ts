import { lex, type Token } from './lex.ts';
import type { WhenProblem } from './tree.ts';

/** Walks over the tokens of one condition and keeps what is wrong with them. */
export interface Reader {
  readonly problems: readonly WhenProblem[];
  /** The token that is next, or further ahead; `end` past the last. */
  peek(ahead?: number): Token;
  take(): Token;
  /** Whether the next token is this symbol or keyword. */
  at(text: string): boolean;
  /** Takes the next token where it is this symbol or keyword. */
  skip(text: string): boolean;
  problem(at: number, message: string, suggestion?: string): undefined;
  /** The next token is not what belongs here. */
  expected(what: string, suggestion?: string): undefined;
}

const LONGEST_SHOWN = 40;

const shown = (text: string): string =>
  text.length > LONGEST_SHOWN ? `${Array.from(text.slice(0, LONGEST_SHOWN)).slice(0, -1).join('')}…` : text;

/** A token as people wrote it, for messages. */
export const got = (token: Token): string => (token.kind === 'end' ? 'the end' : `"${shown(token.text)}"`);

/** A reader at the first token of a text. */
export function readerOf(text: string): Reader {
  const tokens = lex(text);
  const end: Token = { kind: 'end', text: '', at: text.length };
  const problems: WhenProblem[] = [];
  let index = 0;
  const peek = (ahead = 0): Token => tokens[index + ahead] ?? end;
  const isAt = (text: string): boolean => {
    const { kind, text: next } = peek();
    return (kind === 'symbol' || kind === 'word') && next === text;
  };
  const problem = (at: number, message: string, suggestion?: string): undefined => {
    problems.push({ at, message, ...(suggestion === undefined ? {} : { suggestion }) });
  };
  return {
    problems,
    peek,
    at: isAt,
    problem,
    take() {
      const token = peek();
      index++;
      return token;
    },
    skip(text) {
      if (!isAt(text)) return false;
      index++;
      return true;
    },
    expected(what, suggestion) {
      const token = peek();
      if (token.kind === 'unclosed') return problem(token.at, 'this quote is never closed');
      return problem(token.at, `expected ${what}, got ${got(token)}`, suggestion);
    },
  };
}
