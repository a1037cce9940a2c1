import type { Labels } from './labels.ts';

/** Base units; a sample's value is always in its measure's unit. `words` are states in order of gravity, valued by index. */
export const UNITS = ['count', 'ratio', 'seconds', 'bytes', 'words'] as const;
export type Unit = (typeof UNITS)[number];

/** Where a measure is exposed under an exporter's name instead of our own: `{ name: 'probe_http_duration_seconds', labels: { phase: 'connect' } }`. */
export interface ExporterName {
  readonly name: string;
  /** Labels that every sample of this measure gets. */
  readonly labels?: Labels;
  /** `untyped` where promtool would object to the exporter's name with a type. */
  readonly kind?: MetricKind;
  readonly help?: string;
}

/** What a type measures: rules name it, /metrics exposes it. */
export interface MeasureSpec {
  readonly name: string;
  readonly unit: Unit;
  /** A counter only grows (until its service restarts), so that `rate` and `increase` make sense. */
  readonly kind: 'gauge' | 'counter';
  readonly help: string;
  /** Names of the labels that tell its instances apart. */
  readonly labels?: readonly string[];
  /** For `words`: the states, mildest first. */
  readonly words?: readonly string[];
  /** The exporter's metric that is the same number; without it the metric is `outrider_<type>_<name>_<unit>`; `none` exposes nothing. */
  readonly metric?: ExporterName | 'none';
}

export const METRIC_KINDS = ['gauge', 'counter', 'untyped'] as const;
export type MetricKind = (typeof METRIC_KINDS)[number];

/** A metric of an exporter that no rule needs, kept for the dashboards that people already have. */
export interface SeriesSpec {
  readonly name: string;
  readonly kind: MetricKind;
  readonly help: string;
  readonly labels?: readonly string[];
}

/** What every type measures; a type passes the exporter's names for `up` and `duration` where there are any. */
export function healthMeasures(
  names: { readonly up?: string; readonly duration?: string } = {},
): readonly MeasureSpec[] {
  return [
    {
      name: 'up',
      unit: 'count',
      kind: 'gauge',
      help: 'Whether the last probe succeeded.',
      ...(names.up === undefined ? {} : { metric: { name: names.up } }),
    },
    // The complement of `up`, for `avg(failed) over 15m > 10%`: one series is enough.
    { name: 'failed', unit: 'ratio', kind: 'gauge', help: 'Whether the last probe failed.', metric: 'none' },
    {
      name: 'duration',
      unit: 'seconds',
      kind: 'gauge',
      help: 'How long the health question alone took.',
      ...(names.duration === undefined ? {} : { metric: { name: names.duration } }),
    },
  ];
}
