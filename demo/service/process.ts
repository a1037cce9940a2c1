import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdProcess } from './guard.ts';
import { family, processTable } from './process-table.ts';

/** What to start: an executable with its arguments, and as whom. */
export interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Only root can start something as somebody else. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
  /** It ends by itself and must not be cut short, whatever becomes of us: an installation. */
  readonly mayFinish?: boolean | undefined;
}

/** A started process in a group of its own, with all that it started. */
export interface Running {
  readonly pid: number;
  readonly alive: boolean;
  /** Resolves when the process itself has ended; never rejects. */
  readonly ended: Promise<Ending>;
  /** Resolves when nobody can write to its stdout and stderr any more; never rejects. */
  readonly drained: Promise<void>;
  /** The last 16 KB of what it wrote to stdout and stderr. */
  tail(): string;
  /** Asks with the signal, waits, then kills; resolves when nothing of the family is left. */
  end(signal: NodeJS.Signals, patienceMs: number): Promise<void>;
  freeze(): void;
  thaw(): void;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const all = new Set<Running>();

/** Kills everything that is running here but installations; what is waiting for it then fails. */
export async function killAll(): Promise<void> {
  await Promise.allSettled([...all].map((running) => running.end('SIGKILL', 0)));
}

const TAIL_CHARACTERS = 16_384;
const KILL_PATIENCE_MS = 10_000;

/** Starts the command in its own process group; throws if the executable cannot be started at all. */
export async function launch(
  command: Command,
  onOutput?: (text: string, stream: 'stdout' | 'stderr') => void,
): Promise<Running> {
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: command.env ?? process.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...command.user,
  });
  const tail = collect(child, onOutput);
  const life = follow(child);
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.on('error', (cause) => reject(new Error(`${command.name}: cannot start ${command.file}`, { cause })));
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command.name}: started without a process id`);
  const held = command.mayFinish === true ? undefined : holdProcess(pid);
  const running: Running = {
    pid,
    get alive() {
      return life.alive();
    },
    ended: life.ended,
    drained: life.drained,
    tail,
    async end(signal, patienceMs) {
      // Once it has ended and left nobody, its id may already be somebody else's.
      if (life.alive() || life.leftOthers()) await endFamily(pid, signal, patienceMs);
      await life.ended;
      held?.release();
      all.delete(running);
    },
    freeze: () => signalAll(family(pid), 'SIGSTOP'),
    thaw: () => signalAll(family(pid), 'SIGCONT'),
  };
  if (held !== undefined) all.add(running);
  return running;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function collect(child: Child, onOutput?: (text: string, stream: 'stdout' | 'stderr') => void): () => string {
  let output = '';
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-TAIL_CHARACTERS);
      onOutput?.(chunk, stream);
    });
  }
  return () => output.trim();
}

function follow(child: Child) {
  let others = false;
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (code, signal) => {
      others = family(child.pid ?? 0).length > 0;
      resolve({ code, signal });
    });
  });
  const drained = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  return {
    ended,
    drained,
    alive: () => child.exitCode === null && child.signalCode === null,
    leftOthers: () => others,
  };
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command to its end; it is ended at the deadline. */
export async function run(command: Command, timeoutMs: number): Promise<Outcome> {
  const text = { stdout: '', stderr: '' };
  const running = await launch(command, (chunk, stream) => {
    text[stream] += chunk;
  });
  const deadline = setTimeout(() => void running.end('SIGTERM', 2_000), timeoutMs);
  const { code } = await running.ended;
  clearTimeout(deadline);
  await running.end('SIGKILL', 0);
  await running.drained;
  return { code, ...text };
}

/** Runs a command to its end and gives its stdout; a failure is thrown with the end of what it wrote. */
export async function mustRun(command: Command, timeoutMs = 60_000): Promise<string> {
  const { code, stdout, stderr } = await run(command, timeoutMs);
  if (code === 0) return stdout;
  throw new Error(`${command.name} ended with ${code ?? 'a signal'}:\n${`${stdout}${stderr}`.trim().slice(-2_000)}`);
}

async function endFamily(leader: number, signal: NodeJS.Signals, patienceMs: number): Promise<void> {
  const members = new Set(family(leader));
  if (signal !== 'SIGKILL') {
    signalAll([leader], signal);
    signalAll(members, 'SIGCONT');
    if (await goneWithin(leader, members, patienceMs)) return;
  }
  signalAll(members, 'SIGKILL');
  if (await goneWithin(leader, members, KILL_PATIENCE_MS, 'SIGKILL')) return;
  throw new Error(`process ${leader} or one of its children survived SIGKILL for ${KILL_PATIENCE_MS} ms`);
}

/** Children born meanwhile join the members, so that none is left. */
async function goneWithin(
  leader: number,
  members: Set<number>,
  patienceMs: number,
  again?: 'SIGKILL',
): Promise<boolean> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const table = processTable();
    for (const pid of family(leader, table)) members.add(pid);
    const living = table.filter(({ pid }) => members.has(pid)).map(({ pid }) => pid);
    if (living.length === 0) return true;
    if (performance.now() >= deadline) return false;
    if (again !== undefined) signalAll(living, again);
    await sleep(15);
  }
}

function signalAll(pids: Iterable<number>, signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended by itself in the meantime.
    }
  }
}
