import type { AlertSpec } from '../../core/alert.ts';
import type { Target } from '../../core/target.ts';
import { printThreshold } from '../../core/when/print.ts';
import { dividedBy, type Quantity, quantityOf } from '../../core/when/quantity.ts';
import type { Comparison } from '../../core/when/tree.ts';
import { quoted } from './series.ts';

/** Where an alert's texts get what they name, each as text or as a template of Prometheus. */
export interface Wording {
  readonly target: string;
  /** The compared value; `write` makes a text of a template's expression for it: `$value`. */
  value(write: (source: string) => string): string;
  label(name: string): string;
  /** What the value is compared with, where that is not known beforehand. */
  threshold?(write: (source: string) => string): string;
}

/** A text that Prometheus shows as it is: `{{` begins a template. */
export const verbatim = (text: string): string => text.replaceAll('{{', '{{ "{{" }}');

/** The annotations of an alert as far as they can be known beforehand. */
export function annotationsOf(spec: AlertSpec, target: Target, wording: Wording): Readonly<Record<string, string>> {
  const { summary, description } = spec;
  const runbook = spec.runbook ?? target.runbook;
  return {
    summary: worded(summary, spec, wording),
    ...(description === undefined ? {} : { description: worded(description, spec, wording) }),
    ...(runbook === undefined ? {} : { runbook_url: verbatim(runbook), runbook: verbatim(runbook) }),
    ...(target.dashboard === undefined ? {} : { dashboard_url: verbatim(target.dashboard) }),
  };
}

const PLACEHOLDER = /\{\{\s*([a-z]+)(?:\.([A-Za-z_][A-Za-z0-9_]*))?\s*\}\}/g;

function worded(text: string, spec: AlertSpec, wording: Wording): string {
  let out = '';
  let from = 0;
  for (const { 0: whole, 1: name, 2: label, index } of text.matchAll(PLACEHOLDER)) {
    out += verbatim(text.slice(from, index)) + (placed(name, label, spec, wording) ?? verbatim(whole));
    from = index + whole.length;
  }
  return out + verbatim(text.slice(from));
}

function placed(
  name: string | undefined,
  label: string | undefined,
  spec: AlertSpec,
  wording: Wording,
): string | undefined {
  if (label !== undefined) return name === 'labels' ? wording.label(label) : undefined;
  const compared = comparisonOf(spec);
  if (name === 'target') return wording.target;
  if (name !== 'value' && name !== 'threshold') return undefined;
  if (compared === undefined) return name === 'value' ? (spec.when.tests[0]?.kind ?? '') : '';
  const write = (source: string) => shown(source, spec, compared);
  return name === 'value' ? wording.value(write) : (wording.threshold?.(write) ?? printThreshold(compared.value));
}

/** The comparison whose value an alert has. */
export const comparisonOf = ({ when }: Pick<AlertSpec, 'when'>): Comparison | undefined =>
  when.tests.find((test) => test.kind === 'compare');

/** A value for people, in the unit of what is compared. */
function shown(source: string, { measures }: AlertSpec, { left, divisor }: Comparison): string {
  const measureOf = (name: string) => measures.find((measure) => measure.name === name);
  const measure = measureOf(left.measure.name);
  if (measure === undefined) return `{{ ${source} }}`;
  if (measure.unit === 'words') return inWords(source, measure.words ?? []);
  const quantity = quantityOf(measure.unit, left);
  const by = divisor === undefined ? undefined : measureOf(divisor.measure.name);
  if (divisor === undefined || by === undefined || by.unit === 'words') return inUnits(source, quantity);
  return inUnits(source, dividedBy(quantity, quantityOf(by.unit, divisor)) ?? quantity);
}

const inWords = (value: string, words: readonly string[]): string =>
  `{{ $word := ${value} }}${words
    .map((word, index) => `{{ ${index === 0 ? 'if' : 'else if'} eq $word ${index}.0 }}${verbatim(word)}`)
    .join('')}{{ end }}`;

const FORMAT: Readonly<Record<Quantity['base'], readonly [format: string, unit: string]>> = {
  count: ['humanize', ''],
  ratio: ['humanizePercentage', ''],
  quotient: ['humanize', ''],
  seconds: ['humanizeDuration', ''],
  bytes: ['humanize1024', 'B'],
};

function inUnits(value: string, { base, perSecond }: Quantity): string {
  const [format, unit] = FORMAT[base];
  return `{{ ${value} | ${format} }}${unit}${perSecond ? '/s' : ''}`;
}

/** The wording of a formula of Prometheus' own: its labels are in `$labels`, all others are known. */
export const ownWording = (
  target: Target,
  free: readonly string[],
  fixed: Readonly<Record<string, string>>,
): Wording => ({
  target: verbatim(target.name),
  value: (write) => write('$value'),
  label: (name) => (free.includes(name) ? `{{ $labels.${name} }}` : verbatim(fixed[name] ?? '')),
});

/** The wording of a rule over what the daemon says: values have series of their own. Without a service it is for any, at any thresholds. */
export function saidWording({ name }: AlertSpec, service: string | undefined, labels: readonly string[]): Wording {
  const selected = [...(service === undefined ? ['service'] : []), 'target', 'severity', ...labels];
  const wanted = [
    `alertname=${quoted(name)}`,
    ...(service === undefined ? [] : [`service=${quoted(service).replaceAll('%', '%%')}`]),
    ...selected.map((label) => `${label}=%q`),
  ];
  const asked = (metric: string) => (write: (source: string) => string) => {
    const series = `${metric}{${wanted.join(',')}}`;
    const query = `printf ${quoted(series)} ${selected.map((label) => `$labels.${label}`).join(' ')} | query`;
    return `{{ with ${query} }}${write('. | first | value')}{{ else }}?{{ end }}`;
  };
  return {
    target: '{{ $labels.target }}',
    value: asked('outrider_alert_value'),
    label: (label) => `{{ $labels.${label} }}`,
    ...(service === undefined ? { threshold: asked('outrider_alert_threshold') } : {}),
  };
}
