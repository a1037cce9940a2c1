import { MATCH_OPS } from './tree.ts';

export const TOKEN_KINDS = ['word', 'number', 'text', 'unclosed', 'symbol', 'end'] as const;

/**
 * A piece of a condition. `number` has its unit glued to it (`80%`, `1h30m`); `text` is what stood in quotes or as a bare
 * label value, withoutEscapesd; `symbol` is an operator, a bracket, or one character that the language does not know.
 */
export interface Token {
  readonly kind: (typeof TOKEN_KINDS)[number];
  readonly text: string;
  readonly at: number;
}

const SPACE = /\s+/y;
const WORD = /[A-Za-z_][A-Za-z0-9_.-]*/y;
const NUMBER = /-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[A-Za-z0-9_.%]*/y;
const QUOTED = /"([^"\\]*(?:\\[\s\S][^"\\]*)*)"|'([^'\\]*(?:\\[\s\S][^'\\]*)*)'/y;
const UNCLOSED = /["'][\s\S]*/y;
const BARE_VALUE = /[^\s,{}"']+/y;
const SYMBOL = /=~|!~|>=|<=|==|!=|=>|=<|<>|&&|\|\||[\s\S]/uy;

/** Which piece begins at a place; only after a match operator in braces may it be a bare label value. */
const PIECES: readonly (readonly [Token['kind'], RegExp])[] = [
  ['text', QUOTED],
  ['unclosed', UNCLOSED],
  ['word', WORD],
  ['number', NUMBER],
  ['symbol', SYMBOL],
];

const isMatchOp = (token: Token | undefined): boolean =>
  token?.kind === 'symbol' && (MATCH_OPS as readonly string[]).includes(token.text);

/** In quotes a backslash escapes quotes and backslashes; before anything else it is itself, so that `"\d+"` can be written plainly. */
const withoutEscapes = (text: string): string => text.replace(/\\(["'\\])/g, '$1');

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

interface Piece {
  readonly kind: Token['kind'];
  readonly text: string;
  readonly length: number;
}

function pieceAt(text: string, at: number, wantsValue: boolean): Piece {
  const bare = wantsValue ? matchAt(BARE_VALUE, text, at) : null;
  if (bare !== null) return { kind: 'text', text: bare[0], length: bare[0].length };
  for (const [kind, pattern] of PIECES) {
    const found = matchAt(pattern, text, at);
    if (found === null) continue;
    const inQuotes = kind === 'text' ? withoutEscapes(found[1] ?? found[2] ?? '') : found[0];
    return { kind, text: inQuotes, length: found[0].length };
  }
  return { kind: 'symbol', text: text.charAt(at), length: 1 };
}

/** The tokens of a condition, `end` last. Every text has some; what they mean is the parser's business. Time linear in the text. */
export function lex(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let inBraces = false;
  while (true) {
    at += matchAt(SPACE, text, at)?.[0].length ?? 0;
    if (at >= text.length) break;
    const piece = pieceAt(text, at, inBraces && isMatchOp(tokens.at(-1)));
    tokens.push({ kind: piece.kind, text: piece.text, at });
    if (piece.kind === 'symbol' && (piece.text === '{' || piece.text === '}')) inBraces = piece.text === '{';
    at += piece.length;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}
