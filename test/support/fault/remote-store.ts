import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Kept, Store, StoreState, Write } from '../../../src/core/store.ts';

type Ask =
  | { readonly op: 'commit'; readonly writes: readonly Write[] }
  | { readonly op: 'load'; readonly kind: Kept }
  | { readonly op: 'state' }
  | { readonly op: 'close' };

export interface StoreRequest {
  readonly id: number;
  readonly ask: Ask;
}

export interface StoreAnswer {
  readonly id: number;
  readonly value?: unknown;
  readonly wrong?: string;
}

/** A real store in another process, on whatever disk that one sees. */
export interface RemoteStore extends Pick<Store, 'load' | 'commit'>, AsyncDisposable {
  state(): Promise<StoreState>;
  /** Ends it without another word. */
  kill(): Promise<void>;
}

const MAIN = join(import.meta.dirname, 'store-main.ts');

/** Opens the store of this setting in a process that is entered so, with these variables beside the usual ones. */
export async function openRemoteStore(
  setting: string,
  {
    enter = [],
    env = {},
  }: { readonly enter?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<RemoteStore> {
  const [file = '', ...args] = [...enter, process.execPath, MAIN, setting];
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: { ...process.env, ...env } });
  const exited = once(child, 'exit');
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  child.on('message', ({ id, value, wrong }: StoreAnswer) => {
    const waits = waiting.get(id);
    waiting.delete(id);
    if (wrong === undefined) waits?.resolve(value);
    else waits?.reject(new Error(wrong));
  });
  void exited.then(() => {
    for (const { reject } of waiting.values()) reject(new Error('the process of the store ended'));
  });
  const ask = (what: Ask) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++asked;
      waiting.set(id, { resolve, reject });
      child.send({ id, ask: what } satisfies StoreRequest);
    });
  await new Promise<void>((resolve, reject) => {
    waiting.set(0, { resolve: () => resolve(), reject });
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return {
    load: async (kind) => (await ask({ op: 'load', kind })) as readonly unknown[],
    async commit(writes) {
      await ask({ op: 'commit', writes });
    },
    state: async () => (await ask({ op: 'state' })) as StoreState,
    kill,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) await ask({ op: 'close' }).catch(() => {});
      await kill();
    },
  };
}
