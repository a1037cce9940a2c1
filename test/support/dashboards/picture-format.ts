import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Labels } from '../../../src/core/labels.ts';

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Grafana's names of colours, in its dark theme. */
const COLORS: Readonly<Record<string, string>> = {
  green: '#73BF69',
  yellow: '#FADE2A',
  orange: '#FF9830',
  red: '#F2495C',
  'dark-red': '#C4162A',
  blue: '#5794F2',
  purple: '#B877D9',
  text: '#ccccdc',
  gray: '#808080',
};
export const PALETTE = [
  '#73BF69',
  '#FADE2A',
  '#5794F2',
  '#FF9830',
  '#F2495C',
  '#B877D9',
  '#8AB8FF',
  '#96D98D',
  '#FFB357',
];
export const colorOf = (name: string): string => COLORS[name] ?? name;

/** `{{target}} p95` with a series' labels. */
export const named = (legend: string, labels: Labels): string =>
  legend.replace(/\{\{(\w+)\}\}/g, (_, name: string) => labels[name] ?? '').trim();

interface Mapped {
  readonly text: string;
  readonly color: string;
}
interface MappingJson {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>> & {
    readonly from?: number;
    readonly to?: number;
    readonly result?: Mapped;
  };
}

/** What a value is shown as, where the panel says so. */
export function mappedBy(mappings: readonly unknown[] | undefined, value: number | string): Mapped | undefined {
  for (const { type, options } of (mappings ?? []) as readonly MappingJson[]) {
    if (type === 'value' && options[String(value)] !== undefined) return options[String(value)] as Mapped;
    const { from = Number.NaN, to = Number.NaN, result } = options;
    if (type === 'range' && Number(value) >= from && Number(value) <= to) return result;
  }
  return undefined;
}

/** The colour of a value by the panel's thresholds. */
export function stepColor({ fieldConfig }: Pick<Panel, 'fieldConfig'>, value: number): string {
  const steps = fieldConfig?.defaults.thresholds?.steps ?? [];
  const step = steps.findLast(({ value: from }) => from === null || value >= from);
  return colorOf(step?.color ?? 'green');
}

const SCALES: Readonly<Record<string, readonly (readonly [number, string])[]>> = {
  s: [
    [86_400, ' day'],
    [3600, ' hour'],
    [60, ' min'],
    [1, ' s'],
    [1e-3, ' ms'],
    [1e-6, ' µs'],
  ],
  bytes: [
    [1024 ** 3, ' GiB'],
    [1024 ** 2, ' MiB'],
    [1024, ' KiB'],
    [1, ' B'],
  ],
  short: [
    [1e9, ' Bil'],
    [1e6, ' Mil'],
    [1e3, ' K'],
    [1, ''],
  ],
};
const SUFFIX: Readonly<Record<string, readonly [string, string]>> = {
  cps: ['short', ' c/s'],
  cpm: ['short', ' c/m'],
  binBps: ['bytes', '/s'],
};

const ago = (seconds: number): string =>
  seconds < 90 ? `${Math.max(0, Math.round(seconds))} seconds ago` : `${Math.round(seconds / 60)} minutes ago`;

/** A value as Grafana would about write it in this unit. */
export function written(value: number, unit = 'short'): string {
  if (Number.isNaN(value)) return 'NaN';
  if (unit === 'percentunit') return `${Number((value * 100).toPrecision(3))}%`;
  if (unit === 'dateTimeFromNow') return ago((Date.now() - value) / 1000);
  const [scale, suffix] = SUFFIX[unit] ?? [unit, ''];
  const scales = SCALES[scale] ?? SCALES['short'] ?? [];
  const [size, name] = scales.find(([least]) => Math.abs(value) >= least) ??
    scales.find(([least]) => least === 1) ?? [1, ''];
  return `${Number((value / size).toPrecision(3))}${name}${suffix}`;
}
