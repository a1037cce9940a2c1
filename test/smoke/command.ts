import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');
export const BIN = join(ROOT, 'bin', 'outrider.js');

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** The Node that runs it; this one's if absent. */
  readonly node?: string;
  /** What is run; this checkout's launcher if absent. */
  readonly bin?: string;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a shell would have, without anything that speaks to Outrider or to Node. */
export const shellEnvironment = (): Record<string, string | undefined> => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OUTRIDER|NODE|VITEST)/.test(name))),
  TZ: 'UTC',
  // Compiling the sources anew takes longer than all that these children do.
  NODE_COMPILE_CACHE: join(ROOT, '.cache', 'compile'),
});

/** A daemon keeps nothing after a test, unless the test is about that; `check` says what would be. */
const storeOf = (args: readonly string[]): Record<string, string> =>
  args.includes('check') || args.includes('--store') ? {} : { OUTRIDER_STORE: 'memory' };

/** The real program as a child with pipes. */
export const start = (args: readonly string[], options: CommandOptions = {}): ChildProcess =>
  spawn(options.node ?? process.execPath, [options.bin ?? BIN, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...shellEnvironment(), ...storeOf(args), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Runs the real program to its end. */
export async function outrider(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const child = start(args, options);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}
