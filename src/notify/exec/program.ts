import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '../../core/clock.ts';

export interface ProgramOptions {
  /** The program and its arguments; no shell reads them. */
  readonly run: readonly [string, ...string[]];
  readonly dir: string;
  readonly env: Readonly<Record<string, string>>;
  /** What it reads from its standard input. */
  readonly input: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How a run ended; `said` is the end of what it wrote to stderr, or else to stdout. */
export type Ended =
  | { readonly how: 'exited'; readonly code: number; readonly said: string }
  | { readonly how: 'killed'; readonly by: NodeJS.Signals; readonly said: string }
  | { readonly how: 'late' | 'aborted'; readonly said: string }
  | { readonly how: 'not-started'; readonly code: string };

/** So much of what it writes is kept, of each stream. */
const MOST_CHARS = 2000;

/**
 * Runs a program in a process group of its own, until it and whoever still holds its outputs have ended. At the deadline, or when
 * the signal aborts, the whole group is killed.
 */
export function runProgram({ run, input, timeoutMs, clock, signal, ...options }: ProgramOptions): Promise<Ended> {
  const started = start(run, { cwd: options.dir, env: options.env, detached: true, stdio: 'pipe' });
  if (typeof started === 'string') return Promise.resolve({ how: 'not-started', code: started });
  const child = started;
  const errors = tailOf(child.stderr);
  const output = tailOf(child.stdout);
  let ended: Ended | undefined;
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const said = () => errors() || output();
  const cut = (how: 'late' | 'aborted') => {
    // A program that has ended well left somebody behind: what it did counts.
    resolve(ended ?? { how, said: said() });
    killGroup(child);
  };
  const late = clock.after(timeoutMs, () => cut('late'));
  const abort = () => cut('aborted');
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  child.on('error', (error: NodeJS.ErrnoException) => resolve({ how: 'not-started', code: error.code ?? '' }));
  child.on('exit', (code, by) => {
    ended = by === null ? { how: 'exited', code: code ?? 0, said: said() } : { how: 'killed', by, said: said() };
  });
  child.on('close', () => {
    if (ended !== undefined) resolve('said' in ended ? { ...ended, said: said() } : ended);
  });
  // It need not read what it is told.
  child.stdin?.on('error', () => {}).end(input);
  return promise.finally(() => {
    late[Symbol.dispose]();
    signal.removeEventListener('abort', abort);
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
  });
}

/** The child, or the code of the error that kept it from being one. */
function start([program, ...args]: ProgramOptions['run'], options: SpawnOptions): ChildProcess | string {
  try {
    return spawn(program, args, options);
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : '';
  }
}

/** Everybody in it: what the program started, and what that started. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}

/** Reads a stream to its end, and keeps the last of it. */
function tailOf(stream: Readable | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('error', () => {});
  stream?.on('data', (chunk: string) => {
    text = (text + chunk).slice(-MOST_CHARS);
  });
  return () => text.trim();
}
