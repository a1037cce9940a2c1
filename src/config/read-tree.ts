import { resolve } from 'node:path';
import type { Checking } from './checked.ts';
import { type Mark, type Marks, readDisk } from './disk.ts';
import { type NamedFiles, namedFiles } from './files.ts';
import { fillTree } from './fill.ts';
import type { MapNode } from './located.ts';
import { mergeFiles } from './merge.ts';
import { type Problem, problemAt, problemOf } from './problems.ts';
import { parseYaml } from './yaml.ts';

export interface LoadOptions {
  /** Config files; later ones are merged over earlier ones. */
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What the config files say together, with everything filled in; `problems` alone where one of them cannot be read. */
export type ReadTree = {
  /** What each file held when it was read; grows with what checking reads. */
  readonly marks: Marks;
} & (
  | {
      readonly ok: true;
      readonly checking: Checking;
      readonly named: NamedFiles;
      /** Texts that were filled in and must never be shown. */
      readonly secrets: ReadonlySet<string>;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] }
);

/** Reads, merges and fills the config files. */
export function readTree({ files, env }: LoadOptions): ReadTree {
  const marks = new Map<string, Mark>();
  const read = readFiles(files, marks);
  const [first, ...later] = read.roots;
  if (first === undefined || read.roots.length < files.length) return { ok: false, problems: read.problems, marks };
  const named = namedFiles(files[0] ?? '.', marks);
  const filled = fillTree(withoutExtensions(later.reduce(mergeFiles, first)), { env, secretFile: named.secretFile });
  const problems = [...read.problems, ...filled.problems];
  const checking: Checking = { root: filled.root, problems, warnings: [...filled.warnings] };
  return { ok: true, checking, named, secrets: filled.secrets, marks };
}

interface ReadFiles {
  /** Of the files that could be read, in their order. */
  readonly roots: readonly MapNode[];
  readonly problems: readonly Problem[];
}

function readFiles(files: readonly string[], marks: Map<string, Mark>): ReadFiles {
  const roots: MapNode[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    const path = resolve(file);
    const disk = readDisk(path, true);
    marks.set(path, disk.mark);
    if (!disk.ok) {
      problems.push(problemOf(file, `the file ${disk.why}`));
      continue;
    }
    const parsed = parseYaml(file, disk.text);
    // No spread: there may be more problems than a call takes arguments.
    for (const problem of parsed.problems) problems.push(problem);
    if (parsed.root?.kind === 'map') roots.push(parsed.root);
    else if (parsed.root !== undefined) problems.push(problemAt(parsed.root, '', 'expected "key: value" pairs'));
  }
  return { roots, problems };
}

/** Top-level `x-…` keys hold what anchors name; they mean nothing themselves. */
function withoutExtensions(root: MapNode): MapNode {
  const entries = new Map([...root.entries].filter(([key]) => !key.startsWith('x-')));
  return { ...root, entries };
}
