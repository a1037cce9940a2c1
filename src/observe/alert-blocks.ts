import type { Alert } from '../core/alert.ts';
import type { Block } from './exposition.ts';
import { labelText } from './shape.ts';

/** Every alert that is active, with its state, and since when. */
export function* alertBlocks(alerts: readonly Alert[]): Generator<Block> {
  yield {
    name: 'outrider_alerts',
    kind: 'gauge',
    help: '1 for each alert that is pending, firing, suppressed or silenced.',
    *lines() {
      for (const { labels, state } of alerts) yield `outrider_alerts{${labelText({ ...labels, state }).slice(1)}} 1`;
    },
  };
  yield {
    name: 'outrider_alert_since_timestamp_seconds',
    kind: 'gauge',
    help: 'The first failed probe of each active alert.',
    *lines() {
      for (const { labels, startsAtMs } of alerts) {
        yield `outrider_alert_since_timestamp_seconds{${labelText(labels).slice(1)}} ${startsAtMs / 1000}`;
      }
    },
  };
}
