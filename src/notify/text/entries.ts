import type { AlertView, MessageView } from './view.ts';

/** What is said of one alert, without markup. */
export interface Entry {
  readonly alert: AlertView;
  /** Which alert it is; empty where it is the only one, which the title names. */
  readonly head: string;
  readonly lines: readonly string[];
  /** The head, then the lines. */
  readonly words: string;
}

/** Every alert of a message: what began, what ended, then in fewer words what goes on. */
export function entriesOf({ began, ended, standing, step }: MessageView): readonly Entry[] {
  const isAlone = began.length + ended.length + standing.length === 1;
  const changes = step === 'more' || step === 'fewer';
  const whole = (alert: AlertView, mark: string): Entry =>
    entryOf(alert, isAlone ? '' : mark + headOf(alert), linesOf(alert));
  return [
    ...began.map((alert) => whole(alert, step === 'more' ? 'new: ' : '')),
    ...ended.map((alert) => whole(alert, step === 'over' ? '' : 'resolved: ')),
    ...standing.map((alert) =>
      changes ? entryOf(alert, `still: ${headOf(alert)}`, [timeOf(alert)]) : whole(alert, ''),
    ),
  ];
}

const entryOf = (alert: AlertView, head: string, lines: readonly string[]): Entry => ({
  ...{ alert, head, lines },
  words: [...(head === '' ? [] : [head]), ...lines].join('\n'),
});

const whatOf = ({ summary, alertname }: AlertView): string => summary || alertname;

const headOf = (alert: AlertView): string =>
  `${alert.severity} ${alert.target === '' ? whatOf(alert) : `${alert.target}: ${whatOf(alert)}`}`;

const timeOf = ({ firing, since, ended, lasted }: AlertView): string =>
  firing ? `since ${since} (${lasted})` : `${since} to ${ended} (${lasted})`;

function linesOf(alert: AlertView): readonly string[] {
  const { description, evidence, root_cause, symptoms, changes, annotations, resolved } = alert;
  if (resolved) return [...(description.trim() === '' ? [] : [description.trim()]), timeOf(alert)];
  const said: readonly (readonly [string, string])[] = [
    ['', description],
    ['Seen: ', evidence === description ? '' : evidence],
    ['Root cause: ', root_cause],
    ['Possible causes: ', annotations['possible_causes'] ?? ''],
    ['Also affected: ', symptoms],
    ['In the same place: ', annotations['same_place'] ?? ''],
    ['Before: ', changes],
  ];
  const lines = said.filter(([, text]) => text.trim() !== '').map(([name, text]) => name + text.trim());
  return [...lines, timeOf(alert)];
}
