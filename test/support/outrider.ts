import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Namespace } from './namespace.ts';

/** The real daemon as a child process, as a supervisor runs it. */
export interface Outrider extends AsyncDisposable {
  readonly url: string;
  readonly configFile: string;
  readonly pid: number;
  /** Everything it wrote so far, stdout and stderr. */
  output(): string;
  get(path: string): Promise<Response>;
  json<T>(path: string): Promise<T>;
  /** Replaces the config file and sends SIGHUP; settles when the daemon has said what became of it. */
  reload(config: string): Promise<void>;
  /** Sends SIGTERM and answers with the exit code and how long it took. */
  stop(): Promise<{ readonly code: number | null; readonly tookMs: number }>;
  /** Waits for a line of its log. */
  said(pattern: RegExp): Promise<string>;
}

const BIN = join(import.meta.dirname, '../../bin/outrider.js');
const START_MS = 20_000;

export interface OutriderOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  /** Another network to run in than this process's. */
  readonly within?: Pick<Namespace, 'enter' | 'reach'>;
}

/** Starts the daemon on a free port with this config (YAML text) and waits until it listens. */
export async function startOutrider(config: string, options: OutriderOptions = {}): Promise<Outrider> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-daemon-'));
  const configFile = join(folder, 'outrider.yml');
  await writeFile(configFile, config);
  const flags = ['-c', configFile, '--listen', '127.0.0.1:0', '--log-format', 'logfmt', ...(options.flags ?? [])];
  const [file = '', ...args] = [...(options.within?.enter ?? []), process.execPath, BIN, 'run', ...flags];
  const child = spawn(file, args, {
    cwd: folder,
    env: { ...process.env, ...options.env },
  });
  const log = follow(child);
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const end = async () => {
    child.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const line = await log.said(/Outrider listens.* port=|"port":.*Outrider listens/, START_MS, exited);
    const port = Number(/port"?[=:](\d+)/.exec(line)?.[1]);
    const url = (await options.within?.reach(port)) ?? `http://127.0.0.1:${port}`;
    return {
      url,
      configFile,
      pid: child.pid ?? 0,
      output: log.text,
      get: (path) => fetch(url + path),
      json: async <T>(path: string) => (await (await fetch(url + path)).json()) as T,
      async reload(next) {
        await writeFile(configFile, next);
        const done = log.said(
          /msg="config reloaded"|msg="the config has a mistake/,
          START_MS,
          exited,
          log.text().length,
        );
        child.kill('SIGHUP');
        await done;
      },
      async stop() {
        const begun = performance.now();
        child.kill('SIGTERM');
        const code = await exited;
        return { code, tookMs: performance.now() - begun };
      },
      said: (pattern) => log.said(pattern, START_MS, exited),
      [Symbol.asyncDispose]: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

function follow(child: ChildProcess) {
  let all = '';
  const waiting = new Set<() => void>();
  const take = (chunk: Buffer) => {
    all += chunk;
    for (const look of waiting) look();
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  const said = (pattern: RegExp, withinMs: number, exited: Promise<unknown>, from = 0) =>
    new Promise<string>((resolve, reject) => {
      const finish = (settle: () => void) => {
        waiting.delete(look);
        clearTimeout(timer);
        settle();
      };
      const look = () => {
        const line = all
          .slice(from)
          .split('\n')
          .find((one) => pattern.test(one));
        if (line !== undefined) finish(() => resolve(line));
      };
      const fail = (why: string) => finish(() => reject(new Error(`${why} before it said ${pattern}:\n${all}`)));
      const timer = setTimeout(() => fail(`${withinMs} ms passed`), withinMs);
      waiting.add(look);
      void exited.then(() => fail('it ended'));
      look();
    });
  return { text: () => all, said };
}
