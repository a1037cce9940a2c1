import type { History, HourMean, Line, Point, StateChange } from '../core/history.ts';
import { startThread, type Thread } from './client.ts';
import type { Call } from './history-wire.ts';
import { Unusable } from './wire.ts';

/** The same file as this one, whether the sources run or what was built of them. */
const THREAD = new URL(
  import.meta.url.endsWith('.ts') ? './history-thread.ts' : './history-thread.js',
  import.meta.url,
);
/** It holds little at a time. */
const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 256 };

export interface HistoryOptions {
  readonly path: string;
  /** Names what is set aside. */
  readonly stamp: () => string;
  /** A broken file was set aside: where it is, and what was wrong with it. */
  readonly onSetAside: (path: string, why: string) => void;
}

type Asked = Call | { readonly op: 'close' };

/** History in a SQLite file that a thread of its own holds; it is opened when it is first asked for, and again after a failure. */
export function sqliteHistory({ path, stamp, onSetAside }: HistoryOptions): History {
  let thread: Thread<Asked> | undefined;
  let ready: Promise<unknown> | undefined;
  let wrong: string | undefined;

  const open = async (to: Thread<Asked>): Promise<void> => {
    const why = wrong;
    const aside = await to.ask({ op: 'open', args: [path, why === undefined ? undefined : stamp()] });
    wrong = undefined;
    if (why !== undefined) onSetAside(String(aside), why);
  };
  const opened = async (): Promise<Thread<Asked>> => {
    if (thread?.isAlive() !== true) {
      thread = startThread<Asked>(THREAD, LIMITS);
      ready = undefined;
    }
    const to = thread;
    ready ??= open(to).catch((error: unknown) => {
      ready = undefined;
      throw error;
    });
    await ready;
    return to;
  };
  const ask = async (call: Call): Promise<unknown> => {
    try {
      return await (await opened()).ask(call);
    } catch (error) {
      if (error instanceof Unusable && error.failure === 'broken') wrong = error.message;
      if (!(error instanceof Unusable) || error.failure !== 'full') ready = undefined;
      throw error;
    }
  };

  return {
    async append(...args) {
      await ask({ op: 'append', args });
    },
    lines: async (...args) => (await ask({ op: 'lines', args })) as readonly Line[],
    summaries: async (...args) => (await ask({ op: 'summaries', args })) as readonly (readonly Point[])[],
    hourMeans: async (...args) => (await ask({ op: 'hourMeans', args })) as readonly HourMean[],
    changes: async (...args) => (await ask({ op: 'changes', args })) as readonly StateChange[],
    roll: async (...args) => (await ask({ op: 'roll', args })) as boolean,
    purge: async (...args) => (await ask({ op: 'purge', args })) as boolean,
    async [Symbol.asyncDispose]() {
      await thread?.close({ op: 'close' });
    },
  };
}
