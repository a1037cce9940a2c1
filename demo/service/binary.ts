import { accessSync, constants, existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const FOLDERS = ['/usr/local/bin', '/usr/local/sbin', '/usr/bin', '/usr/sbin', '/opt/homebrew/bin'];

/** The full path of the first of the names that is on PATH or in a usual folder. */
export function findBinary(...names: readonly string[]): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== ''), ...FOLDERS];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** The same, or an error that says what is missing. */
export function binary(...names: readonly string[]): string {
  const path = findBinary(...names);
  if (path === undefined) throw new Error(`${names.join(' or ')} is not installed (not on PATH)`);
  return path;
}

/** The folder that holds initdb and postgres: Debian keeps it off PATH, one per version; the newest wins. */
export function postgresFolder(): string | undefined {
  const onPath = findBinary('initdb') ?? findBinary('postgres');
  const candidates = [
    ...versions('/usr/lib/postgresql'),
    ...versions('/opt/homebrew/opt'),
    ...(onPath === undefined ? [] : [dirname(realpathSync(onPath))]),
  ];
  return candidates.find((folder) => isExecutable(join(folder, 'initdb')) && isExecutable(join(folder, 'postgres')));
}

function versions(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const named = readdirSync(folder).flatMap((name) => {
    const version = /^(?:postgresql@)?(\d+)$/.exec(name)?.[1];
    return version === undefined ? [] : [{ version: Number(version), path: join(folder, name, 'bin') }];
  });
  return named.sort((a, b) => b.version - a.version).map(({ path }) => path);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
