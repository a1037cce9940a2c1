import { type ResourceLimits, Worker } from 'node:worker_threads';
import { type Answer, Unusable } from './wire.ts';

/** A thread that holds a file, as those see it who ask it. */
export interface Thread<R extends object> {
  /** Rejects with Unusable where the file cannot be used. */
  readonly ask: (request: R) => Promise<unknown>;
  readonly isAlive: () => boolean;
  /** Closes the file, then ends. */
  close(request: R): Promise<void>;
}

/** Starts the thread of that file; the process does not wait for it but while it is asked something. */
export function startThread<R extends object>(file: URL, resourceLimits: ResourceLimits = {}): Thread<R> {
  const worker = new Worker(file, { resourceLimits });
  worker.unref();
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let asked = 0;
  let why: Error | undefined;

  worker.on('error', (error) => {
    why = error instanceof Error ? error : new Error(String(error));
  });
  worker.on('exit', () => {
    why ??= new Error('the thread that holds the file ended');
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
  const ask = (request: R): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (why !== undefined) return reject(why);
      const id = ++asked;
      waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ ...request, id });
    });
  return {
    ask,
    isAlive: () => why === undefined,
    async close(request) {
      if (why === undefined) await ask(request).catch(() => {});
      await worker.terminate();
    },
  };
}
