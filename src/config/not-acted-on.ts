import type { AlertSpec } from '../core/alert.ts';
import type { ConfiguredTarget } from './config.ts';
import { childOf, find, type MapNode, type Path } from './located.ts';

/** Keys of the file that do nothing yet. */
const KEYS: readonly Path[] = [['auth', 'users']];

/** Keys of the entries of lists that do nothing yet. */
const LIST_KEYS: Readonly<Record<string, readonly string[]>> = {
  severities: ['acknowledge_within', 'respond_within', 'resolve_within', 'update_every', 'escalation'],
  routes: ['escalation'],
};

/** What goes by the file's time zone. */
const BY_TIMEZONE = ['maintenance', 'time_intervals', 'notify'];

/** Keys of an alert that do nothing yet, by whether it has them. */
const ALERT_KEYS: Readonly<Record<string, (alert: AlertSpec) => boolean>> = {
  category: ({ category }) => category !== undefined,
};

/** What of a config is accepted and checked, yet does nothing, as short names. */
export function notActedOn(root: MapNode, targets: readonly ConfiguredTarget[]): readonly string[] {
  const alerts = new Set(targets.flatMap(({ target }) => target.alerts));
  const has = (path: Path) => find(root, path).steps === path.length;
  const names = new Set(KEYS.filter(has).map((path) => path.join('.')));
  for (const [list, keys] of Object.entries(LIST_KEYS)) {
    const node = childOf(root, list);
    const entries = node?.kind === 'seq' ? node.items : [];
    for (const key of keys) if (entries.some((entry) => childOf(entry, key) !== undefined)) names.add(`${list}.${key}`);
  }
  if (has(['timezone']) && !BY_TIMEZONE.some((key) => has([key]))) names.add('timezone');
  for (const alert of alerts) {
    for (const [key, isWritten] of Object.entries(ALERT_KEYS)) if (isWritten(alert)) names.add(`alerts.${key}`);
  }
  return [...names];
}
