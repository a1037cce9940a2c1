// Holds package-lock.json to what `npm ci` needs on every platform. Some registries lack platform builds of some versions; npm then
// writes a lockfile without them and without a word, and `npm ci` fails elsewhere.
import { readFileSync } from 'node:fs';

type Versions = Readonly<Record<string, string>>;

interface Manifest {
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
  readonly optionalDependencies?: Versions;
}

interface Locked extends Manifest {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
}

/** A package-lock.json of version 3: packages by their folder, the project itself under ''. */
export interface Lockfile {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Locked>>;
}

const EXACT = /^(npm:(@[^/]+\/)?[^@]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;

const wanted = ({ dependencies = {}, devDependencies = {} }: Manifest): Versions => ({
  ...dependencies,
  ...devDependencies,
});

/** Whether a package that `folder` asks for is in the lockfile, in that folder or in one around it. */
function isLocked({ packages }: Lockfile, folder: string, name: string): boolean {
  for (let around = folder; ; around = around.slice(0, Math.max(0, around.lastIndexOf('node_modules/') - 1))) {
    if (Object.hasOwn(packages, `${around === '' ? '' : `${around}/`}node_modules/${name}`)) return true;
    if (around === '') return false;
  }
}

/** What is wrong with a lockfile, each as a sentence. */
export function lockfileProblems(lockfile: Lockfile, manifest: Manifest): readonly string[] {
  const problems: string[] = [];
  if (lockfile.lockfileVersion !== 3) problems.push(`the lockfile has version ${lockfile.lockfileVersion}, not 3`);
  const asked = wanted(manifest);
  const locked = wanted(lockfile.packages[''] ?? {});
  for (const [name, version] of Object.entries(asked)) {
    if (!EXACT.test(version)) problems.push(`package.json asks for ${name} ${version}: name one exact version`);
    if (locked[name] !== version)
      problems.push(`package.json asks for ${name} ${version}, the lockfile for ${locked[name] ?? 'none'}`);
  }
  for (const name of Object.keys(locked).filter((name) => !Object.hasOwn(asked, name)))
    problems.push(`the lockfile asks for ${name}, package.json does not`);
  for (const [folder, entry] of Object.entries(lockfile.packages)) {
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }))
      if (!isLocked(lockfile, folder, name))
        problems.push(`${folder || 'the project'} names ${name}, which is not in the lockfile`);
    if (entry.resolved?.startsWith('http') === true) problems.push(`${folder} names the registry it came from`);
    if (folder !== '' && entry.link !== true && entry.integrity === undefined)
      problems.push(`${folder} has no integrity`);
  }
  return problems;
}

if (import.meta.main) {
  const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
  const problems = lockfileProblems(read('package-lock.json') as Lockfile, read('package.json') as Manifest);
  for (const problem of problems) console.error(`package-lock.json: ${problem}`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
