import { cut, oneLine } from '../text/line.ts';
import type { AlertView, MessageView } from '../text/view.ts';

/** More alerts than this are told in one line each. */
const MOST_IN_FULL = 20;
/** So much is told of one thing: evidence may be long. */
const LONGEST_CHARS = 2000;

/** One fact of an alert; `link` is empty where the value is none, and safe to click otherwise. */
export interface Fact {
  readonly name: string;
  readonly value: string;
  readonly link: string;
}

export interface Entry {
  readonly title: string;
  /** Since when, and how long: `2026-11-21 04:00:00 CET, for 2m`. */
  readonly when: string;
  readonly facts: readonly Fact[];
}

export interface Section {
  readonly heading: string;
  readonly color: string;
  readonly full: readonly Entry[];
  readonly brief: readonly Entry[];
}

/** A mail’s view: what every template knows, and the outline that ours are made from. */
export interface MailView extends MessageView {
  readonly note: string;
  readonly color: string;
  readonly sections: readonly Section[];
}

const RED = '#b3261e';
const GREEN = '#1b7f3b';
const GREY = '#6b6b6b';

/** Every alert of the message; of many the gravest in full. */
export function outlineOf(view: MessageView): MailView {
  let left = MOST_IN_FULL;
  const section = (heading: string, color: string, alerts: readonly AlertView[]): readonly Section[] => {
    if (alerts.length === 0) return [];
    const sorted = alerts.toSorted((a, b) => (a.severity < b.severity ? -1 : a.severity > b.severity ? 1 : 0));
    const full = sorted.slice(0, left);
    left -= full.length;
    const brief = sorted.slice(full.length);
    const count = alerts.length === 1 ? '' : ` (${alerts.length})`;
    return [{ heading: heading + count, color, full: full.map(entryOf), brief: brief.map(briefOf) }];
  };
  const began = view.test || view.first ? 'Firing' : 'New';
  const sections = [
    ...section(began, RED, view.began),
    ...section('Resolved', GREEN, view.ended),
    ...section(view.reminder ? 'Firing' : 'Still firing', view.reminder ? RED : GREY, view.standing),
  ];
  return { ...view, note: noteOf(view), color: view.over ? GREEN : RED, sections };
}

function noteOf({ test, reminder, possible_repeat, lasted }: MessageView): string {
  if (test) return 'This is a test of Outrider: nothing is wrong.';
  if (possible_repeat) return 'You may have got this message before: nobody knows whether it arrived.';
  return reminder ? `Nothing has changed; it has lasted ${lasted}.` : '';
}

const titleOf = ({ severity, target, summary, alertname }: AlertView): string => {
  const what = summary === '' ? alertname : summary;
  return oneLine(`${severity} ${target === '' ? what : `${target}: ${what}`}`);
};

const whenOf = ({ since, ended, lasted, resolved }: AlertView): string =>
  resolved ? `${since} to ${ended}, ${lasted}` : `since ${since}, for ${lasted}`;

const briefOf = (alert: AlertView): Entry => ({ title: titleOf(alert), when: whenOf(alert), facts: [] });

function entryOf(alert: AlertView): Entry {
  const links = { Runbook: alert.runbook, Dashboard: alert.dashboard, Outrider: alert.url };
  const texts = {
    What: alert.description,
    Cause: alert.root_cause,
    Symptoms: alert.symptoms,
    Changes: alert.changes,
    Evidence: alert.evidence === alert.description ? '' : alert.evidence,
    Alert: alert.alertname,
    Service: alert.service,
  };
  const facts = [
    ...Object.entries(texts).map(([name, value]) => ({ name, value: cut(printable(value), LONGEST_CHARS), link: '' })),
    ...Object.entries(links).map(([name, link]) => ({ name, value: link, link })),
  ];
  return { ...briefOf(alert), facts: facts.filter(({ value }) => value !== '') };
}

/** Without controls and marks that turn the direction of what follows; lines stay lines. */
export const printable = (text: string): string =>
  text
    .toWellFormed()
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .trim();
