import { once } from 'node:events';
import { until } from '../support/wait.ts';
import { type CommandOptions, start } from './command.ts';

/** The real daemon as a child, what it writes to each stream apart. */
export interface Daemon extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  stdout(): string;
  stderr(): string;
  /** Sends a signal and waits for a line that says this. */
  signal(name: 'SIGHUP', says: string): Promise<void>;
  /** Sends a signal and waits for the end. */
  end(name: 'SIGTERM' | 'SIGINT'): Promise<{ readonly code: number | null; readonly tookMs: number }>;
}

/** Starts `outrider run` on a free port of 127.0.0.1 and waits until it listens; what else is wanted stands in `args`. */
export async function startDaemon(args: readonly string[], options: CommandOptions = {}): Promise<Daemon> {
  const child = start(['run', '--listen', '127.0.0.1:0', '--log-format', 'logfmt', ...args], options);
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const says = (pattern: RegExp, from = 0) =>
    until(`the daemon says ${pattern}, but it says ${said.stderr}`, () => {
      const found = pattern.exec(said.stderr.slice(from));
      if (found === null && child.exitCode !== null) throw new Error(`the daemon ended: ${said.stderr}`);
      return found ?? undefined;
    });
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  try {
    const { value } = await says(/.*Outrider listens.*\n/);
    return {
      pid: child.pid ?? 0,
      port: Number(/port\W+(\d+)/.exec(value[0])?.[1]),
      stdout: () => said.stdout,
      stderr: () => said.stderr,
      async signal(name, text) {
        const from = said.stderr.length;
        child.kill(name);
        await says(new RegExp(`${text}.*\n`), from);
      },
      async end(name) {
        const begun = performance.now();
        child.kill(name);
        const [code] = await ended;
        return { code, tookMs: performance.now() - begun };
      },
      [Symbol.asyncDispose]: kill,
    };
  } catch (error) {
    await kill();
    throw error;
  }
}
