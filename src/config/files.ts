import { dirname, resolve } from 'node:path';
import { type Authority, authorityIn } from './authorities.ts';
import { type Disk, type Mark, readDisk } from './disk.ts';
import type { FileText } from './fill.ts';

/** Where orchestrators mount secrets, readable by all inside the container. */
const MOUNTED = /^\/(var\/)?run\/secrets\//;

/** The files that a config is made of beside itself; each is read once. Relative names go by the folder of the first config file. */
export interface NamedFiles {
  readonly folder: string;
  secretFile(written: string): FileText;
  authority(written: string): Authority;
}

/** What the config files name; the mark of each goes to `marks`. */
export function namedFiles(firstFile: string, marks: Map<string, Mark>): NamedFiles {
  const folder = dirname(resolve(firstFile));
  const secrets = new Map<string, FileText>();
  const authorities = new Map<string, Authority>();
  const once = <T>(known: Map<string, T>, written: string, take: (disk: Disk, path: string) => T): T => {
    const path = resolve(folder, written);
    const before = known.get(path);
    if (before !== undefined) return before;
    const disk = readDisk(path);
    marks.set(path, disk.mark);
    const now = take(disk, path);
    known.set(path, now);
    return now;
  };
  return {
    folder,
    secretFile: (written) => once(secrets, written, secretIn),
    authority: (written) => once(authorities, written, authorityIn),
  };
}

function secretIn(disk: Disk, path: string): FileText {
  if (!disk.ok || !disk.openToAll || MOUNTED.test(path)) return disk;
  return { ok: true, text: disk.text, warning: 'can be read by every user of this machine: expected mode 0600' };
}
