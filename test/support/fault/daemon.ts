import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdProcess } from '../../../demo/service/guard.ts';
import { removeFolder, temporaryFolder } from '../../../demo/service/service.ts';

/** What a test does to the daemon from its start. */
export interface Plan {
  /** Time passes this many times faster, from that time on. */
  readonly clock?: { readonly factor: number; readonly wallMs?: number };
  /** It kills itself when it comes to that point, or past it so many times. */
  readonly failpoint?: { readonly name: string; readonly after?: number };
}

/** What a test does to it while it runs. */
export type Control =
  | { readonly kind: 'speed'; readonly factor: number }
  | { readonly kind: 'step'; readonly ms: number }
  | { readonly kind: 'stall'; readonly ms: number }
  | { readonly kind: 'reject' };

/** A daemon that may die and begin again, over and over, with what it kept. */
export interface MortalDaemon extends AsyncDisposable {
  /** Where it listens now. */
  readonly url: string;
  readonly pid: number;
  readonly folder: string;
  /** What all its lives wrote. */
  output(): string;
  json<T>(path: string): Promise<T>;
  get(path: string): Promise<Response>;
  /** Begins a life; answers at once. */
  spawn(plan?: Plan): void;
  /** Begins a life, and waits until it listens. Rejects where it ends before. */
  start(plan?: Plan): Promise<void>;
  /** Ends its life with this signal, SIGKILL unless told otherwise, and waits until it is over. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Settles when the present life is over. */
  ended(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Waits for a line of the present life's log. */
  said(pattern: RegExp, withinMs?: number): Promise<string>;
  /** Tells the process that runs `main.ts` of here something; answers its wall clock. */
  control(control: Control): Promise<number>;
  /** Replaces its config. */
  configure(config: string): void;
}

export interface MortalOptions {
  /** `real` is what people run; `driven` is the same under a driven clock and with points of failure. */
  readonly main?: 'real' | 'driven';
  readonly env?: Readonly<Record<string, string>>;
  /** Another place to live in, and where its store is there. */
  readonly within?: { readonly enter: readonly string[]; readonly store: string };
}

const REAL = join(import.meta.dirname, '../../../src/main.ts');
const DRIVEN = join(import.meta.dirname, 'main.ts');
const START_MS = 30_000;

interface Life {
  readonly child: ChildProcess;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  text: string;
  readonly looks: Set<() => void>;
}

/** A daemon with this config (YAML text) and a SQLite store; nothing runs yet. */
export async function openMortal(
  config: string,
  { main = 'real', env = {}, within }: MortalOptions = {},
): Promise<MortalDaemon> {
  const folder = await temporaryFolder('mortal');
  const file = join(folder, 'outrider.yml');
  const store = `sqlite:${within?.store ?? join(folder, 'data', 'outrider.db')}`;
  mkdirSync(join(folder, 'data'), { mode: 0o700 });
  writeFileSync(file, config);
  const command = main === 'real' ? [REAL, 'run', '--listen', '127.0.0.1:0', '--log-format', 'logfmt'] : [DRIVEN];
  const [program = '', ...args] = [
    ...(within?.enter ?? []),
    process.execPath,
    ...[...command, '--config', file, '--store', store],
  ];
  let before = '';
  let life: Life | undefined;
  let url = '';

  const now = (): Life => {
    if (life === undefined) throw new Error('it was never started');
    return life;
  };
  const begin = (plan: Plan = {}) => {
    before += life?.text ?? '';
    url = '';
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...process.env, ...env, OUTRIDER_FAULT_PLAN: JSON.stringify(plan) },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', ...(main === 'real' ? [] : ['ipc' as const])],
    });
    life = follow(child, (line) => {
      const port = /Outrider listens.* port=(\d+)|port=(\d+).*Outrider listens/.exec(line);
      if (port !== null) url = `http://127.0.0.1:${port[1] ?? port[2]}`;
    });
  };
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    life?.child.kill(signal);
    await life?.ended;
  };
  const said = (pattern: RegExp, withinMs = START_MS) => lineOf(now(), pattern, withinMs);
  return {
    get url() {
      return url;
    },
    get pid() {
      return life?.child.pid ?? 0;
    },
    folder,
    output: () => before + (life?.text ?? ''),
    get: (path) => fetch(url + path),
    json: async <T>(path: string) => (await (await fetch(url + path)).json()) as T,
    spawn: begin,
    async start(plan) {
      begin(plan);
      await said(/Outrider listens/);
    },
    kill,
    ended: () => now().ended,
    said,
    async control(control) {
      const { child } = now();
      const answered = once(child, 'message') as Promise<[{ readonly wallMs: number }]>;
      child.send(control);
      return (await answered)[0].wallMs;
    },
    configure: (text) => writeFileSync(file, text),
    async [Symbol.asyncDispose]() {
      await kill();
      await removeFolder(folder);
    },
  };
}

function follow(child: ChildProcess, onLine: (line: string) => void): Life {
  const held = holdProcess(child.pid ?? 0);
  const looks = new Set<() => void>();
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => {
      held.release();
      resolve({ code, signal });
      for (const look of looks) look();
    });
  });
  const life: Life = { child, ended, looks, text: '' };
  let seen = 0;
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      life.text += chunk;
      const end = life.text.lastIndexOf('\n') + 1;
      for (const line of life.text.slice(seen, end).split('\n')) onLine(line);
      seen = end;
      for (const look of looks) look();
    });
  return life;
}

function lineOf(life: Life, pattern: RegExp, withinMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      life.looks.delete(look);
      clearTimeout(timer);
      settle();
    };
    const fail = (why: string) => finish(() => reject(new Error(`${why} before it said ${pattern}:\n${life.text}`)));
    const look = () => {
      const line = life.text.split('\n').find((one) => pattern.test(one));
      if (line !== undefined) finish(() => resolve(line));
      else if (life.child.exitCode !== null || life.child.signalCode !== null) fail('it ended');
    };
    const timer = setTimeout(() => fail(`${withinMs} ms passed`), withinMs);
    life.looks.add(look);
    look();
  });
}
