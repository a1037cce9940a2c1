import { dirname, resolve } from 'node:path';
import { type Authority, readAuthority } from './authorities.ts';
import { readDisk } from './disk.ts';
import type { FileText } from './fill.ts';

/** Where orchestrators mount secrets, readable by all inside the container. */
const MOUNTED = /^\/(var\/)?run\/secrets\//;

/** The files that a config is made of beside itself; each is read once. Relative names go by the folder of the first config file. */
export interface NamedFiles {
  readonly folder: string;
  secretFile(written: string): FileText;
  authority(written: string): Authority;
  /** Every file that was asked for, as a whole path. */
  names(): readonly string[];
}

/** What the config files name. */
export function namedFiles(firstFile: string): NamedFiles {
  const folder = dirname(resolve(firstFile));
  const secrets = new Map<string, FileText>();
  const authorities = new Map<string, Authority>();
  const once = <T>(known: Map<string, T>, written: string, read: (path: string) => T): T => {
    const path = resolve(folder, written);
    const before = known.get(path);
    if (before !== undefined) return before;
    const now = read(path);
    known.set(path, now);
    return now;
  };
  return {
    folder,
    secretFile: (written) => once(secrets, written, readSecret),
    authority: (written) => once(authorities, written, readAuthority),
    names: () => [...secrets.keys(), ...authorities.keys()],
  };
}

function readSecret(path: string): FileText {
  const disk = readDisk(path);
  if (!disk.ok || !disk.openToAll || MOUNTED.test(path)) return disk;
  return { ok: true, text: disk.text, warning: 'can be read by every user of this machine: expected mode 0600' };
}
