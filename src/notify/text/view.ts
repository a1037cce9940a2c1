import type { Notice } from '../../core/alert.ts';
import type { Labels } from '../../core/labels.ts';
import type { Severity } from '../../core/severity.ts';
import type { Message, Step } from '../contract.ts';
import { sharedLabels } from '../shared-labels.ts';
import { safeLink } from './line.ts';
import { lasted, moment } from './time.ts';
import { endOf, gravest, titleOf } from './title.ts';

/** One alert as templates see it; absent texts are empty, so that sections on them are left out. */
export interface AlertView {
  readonly firing: boolean;
  readonly resolved: boolean;
  readonly alertname: string;
  readonly target: string;
  readonly service: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly description: string;
  /** In the time zone of the config: `2026-11-21 04:00:00 CET`. */
  readonly since: string;
  readonly ended: string;
  /** `2h 5m`, up to its end or now. */
  readonly lasted: string;
  /** Outrider's page of the target; links are http or https, or empty. */
  readonly url: string;
  readonly runbook: string;
  readonly dashboard: string;
  readonly root_cause: string;
  readonly symptoms: string;
  readonly changes: string;
  readonly evidence: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  /** No other comes behind it in its list: where commas stand between. */
  readonly last: boolean;
}

/** What the templates of messages know. */
export interface MessageView {
  readonly receiver: string;
  /** Names the trouble, the same from its first message to the last: for services that go by a key. */
  readonly group: string;
  /** The same for the same change, also when it is told again. */
  readonly key: string;
  /** The labels that all of its alerts have, with the same value. */
  readonly labels: Labels;
  /** One line that says it all, without markup: `P1 database: Postgres database is down`. */
  readonly title: string;
  readonly step: Step;
  readonly first: boolean;
  readonly more: boolean;
  readonly fewer: boolean;
  readonly over: boolean;
  readonly reminder: boolean;
  readonly test: boolean;
  readonly possible_repeat: boolean;
  readonly firing: boolean;
  readonly resolved: boolean;
  /** The gravest severity of what fires, else of what ended. */
  readonly severity: string;
  readonly since: string;
  readonly lasted: string;
  readonly began: readonly AlertView[];
  readonly ended: readonly AlertView[];
  readonly standing: readonly AlertView[];
  readonly count: { readonly began: number; readonly ended: number; readonly firing: number };
  /** Outrider's page of all alerts; empty where its address is not known. */
  readonly url: string;
}

/** Who tells, and to whom. */
export interface Teller {
  readonly receiver: string;
  readonly externalUrl: string | undefined;
  readonly timezone: string;
}

/** A message as its templates see it, at `nowMs` (Unix epoch ms). */
export function viewOf(message: Message, teller: Teller, nowMs: number): MessageView {
  const { step, changed, standing, isRepeat, sinceMs } = message;
  const view = (notice: Notice, index: number, { length }: readonly unknown[]) => ({
    ...alertView(notice, teller.timezone, nowMs),
    last: index === length - 1,
  });
  const began = changed.filter(({ status }) => status === 'firing');
  const ended = changed.filter(({ status }) => status === 'resolved');
  const firing = [...began.map(({ alert }) => alert), ...standing];
  const steps = { first: false, more: false, fewer: false, over: false, reminder: false, test: false, [step]: true };
  return {
    ...steps,
    step,
    group: message.group,
    key: message.key,
    labels: sharedLabels([...firing, ...ended.map(({ alert }) => alert)].map(({ labels }) => labels)),
    receiver: teller.receiver,
    title: titleOf(message, nowMs),
    possible_repeat: isRepeat,
    firing: firing.length > 0,
    resolved: firing.length === 0,
    severity: gravest(firing.length > 0 ? firing : ended.map(({ alert }) => alert))?.severity ?? '',
    since: moment(sinceMs, teller.timezone),
    lasted: lasted(endOf(message, nowMs) - sinceMs),
    began: began.map(view),
    ended: ended.map(view),
    standing: standing.map((alert, ...place) => view({ status: 'firing', alert }, ...place)),
    count: { began: began.length, ended: ended.length, firing: firing.length },
    url: teller.externalUrl === undefined ? '' : `${teller.externalUrl.replace(/\/$/, '')}/`,
  };
}

function alertView(notice: Notice, timezone: string, nowMs: number): Omit<AlertView, 'last'> {
  const { alert, status } = notice;
  const { labels, annotations, startsAtMs } = alert;
  const endsAtMs = status === 'resolved' ? notice.endsAtMs : nowMs;
  const note = (name: string) => annotations[name] ?? '';
  const link = (name: string) => safeLink(annotations[name]);
  return {
    firing: status === 'firing',
    resolved: status === 'resolved',
    alertname: labels['alertname'] ?? '',
    target: alert.target,
    service: labels['service'] ?? '',
    severity: alert.severity,
    summary: note('summary'),
    description: note('description'),
    since: moment(startsAtMs, timezone),
    ended: status === 'resolved' ? moment(endsAtMs, timezone) : '',
    lasted: lasted(endsAtMs - startsAtMs),
    url: safeLink(alert.generatorUrl),
    runbook: link('runbook_url'),
    dashboard: link('dashboard_url'),
    root_cause: note('root_cause'),
    symptoms: note('symptoms'),
    changes: note('changes'),
    evidence: note('evidence'),
    labels,
    annotations,
  };
}
