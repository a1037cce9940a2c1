import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeFolder, temporaryFolder } from '../../../demo/service/service.ts';

const run = promisify(execFile);
const SOURCE = join(import.meta.dirname, 'trouble-disk.c');

/** A disk in trouble, for the processes that are started with its variables. */
export interface TroubleDisk extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  /** From now on each fsync takes so many milliseconds longer, or fails. */
  become(trouble: number | 'EIO'): void;
}

/** Compiles what stands between a process and its disk; throws where there is no C compiler. */
export async function openTroubleDisk(): Promise<TroubleDisk> {
  const folder = await temporaryFolder('trouble-disk');
  const [library, says] = [join(folder, 'trouble-disk.so'), join(folder, 'says')];
  await run('cc', ['-shared', '-fPIC', '-O1', '-o', library, SOURCE, '-ldl']).catch((cause: unknown) => {
    throw new Error('this test needs a C compiler: apt-get install gcc libc6-dev', { cause });
  });
  writeFileSync(says, '0');
  return {
    env: { LD_PRELOAD: library, TROUBLE_DISK: says },
    become: (trouble) => writeFileSync(says, String(trouble)),
    [Symbol.asyncDispose]: () => removeFolder(folder),
  };
}
