import type { AlertSpec } from '../core/alert.ts';
import type { ConfiguredTarget } from './config.ts';
import { find, type MapNode, type Path } from './located.ts';

/** Keys of the file that do nothing yet. */
const KEYS: readonly Path[] = [['timezone'], ['store'], ['auth', 'users'], ['connectivity'], ['correlation', 'window']];

/** Keys of an alert that do nothing yet, by whether it has them. */
const ALERT_KEYS: Readonly<Record<string, (alert: AlertSpec) => boolean>> = {
  keep_firing_for: ({ keepFiringForMs }) => keepFiringForMs > 0,
  raise: ({ raise }) => raise.length > 0,
  category: ({ category }) => category !== undefined,
};

/** What of a config is accepted and checked, yet does nothing, as short names. */
export function notActedOn(root: MapNode, targets: readonly ConfiguredTarget[]): readonly string[] {
  const alerts = new Set(targets.flatMap(({ target }) => target.alerts));
  const names = new Set(KEYS.filter((path) => find(root, path).steps === path.length).map((path) => path.join('.')));
  for (const alert of alerts) {
    for (const [key, has] of Object.entries(ALERT_KEYS)) if (has(alert)) names.add(`alerts.${key}`);
    if (alert.origin !== 'built-in' && !isOnDown(alert)) names.add(`alert ${alert.name}`);
  }
  if ([...alerts].some((alert) => alert.origin === 'built-in' && !isOnDown(alert)))
    names.add('built-in alerts on measures');
  return [...names];
}

const isOnDown = ({ when }: AlertSpec): boolean => when.tests.every(({ kind }) => kind === 'down');
