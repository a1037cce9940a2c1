import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pinned, residentBytes } from './process.ts';

const CORE = 0;
const ROOT = join(import.meta.dirname, '..');

/** The built files where there are any, as the image runs them; else the sources. */
export const entryPoint = (): string => (existsSync(join(ROOT, 'dist/main.js')) ? 'dist/main.js' : 'src/main.ts');

export interface DaemonOptions {
  /** The texts of its config files. */
  readonly config: readonly string[];
  /** Takes each line of its log; without it only warnings are written, to the bench's own output. */
  readonly onLog?: (line: string) => void;
  /** A folder for a CPU profile, which is written at the end. */
  readonly profile?: string | undefined;
}

/** A daemon on core 0 that runs until it is disposed of. */
export interface Daemon extends AsyncDisposable {
  readonly pid: number;
  readonly url: string;
  /** How long it took from the start until every target was checked, ms. */
  checked(targets: number): Promise<number>;
  /** Writes other texts into its config files, as many as it was started with. */
  write(config: readonly string[]): Promise<void>;
}

/** Starts the daemon with this config. */
export async function startDaemon({ config, onLog, profile }: DaemonOptions): Promise<Daemon> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-bench-'));
  const files = config.map((text, index) => ({ text, path: join(folder, `${index}.yml`) }));
  await Promise.all(files.map(({ path, text }) => writeFile(path, text)));
  const port = await freePort();
  const profiling =
    profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile, '--cpu-prof-interval', '500'];
  const flags = files.flatMap(({ path }) => ['-c', path]);
  const log = ['--log-level', onLog === undefined ? 'warn' : 'info', '--log-format', 'json'];
  const begun = performance.now();
  const daemon = pinned(
    CORE,
    process.execPath,
    [...profiling, join(ROOT, entryPoint()), 'run', ...flags, '--listen', `127.0.0.1:${port}`, ...log],
    // its store is there too
    { cwd: folder, stdio: ['ignore', 'inherit', onLog === undefined ? 'inherit' : 'pipe'] },
  );
  const { stderr } = daemon.child;
  if (onLog !== undefined && stderr !== null) createInterface({ input: stderr }).on('line', onLog);
  const url = `http://127.0.0.1:${port}`;
  return {
    pid: daemon.pid,
    url,
    checked: (targets) => untilChecked(url, targets, begun),
    async write(texts) {
      for (const [index, { path }] of files.entries()) {
        await writeFile(`${path}.next`, texts[index] ?? '');
        await rename(`${path}.next`, path);
      }
    },
    async [Symbol.asyncDispose]() {
      if (profile !== undefined) {
        const exited = once(daemon.child, 'exit');
        daemon.child.kill('SIGTERM');
        await exited;
      }
      await daemon[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function untilChecked(url: string, targets: number, begun: number): Promise<number> {
  for (;;) {
    const ready = await fetch(`${url}/-/ready`)
      .then((answer) => answer.json() as Promise<{ checked?: number }>)
      .catch(() => undefined);
    if (ready?.checked === targets) return performance.now() - begun;
    if (performance.now() - begun > 120_000)
      throw new Error(`only ${ready?.checked} of ${targets} targets were checked in two minutes`);
    await sleep(20);
  }
}

export interface Scrape {
  readonly tookMs: number;
  readonly bytes: number;
  readonly text: string;
}

/** GETs /metrics as Prometheus without compression would. */
export async function scrape(url: string): Promise<Scrape> {
  const begun = performance.now();
  const headers = { 'accept-encoding': 'identity', connection: 'close' };
  const body = await (await fetch(`${url}/metrics`, { headers })).arrayBuffer();
  const tookMs = performance.now() - begun;
  return { tookMs, bytes: body.byteLength, text: Buffer.from(body).toString() };
}

/** The value of a series without labels. */
export const seriesValue = (metrics: string, name: string): number =>
  Number(new RegExp(`^${name} (.*)$`, 'm').exec(metrics)?.[1] ?? Number.NaN);

/** Looks at the resident memory again and again; answers the most of it, bytes. */
export function watchMemory(pid: number): { most(): number } & Disposable {
  let most = 0;
  const look = () => {
    most = Math.max(most, residentBytes(pid));
  };
  const timer = setInterval(look, 250);
  look();
  return { most: () => most, [Symbol.dispose]: () => clearInterval(timer) };
}
