import { z } from 'zod';
import type { Alert, Notice } from '../core/alert.ts';
import { toRfc3339 } from '../core/clock.ts';
import type { Labels } from '../core/labels.ts';
import { secretUrl } from '../core/schema.ts';
import type { SecretUrl } from '../core/secret.ts';
import { accessKeys } from './access.ts';
import type { Peer, ReceiverEnvironment, ReceiverType } from './contract.ts';
import { openPoster } from './http/poster.ts';

/** What is firing ends by itself this long after the last message, should Outrider die. Prometheus: 4 × the resend delay. */
const ENDS_AHEAD_MS = 4 * 60_000;

const schema = z.strictObject({
  type: z.literal('alertmanager').describe('Prometheus Alertmanager, API v2.'),
  urls: z
    .array(secretUrl('http', 'https'))
    .min(1)
    .describe('Every member of the cluster, not a load balancer: each is told on its own.'),
  ...accessKeys,
  path_prefix: z.string().optional().describe('Prefix of the API’s path, as in Prometheus.'),
  labels: z
    .record(z.string(), z.string())
    .optional()
    .describe('Labels that every alert sent here gets, where it has none of that name.'),
});

/** Prometheus Alertmanager: single alerts, ungrouped and at once; grouping there is its own work. */
export const alertmanager: ReceiverType<typeof schema> = {
  type: 'alertmanager',
  schema,
  manner: { batch: 256, keyed: true, resendMs: 60_000, keepResolvedMs: 15 * 60_000, longestBackoffMs: 5000 },
  async open(settings, environment) {
    return Promise.all(settings.urls.map((url) => openPeer(url, settings, environment)));
  },
};

async function openPeer(
  url: SecretUrl,
  settings: z.output<typeof schema>,
  environment: ReceiverEnvironment,
): Promise<Peer> {
  const prefix = (settings.path_prefix ?? '').replace(/^\/?/, '/').replace(/\/$/, '');
  const labels = settings.labels ?? {};
  const poster = await openPoster(url, `${prefix}/api/v2/alerts`, settings, environment);
  return {
    name: url.toString().replace(/\/$/, '') + prefix,
    // A 400 says that some alert is invalid; Alertmanager has stored the valid ones, so there is nothing to repeat.
    send: ({ changed }, { nowMs, signal }) =>
      poster.post(JSON.stringify(toPostableAlerts(changed, { ...environment, labels }, nowMs)), signal),
    [Symbol.asyncDispose]: () => poster[Symbol.asyncDispose](),
  };
}

/**
 * The v2 body of notices. An end before its beginning (the clock was set back) would be refused.
 * Source: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
 */
export function toPostableAlerts(notices: readonly Notice[], sender: PostedLabels, nowMs: number) {
  return notices.map((notice) => {
    const { alert } = notice;
    return {
      labels: labelsOf(alert, sender),
      annotations: alert.annotations,
      startsAt: toRfc3339(alert.startsAtMs),
      endsAt: toRfc3339(Math.max(alert.startsAtMs, endsAtMs(notice, nowMs))),
      ...(alert.generatorUrl === undefined ? {} : { generatorURL: alert.generatorUrl }),
    };
  });
}

/** What of a receiver's surroundings stands in the labels of what is posted. */
export interface PostedLabels extends Pick<ReceiverEnvironment, 'severityLabel' | 'reachesPeople'> {
  readonly labels: Labels;
}

/** Where people hear of it from Outrider itself, one line in Alertmanager's routes can keep it quiet by the label `pager`. */
function labelsOf(alert: Alert, { labels, severityLabel, reachesPeople }: PostedLabels): Labels {
  const all: Labels = { ...labels, ...(reachesPeople ? { pager: 'outrider' } : {}), ...alert.labels };
  const severity = severityLabel(alert.severity);
  // The watchdog's severity is none of ours.
  if (severity === alert.severity || all['severity'] !== alert.severity) return all;
  return { ...all, severity, priority: alert.severity };
}

const endsAtMs = (notice: Notice, nowMs: number): number =>
  notice.status === 'firing' ? nowMs + ENDS_AHEAD_MS : notice.endsAtMs;
