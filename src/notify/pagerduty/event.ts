import { createHash } from 'node:crypto';
import type { Alert, Notice } from '../../core/alert.ts';
import { toRfc3339 } from '../../core/clock.ts';
import { rankOf } from '../../core/severity.ts';
import type { Message } from '../contract.ts';
import { cut, oneLine, safeLink } from '../text/line.ts';
import { plain, renderOwn } from '../text/template.ts';
import { gravest } from '../text/title.ts';
import { type MessageView, type Teller, viewOf } from '../text/view.ts';

/** PagerDuty's words, by rank. */
const SEVERITY_WORDS = ['critical', 'error', 'warning', 'info'] as const;

const MOST_SUMMARY = 1024;
const MOST_KEY = 255;
/** Nothing is said of these: they are names. */
const MOST_NAME = 255;
const MOST_TEXT = 20_000;
const MOST_LINKS = 10;
const LONGEST_LINK = 2000;
/** PagerDuty refuses events above 512 kB. */
const MOST_BYTES = 500_000;

export interface EventSender extends Teller {
  readonly routingKey: string;
  readonly template?: { readonly title?: string | undefined; readonly text?: string | undefined } | undefined;
}

/**
 * An event of the Events API v2: it triggers the group's incident, or resolves it. Alerts for which there is no place are
 * counted in `alerts_left_out`.
 * Source: https://developer.pagerduty.com/docs/send-alert-event
 */
export function toEvent(message: Message, sender: EventSender, nowMs: number) {
  const { changed, standing, step, sinceMs, group } = message;
  const notices = [...changed, ...standing.map((alert): Notice => ({ status: 'firing', alert }))];
  const root = rootOf(notices);
  const view = viewOf(message, sender, nowMs);
  const event = {
    routing_key: sender.routingKey,
    event_action: step === 'over' ? 'resolve' : 'trigger',
    dedup_key: keyOf(group),
    payload: {
      summary: summaryOf(view, sender.template),
      source: nameOf(root?.target) ?? nameOf(root?.labels['service']) ?? 'outrider',
      severity: SEVERITY_WORDS[root === undefined ? 0 : rankOf(root.severity)] ?? 'info',
      timestamp: toRfc3339(Number.isFinite(sinceMs) ? sinceMs : nowMs),
      component: nameOf(root?.labels['type']),
      group: nameOf(root?.labels['service']),
      class: nameOf(root?.labels['alertname']),
      custom_details: detailsOf(view, sender.template),
    },
    links: linksOf(notices),
    client: 'Outrider',
    client_url: linkOf(root?.generatorUrl) ?? linkOf(sender.externalUrl),
  };
  return { ...event, payload: { ...event.payload, custom_details: withAlerts(event, notices) } };
}

const rootOf = (notices: readonly Notice[]): Alert | undefined =>
  gravest(notices.filter(({ status }) => status === 'firing').map(({ alert }) => alert)) ??
  gravest(notices.map(({ alert }) => alert));

/** The same for the same group: a long one goes by its hash. */
function keyOf(group: string): string {
  const key = `outrider:${group.toWellFormed()}`;
  return key.length <= MOST_KEY ? key : `outrider:${createHash('sha256').update(group).digest('hex')}`;
}

function summaryOf(view: MessageView, template: EventSender['template']): string {
  const title = oneLine(renderOwn(template?.title, '{{title}}', view, plain));
  return cut(title || view.title || 'Outrider', MOST_SUMMARY);
}

function detailsOf(view: MessageView, template: EventSender['template']) {
  const text = template?.text === undefined ? '' : renderOwn(template.text, '', view, plain);
  return {
    ...(text === '' ? {} : { text: cut(text.toWellFormed(), MOST_TEXT) }),
    step: view.step,
    lasted: view.lasted,
    firing: view.count.firing,
    resolved: view.count.ended,
  };
}

/** As many alerts as there is place for in an event of at most MOST_BYTES, and how many are left out. */
function withAlerts<D extends object>(
  event: { readonly payload: { readonly custom_details: D } },
  notices: readonly Notice[],
) {
  const details = event.payload.custom_details;
  const none = { ...details, alerts: [], alerts_left_out: notices.length };
  let left = MOST_BYTES - bytesOf({ ...event, payload: { ...event.payload, custom_details: none } });
  const alerts = notices.map(detailOf).filter((alert) => {
    const bytes = bytesOf(alert) + 1;
    if (bytes > left) return false;
    left -= bytes;
    return true;
  });
  const leftOut = notices.length - alerts.length;
  return { ...details, alerts, ...(leftOut === 0 ? {} : { alerts_left_out: leftOut }) };
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

function detailOf(notice: Notice) {
  const { severity, target, startsAtMs, labels, annotations, value, threshold, generatorUrl } = notice.alert;
  return {
    status: notice.status,
    ...{ severity, target },
    starts_at: toRfc3339(startsAtMs),
    ...(notice.status === 'firing' ? {} : { ends_at: toRfc3339(Math.max(startsAtMs, notice.endsAtMs)) }),
    ...{ labels, annotations, value, threshold },
    url: linkOf(generatorUrl),
  };
}

/** Runbooks, dashboards and Outrider's own pages of the alerts, each once. */
function linksOf(notices: readonly Notice[]): readonly { readonly href: string; readonly text: string }[] {
  const links = new Map<string, string>();
  const add = (url: string | undefined, text: string) => {
    const href = linkOf(url);
    if (href !== undefined && links.size < MOST_LINKS && !links.has(href))
      links.set(href, cut(oneLine(text), MOST_NAME));
  };
  for (const { alert } of notices) {
    const { annotations, target, labels, generatorUrl } = alert;
    const name = labels['alertname'] ?? target;
    const what = target || name;
    add(annotations['runbook_url'], `Runbook of ${name}`);
    add(annotations['dashboard_url'], `Dashboard of ${what}`);
    add(generatorUrl, `${what} in Outrider`);
  }
  return [...links].map(([href, text]) => ({ href, text }));
}

function linkOf(url: string | undefined): string | undefined {
  const link = safeLink(url);
  return link === '' || link.length > LONGEST_LINK ? undefined : link;
}

function nameOf(text: string | undefined): string | undefined {
  const name = cut(oneLine(text ?? ''), MOST_NAME);
  return name === '' ? undefined : name;
}
