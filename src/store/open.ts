import { resolve } from 'node:path';
import { errorText, OutriderError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { memoryStore, type Store } from '../core/store.ts';

/**
 * Opens what `store` says: `sqlite:PATH` or `memory`. A machine that has no room for it is no reason not to watch: then nothing is
 * kept, and the log says so. Throws OutriderError `store_locked` or `store_newer`.
 */
export async function openStore(setting: string, nowMs: number, log: Logger): Promise<Store> {
  if (setting === 'memory') return memoryStore;
  if (!setting.startsWith('sqlite:')) {
    log.warn({}, 'a Postgres store is accepted, but not acted on yet: nothing is kept across a restart');
    return memoryStore;
  }
  const path = resolve(setting.slice('sqlite:'.length));
  const { openSqlite } = await import('./sqlite.ts');
  try {
    const stamp = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const { store, setAside } = await openSqlite(path, stamp);
    if (setAside !== undefined)
      log.error(
        { path: setAside.path, why: setAside.why },
        'the store was broken: it is set aside, and a new one is begun',
      );
    return store;
  } catch (error) {
    if (error instanceof OutriderError) throw error;
    log.error({ path, problem: errorText(error) }, 'the store cannot be used: nothing is kept across a restart');
    return memoryStore;
  }
}
