import { startThread, type Thread } from './client.ts';
import type { Medium } from './medium.ts';
import type { Opened, Request, Room } from './wire.ts';

type Asked<R extends Request = Request> = R extends Request ? Omit<R, 'id'> : never;

/** The same file as this one, whether the sources run or what was built of them. */
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url);

/** A SQLite file, held by a thread of its own; a thread that died is followed by another when it is opened again. */
export function sqlite(path: string): Medium {
  let thread: Thread<Asked> | undefined;
  const ask = (request: Asked): Promise<unknown> => {
    if (thread?.isAlive() !== true) thread = startThread<Asked>(THREAD);
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
      await thread?.close({ op: 'close' });
    },
  };
}
