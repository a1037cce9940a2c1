import { nearest } from '../core/nearest.ts';
import { type Entry, type MapNode, type Node, pathText, type ScalarNode, type SeqNode } from './located.ts';
import { type Problem, problemAt } from './problems.ts';

/** What a secret file holds, or why not, in words that follow its name; `warning` is what is odd about it. */
export type FileText =
  | { readonly ok: true; readonly text: string; readonly warning?: string }
  | { readonly ok: false; readonly why: string };

/** Where the values of `${…}` come from. */
export interface FillSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `path` as it is written. */
  secretFile(path: string): FileText;
}

/** A text with everything filled in, the pieces that were filled in, and which of them must never be shown again. */
export type Filled =
  | { readonly ok: true; readonly text: string; readonly pieces: readonly Piece[] }
  | { readonly ok: false; readonly message: string; readonly suggestion?: string };

export interface Piece {
  readonly text: string;
  /** From a file, or from a variable whose name says so. */
  readonly secret: boolean;
  readonly warning?: string;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** `DB_PASSWORD`, `TOKEN_OF_CI`, `API_KEY`; not `KEYCLOAK_HOST` or `KEY_PREFIX`. */
const SECRET_NAME =
  /PASSWORD|(^|_)(PASS(WD|PHRASE)?|PWD|SECRET|TOKEN|CREDENTIALS?)S?(_|$)|(^|_)((API|ROUTING)?KEY|HASH|DSN)S?(_?\d+)?$/i;
/** What is no secret although its variable is named like one: `USE_TOKEN=true`. */
const PLAIN = /^(true|false|yes|no|on|off|\d{1,5})$/i;
const FORM = `expected \${NAME}, \${NAME:-default} or \${file:/path}; a literal \${ is written $\${`;

/** A default within a default within … : nobody needs more. */
const DEEPEST = 8;

/** Fills `${VAR}`, `${VAR:-default}` and `${file:/path}` into a text; `$${` becomes `${`. A default may hold further ones. */
export function fillText(text: string, sources: FillSources, depth = 0): Filled {
  const pieces: Piece[] = [];
  let filled = '';
  let at = 0;
  for (;;) {
    const next = text.indexOf('$', at);
    if (next === -1) return { ok: true, text: filled + text.slice(at), pieces };
    filled += text.slice(at, next);
    if (text.startsWith('$${', next)) {
      filled += '${';
      at = next + 3;
    } else if (text.startsWith('${', next)) {
      const end = closing(text, next + 2);
      if (end === undefined) return { ok: false, message: `a "\${" is not closed; ${FORM}` };
      if (depth === DEEPEST) return { ok: false, message: `\${…} within \${…}, more than ${DEEPEST} deep` };
      const piece = fillOne(text.slice(next + 2, end), sources, depth + 1);
      if (!piece.ok) return piece;
      filled += piece.text;
      for (const each of piece.pieces) pieces.push(each);
      at = end + 1;
    } else {
      filled += '$';
      at = next + 1;
    }
  }
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

/** What is between `${` and `}`. */
function fillOne(inside: string, sources: FillSources, depth: number): Filled {
  if (inside.startsWith('file:')) return fillFile(inside.slice('file:'.length), sources, depth);
  const split = inside.indexOf(':-');
  const name = split === -1 ? inside : inside.slice(0, split);
  if (!NAME.test(name)) return { ok: false, message: FORM };
  const value = Object.hasOwn(sources.env, name) ? sources.env[name] : undefined;
  const isSecret = (text: string) => SECRET_NAME.test(name) && !PLAIN.test(text);
  if (split !== -1 && (value === undefined || value === '')) {
    const otherwise = fillText(inside.slice(split + 2), sources, depth);
    return otherwise.ok
      ? { ...otherwise, pieces: [...otherwise.pieces, { text: otherwise.text, secret: isSecret(otherwise.text) }] }
      : otherwise;
  }
  if (value !== undefined) return { ok: true, text: value, pieces: [{ text: value, secret: isSecret(value) }] };
  const suggestion = nearest(name, Object.keys(sources.env));
  const message = `the variable ${name} is not set`;
  return { ok: false, message, ...(suggestion === undefined ? {} : { suggestion }) };
}

function fillFile(written: string, sources: FillSources, depth: number): Filled {
  const path = fillText(written, sources, depth);
  if (!path.ok) return path;
  const file = sources.secretFile(path.text);
  if (!file.ok) return { ok: false, message: `the file ${written} ${file.why}` };
  const text = file.text.replace(/\r?\n$/, '');
  const warning = file.warning === undefined ? {} : { warning: `the file ${written} ${file.warning}` };
  return { ok: true, text, pieces: [{ text, secret: true, ...warning }] };
}

export interface FilledTree {
  readonly root: MapNode;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** Filled texts that must never be shown. */
  readonly secrets: ReadonlySet<string>;
}

/** The tree with every text in it filled; keys are not. What an alias shares is filled once. */
export function fillTree(root: MapNode, sources: FillSources): FilledTree {
  const filling: Filling = { root, sources, problems: [], warnings: [], secrets: new Set(), done: new Map(), path: [] };
  return { ...filling, root: ofMap(filling, root) };
}

interface Filling {
  readonly root: MapNode;
  readonly sources: FillSources;
  readonly problems: Problem[];
  readonly warnings: Problem[];
  readonly secrets: Set<string>;
  readonly done: Map<Node, Node>;
  /** Of the node that is being filled. */
  readonly path: (string | number)[];
}

function ofNode(filling: Filling, node: Node, step: string | number): Node {
  if (node.kind === 'scalar' && !needsFilling(node)) return node;
  const before = filling.done.get(node);
  if (before !== undefined) return before;
  filling.path.push(step);
  const after =
    node.kind === 'map' ? ofMap(filling, node) : node.kind === 'seq' ? ofSeq(filling, node) : ofScalar(filling, node);
  filling.path.pop();
  filling.done.set(node, after);
  return after;
}

const needsFilling = ({ value }: ScalarNode): boolean => typeof value === 'string' && value.includes('${');

function ofMap(filling: Filling, node: MapNode): MapNode {
  const entries = new Map<string, Entry>();
  for (const [key, entry] of node.entries) entries.set(key, { ...entry, value: ofNode(filling, entry.value, key) });
  return { ...node, entries };
}

const ofSeq = (filling: Filling, node: SeqNode): SeqNode => ({
  ...node,
  items: node.items.map((item, index) => ofNode(filling, item, index)),
});

function ofScalar({ root, sources, path, ...found }: Filling, node: ScalarNode): ScalarNode {
  const filled = fillText(String(node.value), sources);
  if (!filled.ok) {
    found.problems.push(problemAt(node, pathText(root, path), filled.message, filled.suggestion));
    return { ...node, broken: true };
  }
  for (const { secret, text, warning } of filled.pieces) {
    if (secret) found.secrets.add(text);
    if (warning !== undefined) found.warnings.push(problemAt(node, pathText(root, path), warning));
  }
  return { ...node, value: filled.text, fills: filled.pieces.map(({ text }) => text) };
}
