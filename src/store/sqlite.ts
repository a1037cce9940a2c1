import { Worker } from 'node:worker_threads';
import type { Medium } from './medium.ts';
import { type Answer, type Opened, type Request, type Room, Unusable } from './wire.ts';

type Asked<R extends Request = Request> = R extends Request ? Omit<R, 'id'> : never;
type Ask = (request: Asked) => Promise<unknown>;

/** The same file as this one, whether the sources run or what was built of them. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url);

interface Thread {
  readonly ask: Ask;
  readonly isAlive: () => boolean;
  terminate(): Promise<unknown>;
}

/** A SQLite file, held by a thread of its own; a thread that died is followed by another when it is opened again. */
export function sqlite(path: string): Medium {
  let thread: Thread | undefined;
  const ask: Ask = (request) => {
    if (thread?.isAlive() !== true) thread = startThread();
    return thread.ask(request);
  };
  return {
    name: path,
    open: async (stamp, suspect) => (await ask({ op: 'open', path, stamp, suspect })) as Opened,
    async commit(rows) {
      await ask({ op: 'commit', rows });
    },
    look: async () => (await ask({ op: 'look' })) as Room,
    async close() {
      if (thread?.isAlive() === true) await thread.ask({ op: 'close' }).catch(() => {});
      await thread?.terminate();
    },
  };
}

function startThread(): Thread {
  const worker = new Worker(THREAD);
  worker.unref();
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  let why: Error | undefined;

  worker.on('error', (error) => {
    why = error instanceof Error ? error : new Error(String(error));
  });
  worker.on('exit', () => {
    why ??= new Error('the thread of the store ended');
    for (const { reject } of waiting.values()) reject(why);
    waiting.clear();
  });
  worker.on('message', (answer: Answer) => {
    const waits = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (waiting.size === 0) worker.unref();
    if (answer.ok) waits?.resolve(answer.value);
    else waits?.reject(new Unusable(answer.failure, answer.message));
  });
  return {
    isAlive: () => why === undefined,
    ask: (request) =>
      new Promise((resolve, reject) => {
        const id = ++asked;
        waiting.set(id, { resolve, reject });
        worker.ref();
        worker.postMessage({ ...request, id });
      }),
    terminate: () => worker.terminate(),
  };
}
