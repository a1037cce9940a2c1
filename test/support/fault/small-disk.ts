import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { removeFolder, temporaryFolder } from '../../../demo/service/service.ts';

/** A disk of its own size, that only those see who live within. */
export interface SmallDisk extends AsyncDisposable {
  /** What makes a command see it, before the command itself. */
  readonly enter: readonly string[];
  /** A file in its root, for those within. */
  inside(name: string): string;
  /** The same file for everybody else. */
  outside(name: string): string;
  freeBytes(): number;
  /** Another file takes all the room there is, but so much. */
  fill(leaveBytes?: number): void;
  /** That file is gone. */
  empty(): void;
}

const HOLD = 'mount -t tmpfs -o size="$1" tmpfs "$2" && echo mounted && exec cat';
const FILLER = 'filler';
const BLOCK = 4096;

/** Mounts one of that many bytes. Throws where this process may not. */
export async function openSmallDisk(sizeBytes: number): Promise<SmallDisk> {
  const folder = await temporaryFolder('small-disk');
  // It ends with whoever started it: then its standard input does.
  const holder = spawn('unshare', ['--mount', 'sh', '-c', HOLD, 'sh', String(sizeBytes), folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(holder, 'exit');
  const mounted = once(createInterface({ input: holder.stdout }), 'line');
  await Promise.race([mounted, exited]);
  if (holder.exitCode !== null) {
    await removeFolder(folder);
    throw new Error('no disk of its own size: this test needs root (or CAP_SYS_ADMIN), unshare and mount');
  }
  const outside = (name: string) => join(`/proc/${holder.pid}/root`, folder, name);
  const freeBytes = () => {
    const { bavail, bsize } = statfsSync(outside(''));
    return bavail * bsize;
  };
  return {
    enter: ['nsenter', `--mount=/proc/${holder.pid}/ns/mnt`, '--'],
    inside: (name) => join(folder, name),
    outside,
    freeBytes,
    fill(leaveBytes = 0) {
      const file = openSync(outside(FILLER), 'a');
      try {
        for (let free = freeBytes(); free > leaveBytes; free = freeBytes())
          writeSync(file, Buffer.alloc(Math.min(free - leaveBytes, 256 * BLOCK), 1));
      } finally {
        closeSync(file);
      }
    },
    empty: () => rmSync(outside(FILLER), { force: true }),
    async [Symbol.asyncDispose]() {
      holder.kill('SIGKILL');
      await exited;
      await removeFolder(folder);
    },
  };
}
