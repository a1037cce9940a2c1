import type { Checking } from './checked.ts';
import type { Config } from './config.ts';
import type { FileKeys } from './file-schema.ts';
import { childOf } from './located.ts';
import { checkNames } from './maintenance.ts';
import { readKeys } from './read-keys.ts';
import type { WrittenReceiver } from './receivers.ts';
import { watchdogSchema } from './watchdog-schema.ts';

/** Tells of names in `watchdog.to` that no receiver has. */
export function checkWatchdog(checking: Checking): void {
  const node = childOf(checking.root, 'watchdog');
  if (node?.kind !== 'map') return;
  // The form of the keys was told of with the file; a receiver with a mistake is called by its name all the same.
  const { values } = readKeys({ ...checking, problems: [], warnings: [] }, watchdogSchema, node, ['watchdog']);
  const notify = childOf(checking.root, 'notify');
  const known = new Set(notify?.kind === 'map' ? notify.entries.keys() : []);
  checkNames(checking, ['watchdog', 'to'], values.to ?? [], known, 'no receiver is called');
}

/** The watchdog of a config without mistakes. */
export function watchdogOf({ watchdog }: FileKeys, receivers: readonly WrittenReceiver[]): Config['watchdog'] {
  const { to, heartbeat_url: heartbeatUrl, every: everyMs } = watchdog;
  const alertmanagers = receivers.filter(({ settings }) => settings.type === 'alertmanager').map(({ name }) => name);
  return { to: [...new Set(to ?? alertmanagers)], heartbeatUrl, everyMs };
}
