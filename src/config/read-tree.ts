import { resolve } from 'node:path';
import { atOnce, type Pieces } from '../core/pieces.ts';
import type { Checking } from './checked.ts';
import { type Disk, type Mark, type Marks, readDisk } from './disk.ts';
import { type NamedFiles, namedFiles } from './files.ts';
import { fillTree } from './fill.ts';
import type { MapNode } from './located.ts';
import { mergeFiles } from './merge.ts';
import { type Problem, problemAt, problemOf } from './problems.ts';
import { parsingYaml } from './yaml.ts';

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
export const readTree = (options: LoadOptions): ReadTree => atOnce(readingTree(options));

/** The same in pieces. */
export function* readingTree({ files, env }: LoadOptions): Pieces<ReadTree> {
  const marks = new Map<string, Mark>();
  const read = yield* readFiles(files, marks);
  const [first, ...later] = read.roots;
  if (first === undefined || read.roots.length < files.length) return { ok: false, problems: read.problems, marks };
  const named = namedFiles(files[0] ?? '.', marks);
  const merged = withoutExtensions(later.reduce(mergeFiles, first));
  yield;
  const filled = fillTree(merged, { env, secretFile: named.secretFile });
  const problems = [...read.problems, ...filled.problems];
  const checking: Checking = { root: filled.root, problems, warnings: [...filled.warnings] };
  return { ok: true, checking, named, secrets: filled.secrets, marks };
}

interface ReadFiles {
  /** Of the files that could be read, in their order. */
  readonly roots: readonly MapNode[];
  readonly problems: readonly Problem[];
}

function* readFiles(files: readonly string[], marks: Map<string, Mark>): Pieces<ReadFiles> {
  const roots: MapNode[] = [];
  const problems: Problem[] = [];
  // All at one moment: what comes next takes a while.
  const disks = files.map((file) => ({ file, disk: readConfigFile(file, marks) }));
  for (const { file, disk } of disks) {
    if (!disk.ok) {
      problems.push(problemOf(file, `the file ${disk.why}`));
      continue;
    }
    const parsed = yield* parsingYaml(file, disk.text);
    // No spread: there may be more problems than a call takes arguments.
    for (const problem of parsed.problems) problems.push(problem);
    if (parsed.root?.kind === 'map') roots.push(parsed.root);
    else if (parsed.root !== undefined) problems.push(problemAt(parsed.root, '', 'expected "key: value" pairs'));
  }
  return { roots, problems };
}

function readConfigFile(file: string, marks: Map<string, Mark>): Disk {
  const path = resolve(file);
  const disk = readDisk(path, true);
  marks.set(path, disk.mark);
  return disk;
}

/** Top-level `x-…` keys hold what anchors name; they mean nothing themselves. */
function withoutExtensions(root: MapNode): MapNode {
  const entries = new Map([...root.entries].filter(([key]) => !key.startsWith('x-')));
  return { ...root, entries };
}
