import type { AlertSpec } from '../core/alert.ts';
import type { ConfiguredTarget } from './config.ts';
import { find, type MapNode, type Path } from './located.ts';

/** Keys of the file that do nothing yet. */
const KEYS: readonly Path[] = [['auth', 'users']];

/** Keys of an alert that do nothing yet, by whether it has them. */
const ALERT_KEYS: Readonly<Record<string, (alert: AlertSpec) => boolean>> = {
  category: ({ category }) => category !== undefined,
};

/** What of a config is accepted and checked, yet does nothing, as short names. */
export function notActedOn(root: MapNode, targets: readonly ConfiguredTarget[]): readonly string[] {
  const alerts = new Set(targets.flatMap(({ target }) => target.alerts));
  const has = (path: Path) => find(root, path).steps === path.length;
  const names = new Set(KEYS.filter(has).map((path) => path.join('.')));
  // Only maintenance goes by it so far.
  if (has(['timezone']) && !has(['maintenance'])) names.add('timezone');
  for (const alert of alerts) {
    for (const [key, isWritten] of Object.entries(ALERT_KEYS)) if (isWritten(alert)) names.add(`alerts.${key}`);
  }
  return [...names];
}
