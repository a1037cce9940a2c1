/** A text of a compose file in which `${VAR}` is not filled in yet. */
export type Raw = string;

type Piece =
  | { readonly literal: string }
  | { readonly name: string; readonly otherwise: Raw | undefined; readonly instead: Raw | undefined };

export type Variables = ReadonlyMap<string, string>;

const BARE = /^[A-Za-z_][A-Za-z0-9_]*/;
const BRACED = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-?+])(.*))?$/s;
/** A default within a default within … : nobody needs more. */
const DEEPEST = 8;

/** Compose's forms: `$$`, `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR-default}`, `${VAR:?error}`, `${VAR:+instead}`. */
function piecesOf(raw: Raw): readonly Piece[] {
  const pieces: Piece[] = [];
  let literal = '';
  const add = (piece: Piece) => {
    if (literal !== '') pieces.push({ literal });
    literal = '';
    pieces.push(piece);
  };
  for (let at = 0; at < raw.length; ) {
    const rest = raw.slice(at + 1);
    const bare = raw[at] === '$' ? BARE.exec(rest)?.[0] : undefined;
    const end = raw[at] === '$' && rest.startsWith('{') ? closing(raw, at + 2) : undefined;
    const braced = end === undefined ? null : BRACED.exec(raw.slice(at + 2, end));
    if (raw[at] === '$' && rest.startsWith('$')) {
      literal += '$';
      at += 2;
    } else if (bare !== undefined) {
      add({ name: bare, otherwise: undefined, instead: undefined });
      at += 1 + bare.length;
    } else if (end !== undefined && braced !== null) {
      const [, name = '', operator = '', word = ''] = braced;
      const given = (sign: string) => (operator.endsWith(sign) ? word : undefined);
      add({ name, otherwise: given('-'), instead: given('+') });
      at = end + 1;
    } else {
      literal += raw[at] ?? '';
      at += 1;
    }
  }
  if (literal !== '') pieces.push({ literal });
  return pieces;
}

/** The offset of the brace that closes the one before `from`. */
function closing(text: string, from: number): number | undefined {
  let open = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '}') open -= 1;
    else if (text[at] === '{' && text[at - 1] === '$') open += 1;
    if (open === 0) return at;
  }
  return undefined;
}

/** The text as compose would see it; a variable that nobody set is empty. */
export function filled(raw: Raw, variables: Variables, depth = 0): string {
  if (!raw.includes('$')) return raw;
  return piecesOf(raw)
    .map((piece) => {
      if ('literal' in piece) return piece.literal;
      const value = variables.get(piece.name) ?? '';
      if (piece.instead !== undefined)
        return value === '' || depth > DEEPEST ? '' : filled(piece.instead, variables, depth + 1);
      if (value !== '' || piece.otherwise === undefined || depth > DEEPEST) return value;
      return filled(piece.otherwise, variables, depth + 1);
    })
    .join('');
}

/** The same text as Outrider's config writes it: `${VAR}` and `${VAR:-default}`; without defaults where they may be secret. */
export function ours(raw: Raw, defaults: 'with-defaults' | 'without-defaults' = 'with-defaults', depth = 0): string {
  return piecesOf(raw)
    .map((piece) => {
      if ('literal' in piece) return escaped(piece.literal);
      const { name, otherwise } = piece;
      const keep = defaults === 'with-defaults' && otherwise !== undefined && otherwise !== '' && depth < DEEPEST;
      return keep ? `\${${name}:-${ours(otherwise, defaults, depth + 1)}}` : `\${${name}}`;
    })
    .join('');
}

/** A literal text as Outrider's config writes it. */
export const escaped = (literal: string): string => literal.replaceAll('${', () => '$${');

/** The text is put together of variables alone. */
export const isReference = (raw: Raw): boolean => raw !== '' && piecesOf(raw).every((piece) => 'name' in piece);

/** The only variable of a text that is nothing else, and its default. */
export function soleReference(raw: Raw): { readonly name: string; readonly otherwise: Raw | undefined } | undefined {
  const [first, second] = piecesOf(raw);
  return first !== undefined && second === undefined && 'name' in first ? first : undefined;
}

/** A text with its `${…}` and `$VAR` hidden, so that it can be taken apart at `:` and `/`; `shown` puts them back into a part. */
export function hidden(raw: Raw): { readonly open: string; shown(part: string): Raw } {
  const kept: string[] = [];
  const open = raw.replace(/\$\{(?:[^{}]|\$\{[^{}]*\})*\}|\$[A-Za-z_][A-Za-z0-9_]*/g, (reference) => {
    kept.push(reference);
    return `\ue001${kept.length - 1}\ue002`;
  });
  return { open, shown: (part) => part.replace(HIDDEN, (_, index: string) => kept[Number(index)] ?? '') };
}

/** Characters of Unicode's private use area: no file has them by chance. */
const HIDDEN = /\ue001(\d+)\ue002/g;

/** The text with a digit for each variable: what it looks like once they are filled in. */
export const withoutVariables = (raw: Raw): string => hidden(raw).open.replace(HIDDEN, '1');
