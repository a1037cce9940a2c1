import type { Received } from '../http-server.ts';
import type { Entry, Word } from './ledger.ts';

/** How a kind of service is spoken to, and answers when all is well. */
export interface Dialect {
  readonly status: number;
  read(request: Received): Pick<Entry, 'key' | 'words' | 'marked'>;
  answer(request: Received): string;
}

type Labels = Readonly<Record<string, string>>;

interface Posted {
  readonly status?: 'firing' | 'resolved';
  readonly labels: Labels;
  readonly startsAt: string;
  readonly endsAt: string;
}

const nameOf = (labels: Labels): string => `${labels['alertname']}/${labels['target'] ?? ''}`;
const MARK = /possible repeat/i;
const isWatchdog = ({ labels }: Posted): boolean => labels['alertname'] === 'OutriderWatchdog';

const wordOf = ({ labels, startsAt, endsAt }: Posted, status: Word['status']): Word => ({
  alert: nameOf(labels),
  status,
  startsAtMs: Date.parse(startsAt),
  ...(status === 'firing' ? {} : { endsAtMs: Date.parse(endsAt) }),
});

/** Alertmanager's webhook message, version 4; what Outrider and Alertmanager post. */
export const webhook: Dialect = {
  status: 200,
  read({ headers, body }) {
    const { alerts } = JSON.parse(body) as { readonly alerts: readonly Posted[] };
    const key = headers['idempotency-key'];
    return {
      key: typeof key === 'string' ? key : undefined,
      words: alerts.filter((one) => !isWatchdog(one)).map((one) => wordOf(one, one.status ?? 'firing')),
      marked: MARK.test(body),
    };
  },
  answer: () => '{}',
};

/** Alertmanager's API v2. A repeat is what the API is made for: the labels are the key. */
export const alertmanager: Dialect = {
  status: 200,
  read({ body }) {
    const alerts = JSON.parse(body) as readonly Posted[];
    const words = alerts
      .filter((one) => !isWatchdog(one))
      .map((one) => wordOf(one, Date.parse(one.endsAt) <= Date.now() ? 'resolved' : 'firing'));
    return { key: undefined, words, marked: false };
  },
  answer: () => '',
};

/** Messages for people: an alert is known by its target's name, its end by how the message speaks of it. */
export const prose = (text: string): Word[] => {
  const status = /\bresolved\b|\brecovered\b/i.test(text) ? 'resolved' : 'firing';
  const targets = new Set(Array.from(text.matchAll(/\btarget-\d+\b/g), ([name]) => name));
  return [...targets].map((name) => ({ alert: `HttpDown/${name}`, status }));
};

/** Slack, an incoming webhook or an app: it has no key. A message that is changed in place tells nobody anything. */
export const slack: Dialect = {
  status: 200,
  read: ({ url, body }) => ({
    key: undefined,
    words: url.endsWith('/chat.update') ? [] : prose(body),
    marked: MARK.test(body),
  }),
  answer: ({ url }) => (url.includes('/api/') ? '{"ok":true,"ts":"1700000000.000100","channel":"C1"}' : 'ok'),
};

/** What a Slack message of ours says where its text is one of one's own, for a reader that is a program. */
export const SLACK_TEMPLATE =
  '{{#began}}firing {{target}} {{since}}; {{/began}}{{#ended}}resolved {{target}} {{since}}; {{/ended}}';
/** The same, said by Alertmanager. */
export const ALERTMANAGER_SLACK_TEXT =
  '{{ range .Alerts }}{{ .Status }} {{ .Labels.target }} {{ .StartsAt.UTC.Format "2006-01-02 15:04:05" }} UTC; {{ end }}';
const SLACK_WORD = /(firing|resolved) (target-\d+) (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC;/g;

/** Slack's incoming webhook, with such a text: a message may be about many alerts. */
export const slackOfMany: Dialect = {
  ...slack,
  read: ({ body }) => ({
    key: undefined,
    words: Array.from(body.matchAll(SLACK_WORD), ([, status, target, day, time]) => ({
      alert: `HttpDown/${target}`,
      status: status === 'firing' ? 'firing' : 'resolved',
      startsAtMs: Date.parse(`${day}T${time}Z`),
    })),
    marked: MARK.test(body),
  }),
};

/** PagerDuty, Events v2: one key for an alert's whole life, so that a step is told apart by its action. */
export const pagerduty: Dialect = {
  status: 202,
  read({ body }) {
    const event = JSON.parse(body) as { readonly dedup_key?: string; readonly event_action: string };
    const status = event.event_action === 'resolve' ? 'resolved' : 'firing';
    const words = prose(body).map((word): Word => ({ ...word, status }));
    return { key: `${event.dedup_key} ${event.event_action}`, words, marked: MARK.test(body) };
  },
  answer: ({ body }) => {
    const { dedup_key } = JSON.parse(body) as { readonly dedup_key?: string };
    return JSON.stringify({ status: 'success', message: 'Event processed', dedup_key });
  },
};

/** Twilio's REST: a form; it has no key. */
export const twilio: Dialect = {
  status: 201,
  read({ body }) {
    const text = new URLSearchParams(body).get('Body') ?? '';
    return { key: undefined, words: prose(text), marked: MARK.test(text) };
  },
  answer: () => '{"sid":"SM00000000000000000000000000000001","status":"queued"}',
};
