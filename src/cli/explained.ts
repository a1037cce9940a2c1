import { formatDuration } from '../core/duration.ts';
import { age } from './age.ts';
import type { Surroundings } from './contract.ts';
import { oneLine, table } from './table.ts';

/** What of an alert of the API the table shows. */
export interface Alert {
  readonly alertname?: string;
  readonly target: string;
  readonly severity: string;
  readonly state: string;
  readonly since: string;
  readonly fingerprint: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly suppressedBy?: readonly string[];
  readonly silencedBy?: readonly string[];
}

interface Reading {
  readonly labels: Readonly<Record<string, string>>;
  readonly holds: boolean;
  readonly valueText?: string;
  readonly thresholdText?: string;
  readonly value?: number;
  readonly threshold?: number;
}

/** An alert of the API with why it is in its state. */
export interface ExplainedAlert extends Alert {
  readonly condition: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly tests: readonly {
    readonly text: string;
    readonly readings: readonly Reading[];
    readonly window?: { readonly overMs: number; readonly results: number; readonly needed: number };
  }[];
  readonly because: readonly string[];
}

/** More instances than these nobody reads. */
const MOST_READINGS = 20;

/** Why an alert is in its state, for people. */
export function explained(alert: ExplainedAlert, { style, clock }: Pick<Surroundings, 'style' | 'clock'>): string {
  const { alertname = 'an alert', target, severity, state, annotations } = alert;
  const on = target === '' ? '' : ` on ${target}`;
  const head = oneLine(`${alertname}${on}: ${severity}, ${state} for ${age(alert.since, clock.now().wallMs)}`);
  const facts: readonly (readonly [string, string])[] = [
    ['condition', alert.condition],
    ['for', formatDuration(alert.forMs)],
    ...(alert.keepFiringForMs > 0 ? [['keep_firing_for', formatDuration(alert.keepFiringForMs)] as const] : []),
    ['fingerprint', alert.fingerprint],
  ];
  const summary = annotations['summary'] ?? '';
  const blocks = [
    [style('bold', head), ...[summary].filter((text) => text !== '').map((text) => `  ${oneLine(text)}`)],
    facts.filter(([, text]) => text !== '').map(([name, text]) => `  ${name.padEnd(15)}  ${oneLine(text)}`),
    alert.because.map((sentence) => `  - ${oneLine(sentence)}`),
  ];
  const text = blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
  return alert.tests.length === 0 ? text : `${text}\n${seen(alert, style)}`;
}

function seen({ tests }: ExplainedAlert, style: Surroundings['style']): string {
  const rows = tests.flatMap(({ text, readings, window }) => {
    const results =
      window === undefined ? '' : `${window.results} of ${window.needed} needed in ${formatDuration(window.overMs)}`;
    if (readings.length === 0) return [[text, '', 'no value', '', 'no', results]];
    return readings
      .slice(0, MOST_READINGS)
      .map((reading) => [
        text,
        labelsOf(reading),
        reading.valueText ?? numberOf(reading.value),
        reading.thresholdText ?? numberOf(reading.threshold),
        reading.holds ? 'yes' : 'no',
        results,
      ]);
  });
  return table(['TEST', 'OF', 'VALUE', 'THRESHOLD', 'HOLDS', 'RESULTS'], rows, style);
}

const labelsOf = ({ labels }: Reading): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

const numberOf = (value: number | undefined): string =>
  value === undefined ? '' : String(Number(value.toPrecision(4)));
