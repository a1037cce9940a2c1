import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import manifest from '../../package.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);
/** What no build reads, and what would be large to copy. */
const LEFT_BEHIND = ['.git', '.cache', 'node_modules', 'dist', 'data', 'coverage'];

/** The package as a user has it: packed, and installed in an empty folder. */
export interface InstalledPackage extends AsyncDisposable {
  /** The folder in which `npm install TARBALL` was run. */
  readonly folder: string;
  /** The package within it, with what the tarball held. */
  readonly path: string;
  readonly bin: string;
  readonly tarball: string;
  /** Runs `npx --no outrider ARGS` in the folder, with this Node. Rejects where it exits with anything but 0. */
  npx(node: string, ...args: readonly string[]): Promise<string>;
}

/** Packs a copy of this checkout with `npm pack` (and so builds it), and installs the tarball. Needs a registry, or npm's cache of it. */
export async function installPackage(): Promise<InstalledPackage> {
  const place = await mkdtemp(join(tmpdir(), 'outrider-package-'));
  await using opening = new AsyncDisposableStack();
  opening.defer(() => rm(place, { recursive: true, force: true }));
  const source = join(place, 'source');
  await cp(root, source, {
    recursive: true,
    filter: (path) => !LEFT_BEHIND.includes(relative(root, path).split(sep)[0] ?? ''),
  });
  await symlink(join(root, 'node_modules'), join(source, 'node_modules'));
  await npm(source, 'pack', '--pack-destination', place);
  const name = (await readdir(place)).find((file) => file.endsWith('.tgz')) ?? '';
  const folder = join(place, 'project');
  await mkdir(folder);
  await npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', join(place, name));
  const path = join(folder, 'node_modules', 'outrider');
  const kept = opening.move();
  return {
    folder,
    path,
    bin: join(path, manifest.bin.outrider),
    tarball: join(place, name),
    npx: (node, ...args) => call(folder, 'npx', ['--no', '--', 'outrider', ...args], dirname(node)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** A Node of this version from the registry, in a folder of its own. */
export async function installNode(version: string): Promise<AsyncDisposable & { readonly node: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-node-'));
  await using opening = new AsyncDisposableStack();
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
  await npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', `node@${version}`);
  const kept = opening.move();
  return {
    node: join(folder, 'node_modules', 'node', 'bin', 'node'),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

const npm = (cwd: string, ...args: readonly string[]): Promise<string> => call(cwd, 'npm', args);

/** What a script that npm runs hears of its own package would be taken for the folder's. */
const OF_THIS_RUN = /^(npm_(package|lifecycle)_|npm_config_local_prefix$|NODE_OPTIONS$|VITEST|OUTRIDER)/;

async function call(cwd: string, file: string, args: readonly string[], firstOnPath?: string): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OF_THIS_RUN.test(name)));
  const path = [firstOnPath, process.env['PATH']].filter((part) => part !== undefined).join(delimiter);
  const { stdout } = await run(file, args, { cwd, env: { ...env, PATH: path }, maxBuffer: 16 * 1024 ** 2 });
  return stdout;
}
