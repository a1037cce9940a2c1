import type { Notice } from '../../core/alert.ts';
import { toRfc3339 } from '../../core/clock.ts';
import type { Message } from '../contract.ts';
import { sharedLabels } from '../shared-labels.ts';

/** More alerts than this are in no message; how many are left out is in it. */
const MOST_ALERTS = 500;
/** Go's zero time, which stands for "not yet". */
const NO_TIME = '0001-01-01T00:00:00Z';

export interface Sender {
  /** The receiver's name in the config. */
  readonly receiver: string;
  readonly externalUrl: string | undefined;
}

/**
 * Alertmanager's webhook message, version 4: what changed in a group, then what else of it fires.
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export function toWebhookPayload({ group, groupLabels, changed: notices, standing }: Message, sender: Sender) {
  const others = standing.map((alert): Notice => ({ status: 'firing', alert }));
  const alerts = [...notices, ...others].slice(0, Math.max(MOST_ALERTS, notices.length));
  return {
    version: '4',
    groupKey: `outrider:${group}`,
    truncatedAlerts: notices.length + others.length - alerts.length,
    status: alerts.some(({ status }) => status === 'firing') ? 'firing' : 'resolved',
    receiver: sender.receiver,
    groupLabels,
    commonLabels: sharedLabels(alerts.map(({ alert }) => alert.labels)),
    commonAnnotations: sharedLabels(alerts.map(({ alert }) => alert.annotations)),
    externalURL: sender.externalUrl ?? '',
    alerts: alerts.map((notice) => ({
      status: notice.status,
      labels: notice.alert.labels,
      annotations: notice.alert.annotations,
      startsAt: toRfc3339(notice.alert.startsAtMs),
      endsAt: endOf(notice) ?? NO_TIME,
      generatorURL: notice.alert.generatorUrl ?? '',
      fingerprint: notice.alert.fingerprint,
    })),
  };
}

/** An end before its beginning (the clock was set back) is at its beginning. */
const endOf = (notice: Notice): string | undefined =>
  notice.status === 'firing' ? undefined : toRfc3339(Math.max(notice.alert.startsAtMs, notice.endsAtMs));
