import { join, parse, resolve } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { OutriderError } from '../core/errors.ts';
import type { History } from '../core/history.ts';
import type { Logger } from '../core/log.ts';
import { memoryStore, type Store } from '../core/store.ts';
import { Unusable } from './wire.ts';

/**
 * Opens what `store` says: `sqlite:PATH` or `memory`. A machine that has no room for it is no reason not to watch: then everything
 * goes on from memory until it has. Throws OutriderError `store_locked` or `store_newer`.
 */
export async function openStore(setting: string, clock: Clock, log: Logger): Promise<Store> {
  if (setting === 'memory') return memoryStore;
  if (!setting.startsWith('sqlite:')) {
    log.warn({}, 'a Postgres store is accepted, but not acted on yet: nothing is kept across a restart');
    return memoryStore;
  }
  const [{ sqlite }, { openLasting }] = await Promise.all([import('./sqlite.ts'), import('./lasting.ts')]);
  try {
    return await openLasting({ medium: sqlite(resolve(setting.slice('sqlite:'.length))), clock, log });
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new OutriderError(error.failure === 'newer' ? 'store_newer' : 'store_locked', error.message);
  }
}

/**
 * Where history is kept: a file beside the store's, `outrider.history.db` beside `outrider.db`; undefined where the store keeps
 * nothing. It is opened when it is first written to: nobody waits for it, and trouble with it stops nothing.
 */
export async function openHistory(setting: string, clock: Clock, log: Logger): Promise<History | undefined> {
  if (!setting.startsWith('sqlite:')) return undefined;
  const { dir, name, ext } = parse(resolve(setting.slice('sqlite:'.length)));
  const { sqliteHistory } = await import('./history-sqlite.ts');
  return sqliteHistory({
    path: join(dir, `${name}.history${ext}`),
    stamp: () => new Date(clock.now().wallMs).toISOString().replaceAll(/[-:]|\.\d+/g, ''),
    onSetAside: (path, why) => log.error({ path, why }, 'history was broken: it is set aside, and a new one is begun'),
  });
}
