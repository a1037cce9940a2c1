import type { Alert } from '../core/alert.ts';
import type { Labels } from '../core/labels.ts';
import { type Block, formatValue } from './exposition.ts';
import { escapeLabel, labelText } from './shape.ts';

/** What is shown of an alert. */
export type Shown = Pick<Alert, 'labels' | 'state' | 'startsAtMs' | 'value' | 'threshold'>;

/** Every alert that is active, with its state, since when, and what is compared with what; they are gone through once for each family. */
export function* alertBlocks(alerts: Iterable<Shown>): Generator<Block> {
  const block = (name: string, help: string, of: (alert: Shown) => number | undefined): Block => ({
    name,
    kind: 'gauge',
    help,
    *lines() {
      for (const alert of alerts) {
        const value = of(alert);
        if (value !== undefined) yield `${name}{${textOf(alert.labels)}} ${formatValue(value)}`;
      }
    },
  });
  yield {
    name: 'outrider_alerts',
    kind: 'gauge',
    help: '1 for each alert that is pending, firing, suppressed or silenced.',
    *lines() {
      for (const { labels, state } of alerts) yield `outrider_alerts{${textOf(withState(labels, state))}} 1`;
    },
  };
  yield block(
    'outrider_alert_since_timestamp_seconds',
    'The first failed probe of each active alert.',
    ({ startsAtMs }) => startsAtMs / 1000,
  );
  yield block('outrider_alert_value', 'What an active alert compares with its threshold.', ({ value }) => value);
  yield block(
    'outrider_alert_threshold',
    'What the value of an active alert is compared with.',
    (alert) => alert.threshold,
  );
}

/** A measure's own label `state` gives way, as Prometheus renames what a scrape brings. */
function withState({ state: own, ...labels }: Labels, state: string): Labels {
  return own === undefined ? { ...labels, state } : { ...labels, exported_state: own, state };
}

/** 1 for each target that is in maintenance. */
export const maintenanceBlock = (targets: Iterable<string>): Block => ({
  name: 'outrider_maintenance',
  kind: 'gauge',
  help: '1 for each target that is in maintenance.',
  *lines() {
    for (const target of targets) yield `outrider_maintenance{target="${escapeLabel(target)}"} 1`;
  },
});

const PLAIN = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Labels as they stand between braces. What others call their labels may be any text: the rest becomes `_`, as Prometheus escapes it. */
function textOf(labels: Labels): string {
  const names = Object.keys(labels);
  if (names.every((name) => PLAIN.test(name))) return labelText(labels).slice(1);
  const plain: Record<string, string> = {};
  for (const name of names.filter((each) => PLAIN.test(each))) plain[name] = labels[name] ?? '';
  for (const name of names) plain[name.replace(/^[0-9]|[^a-zA-Z0-9_]/gu, '_')] ??= labels[name] ?? '';
  return labelText(plain).slice(1);
}
