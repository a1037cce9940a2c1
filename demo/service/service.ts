import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdFolder } from './guard.ts';
import { HOST } from './port.ts';
import { type Command, launch, type Running } from './process.ts';

/** A real service on 127.0.0.1 in a folder of its own; disposing ends it and removes the folder. */
export interface Service extends AsyncDisposable {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  /** The process that leads the service's group; undefined while it is down. */
  readonly pid: number | undefined;
  /** The end of what it wrote to stdout and stderr. */
  log(): string;
  /** Ends it politely and keeps its data. */
  stop(): Promise<void>;
  /** Starts it again on the same port with the same data; nothing happens if it runs. */
  start(): Promise<void>;
  /** SIGKILL to the whole family; keeps the data. */
  kill(): Promise<void>;
  /** SIGSTOP to the whole family: connections stay open, nothing answers. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

export interface ServiceSpec {
  readonly name: string;
  readonly port: number;
  readonly url: string;
  readonly folder: string;
  readonly command: Command;
  /** Asked every 20 ms until true. */
  readonly isReady: (pid: number) => Promise<boolean>;
  readonly readyWithinMs?: number;
  /** SIGTERM unless told otherwise. */
  readonly stopSignal?: NodeJS.Signals;
  /** What must be over before the process may start again on the same data. */
  readonly beforeStart?: () => Promise<void>;
  /** The last act before the folder goes. */
  readonly beforeRemove?: () => Promise<void>;
}

const STOP_PATIENCE_MS = 8_000;

/** A new folder under the temporary one (or `within`), removed even if this process is killed. */
export async function temporaryFolder(name: string, within: string = tmpdir()): Promise<string> {
  const path = await mkdtemp(join(within, `outrider-${name}-`));
  held.set(path, holdFolder(path));
  return path;
}

/** Removes such a folder with all that is in it. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  held.get(path)?.release();
  held.delete(path);
}

const held = new Map<string, { release(): void }>();

/** Starts what the specification says and waits until it is ready; cleans up and throws if it never is. */
export async function manage(spec: ServiceSpec): Promise<Service> {
  let running: Running | undefined;
  let disposed = false;
  const end = async (signal: NodeJS.Signals) => {
    await running?.end(signal, STOP_PATIENCE_MS);
    running = undefined;
  };
  const service: Service = {
    name: spec.name,
    host: HOST,
    port: spec.port,
    url: spec.url,
    folder: spec.folder,
    get pid() {
      return running?.alive === true ? running.pid : undefined;
    },
    log: () => running?.tail() ?? '',
    stop: () => end(spec.stopSignal ?? 'SIGTERM'),
    async start() {
      if (running?.alive === true) return;
      await end('SIGKILL');
      await spec.beforeStart?.();
      if (disposed) return;
      running = await launch(spec.command);
      // Somebody gave it up while it was being launched.
      if (disposed) return await end('SIGKILL');
      await untilReady(spec, running);
    },
    kill: () => end('SIGKILL'),
    freeze: async () => running?.freeze(),
    thaw: async () => running?.thaw(),
    async [Symbol.asyncDispose]() {
      disposed = true;
      await end(spec.stopSignal ?? 'SIGTERM');
      await spec.beforeRemove?.();
      await removeFolder(spec.folder);
    },
  };
  try {
    await service.start();
  } catch (error) {
    await service[Symbol.asyncDispose]();
    throw error;
  }
  return service;
}

async function untilReady(spec: ServiceSpec, running: Running): Promise<void> {
  const withinMs = spec.readyWithinMs ?? 30_000;
  const deadline = performance.now() + withinMs;
  while (running.alive) {
    if (await spec.isReady(running.pid)) return;
    if (performance.now() > deadline)
      throw new Error(`${spec.name} was not ready within ${withinMs} ms:\n${running.tail()}`);
    await sleep(20);
  }
  const { code, signal } = await running.ended;
  throw new Error(`${spec.name} ended with ${signal ?? code} before it was ready:\n${running.tail()}`);
}
