import { resolve } from 'node:path';
import { scrubber } from '../core/secret.ts';
import { assembleTargets, dependenciesOf } from './assemble.ts';
import type { Checking } from './checked.ts';
import type { Config } from './config.ts';
import { checkDependencies } from './dependencies.ts';
import { readDisk } from './disk.ts';
import { readFile } from './file.ts';
import type { FileKeys } from './file-schema.ts';
import { type NamedFiles, namedFiles } from './files.ts';
import { fillTree } from './fill.ts';
import { deepFreeze } from './freeze.ts';
import { tracesOf } from './hidden.ts';
import { checkDefaults } from './in-force.ts';
import { type MapNode, plainOf } from './located.ts';
import { mergeFiles } from './merge.ts';
import { notActedOn } from './not-acted-on.ts';
import { inOrder, type Problem, problemAt, problemOf, scrubProblem } from './problems.ts';
import { readReceivers } from './receivers.ts';
import { revisionOf } from './revision.ts';
import { secretsOf } from './secrets.ts';
import { readTargets } from './targets.ts';
import { checkAuthority, contentsOf } from './tls-files.ts';
import { warnOfFile, warnOfPaused, warnOfTls } from './warnings.ts';
import { parseYaml } from './yaml.ts';

export interface LoadOptions {
  /** Config files; later ones are merged over earlier ones. */
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The config, or everything that is wrong with it; warnings are in the order of the files. */
export type LoadResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads, merges, fills and checks the config files. Never throws for anything that they say. */
export async function loadConfig({ files, env }: LoadOptions): Promise<LoadResult> {
  const read = readFiles(files);
  const [first, ...later] = read.roots;
  if (first === undefined || read.roots.length < files.length) return { ok: false, problems: read.problems };
  const named = namedFiles(files[0] ?? '.');
  const filled = fillTree(withoutExtensions(later.reduce(mergeFiles, first)), { env, secretFile: named.secretFile });
  const checking: Checking = {
    root: filled.root,
    problems: [...read.problems, ...filled.problems],
    warnings: [...filled.warnings],
  };
  const config = check(checking, named, files, filled.secrets);
  const scrub = scrubber([...filled.secrets].flatMap(tracesOf));
  const told = (problems: readonly Problem[]): readonly Problem[] =>
    inOrder(
      problems.map((problem) => scrubProblem(problem, scrub)),
      files,
    );
  if (config === undefined) return { ok: false, problems: told(checking.problems) };
  return { ok: true, config: deepFreeze(config), warnings: told(checking.warnings) };
}

interface ReadFiles {
  /** Of the files that could be read, in their order. */
  readonly roots: readonly MapNode[];
  readonly problems: readonly Problem[];
}

function readFiles(files: readonly string[]): ReadFiles {
  const roots: MapNode[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    const disk = readDisk(resolve(file), true);
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

/** Everything that is wrong goes to `checking`; the config where there is nothing. */
function check(
  checking: Checking,
  named: NamedFiles,
  files: readonly string[],
  filled: ReadonlySet<string>,
): Config | undefined {
  const file = readFile(checking);
  const written = readTargets(checking);
  const receivers = readReceivers(checking);
  checkDependencies(
    checking,
    written.flatMap(({ keys, path }) =>
      keys.name === undefined ? [] : { name: keys.name, path, dependsOn: dependenciesOf(keys) },
    ),
  );
  for (const each of [...written, ...receivers]) {
    checkAuthority(checking, named, each);
    warnOfTls(checking, each);
  }
  checkDefaults(checking, file.keys, written);
  const targets = assembleTargets(checking, file, written, ({ node }) => contentsOf(named, node));
  if (checking.problems.length > 0) return undefined;
  // Without a problem every key is there.
  const whole = file.keys as FileKeys;
  warnOfFile(checking, whole);
  warnOfPaused(checking, targets);
  return {
    ...topLevel(whole),
    targets,
    receivers: receivers.map(({ name, settings, node }) => ({
      name,
      settings,
      revision: revisionOf(plainOf(node), contentsOf(named, node)),
    })),
    secrets: secretsOf(whole, [...targets, ...receivers], filled),
    filesFrom: named.folder,
    files: [...files.map((each) => resolve(each)), ...named.names()],
    notActedOn: notActedOn(checking.root, targets),
  };
}

/** What the file says of itself, as the stages name it. */
function topLevel(file: FileKeys) {
  const { correlation, limits, auth } = file;
  return {
    service: file.service,
    timezone: file.timezone,
    listen: file.listen,
    store: file.store,
    externalUrl: file.external_url,
    labels: file.labels ?? {},
    auth: { read: auth?.read ?? 'public', tokens: auth?.tokens ?? [] },
    connectivity: file.connectivity ?? [],
    correlation: { holdMs: correlation.hold, grace: correlation.grace, windowMs: correlation.window },
    limits: { inFlight: limits.in_flight, bodyBytes: limits.body, series: limits.series },
    metrics: { exporterNames: file.metrics.exporter_names },
  };
}
