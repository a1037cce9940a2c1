import { parseDocument, visit } from 'yaml';
import { readDisk } from '../../config/disk.ts';
import { OutriderError } from '../../core/errors.ts';
import { isMap, type Plain, type PlainMap } from './compose/plain.ts';

/** Real files have some hundred aliases; what has more than this is made to exhaust. */
const MOST_ALIASES = 10_000;

/** Stands for a value that `!reset` takes away. */
export const RESET = '\u0000reset';
/** The only key of a map that stands for a value under `!override`. */
export const OVERRIDE = '\u0000override';

/** The text of a file; `-` is stdin. Throws OutriderError `usage`. */
export function readText(path: string): string {
  const disk = path === '-' ? readDisk('/dev/stdin', true) : readDisk(path);
  if (!disk.ok) throw new OutriderError('usage', `${path} ${disk.why}`);
  return disk.text;
}

/** The map that a YAML file is, with anchors and `<<` resolved. Throws OutriderError `usage` where it is none. */
export function readYaml(path: string): PlainMap {
  const document = parseDocument(readText(path), { merge: true, logLevel: 'error', prettyErrors: true });
  const [error] = document.errors;
  if (error !== undefined) {
    const [place] = error.linePos ?? [];
    const [sentence = ''] = error.message.split(/ at line|\n/);
    throw new OutriderError('usage', `${path}:${place?.line ?? 1}:${place?.col ?? 1}: ${sentence}`);
  }
  visit(document, {
    Node(_, node) {
      if (node.tag === '!reset') return document.createNode(RESET);
      if (node.tag !== '!override') return undefined;
      delete node.tag;
      return document.createNode({ [OVERRIDE]: node });
    },
  });
  let root: Plain;
  try {
    root = document.toJS({ maxAliasCount: MOST_ALIASES }) as Plain;
  } catch {
    throw new OutriderError('usage', `${path}: its aliases cannot be resolved`);
  }
  if (!isMap(root)) throw new OutriderError('usage', `${path}: expected a map`);
  return root;
}
