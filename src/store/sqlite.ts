import { Worker } from 'node:worker_threads';
import { OutriderError } from '../core/errors.ts';
import type { Store } from '../core/store.ts';
import type { Answer, Opened, Request } from './wire.ts';

type Asked<R extends Request = Request> = R extends Request ? Omit<R, 'id'> : never;

/** The same file as this one, whether the sources run or what was built of them. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url);

/** What opening has to tell beside the store. */
export interface OpenedStore {
  readonly store: Store;
  /** Where a broken file was put, and what was wrong with it. */
  readonly setAside: { readonly path: string; readonly why: string } | undefined;
}

/**
 * Opens a SQLite file in a thread of its own; `stamp` names what is set aside. Throws OutriderError `store_locked` where another
 * process uses the file and `store_newer` where a newer Outrider wrote it; anything else it throws is a broken machine.
 */
export async function openSqlite(path: string, stamp: string): Promise<OpenedStore> {
  const worker = new Worker(THREAD);
  worker.unref();
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let asked = 0;

  const fail = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('the store is closed')));
  worker.on('message', (answer: Answer) => {
    const waits = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
    if (answer.ok) waits?.resolve(answer.value);
    else waits?.reject(refusal(answer));
  });
  const ask = (request: Asked): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++asked;
      waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ ...request, id });
    });

  try {
    const { setAside, why = '' } = (await ask({ op: 'open', path, stamp })) as Opened;
    return {
      setAside: setAside === undefined ? undefined : { path: setAside, why: why ?? '' },
      store: {
        load: async (kind) => (await ask({ op: 'load', kind })) as readonly unknown[],
        async commit(writes) {
          if (writes.length > 0) await ask({ op: 'commit', writes });
        },
        async [Symbol.asyncDispose]() {
          await ask({ op: 'close' }).catch(() => {});
          await worker.terminate();
        },
      },
    };
  } catch (error) {
    await worker.terminate();
    throw error;
  }
}

function refusal({ failure, message }: Extract<Answer, { readonly ok: false }>): Error {
  if (failure === 'locked') return new OutriderError('store_locked', message);
  if (failure === 'newer') return new OutriderError('store_newer', message);
  return new Error(message);
}
