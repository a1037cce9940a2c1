import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Labels } from '../../../src/core/labels.ts';

/** One query of a panel, as Grafana would send it. */
export interface Asked {
  readonly dashboard: string;
  readonly panel: string;
  readonly kind: string;
  readonly expr: string;
  readonly legend: string;
  readonly isNow: boolean;
}

/** Of what a query asks: seconds, Unix. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** What Grafana fills in for variables that choose everything: names are joined, and one that is not told matches all. */
const filled = (text: string, { from, to, step }: Span): string =>
  text
    .replaceAll('$__rate_interval', `${Math.max(4, step * 2)}s`)
    .replaceAll('$__interval', `${step}s`)
    .replaceAll('$__range', `${Math.round(to - from)}s`)
    .replaceAll(/\$(service|target|instance)\b/g, '.*');

interface QueryJson {
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
}

export const panelsOf = ({ panels = [] }: Dashboard): readonly Panel[] =>
  panels.filter((panel): panel is Panel => panel.type !== 'row');

/** Every query of every panel of a dashboard. */
export const askedBy = (dashboard: Dashboard, span: Span): readonly Asked[] =>
  panelsOf(dashboard).flatMap((panel) => queriesOf(dashboard, panel, span));

export const queriesOf = (dashboard: Dashboard, panel: Panel, span: Span): readonly Asked[] =>
  ((panel.targets ?? []) as readonly unknown[] as readonly QueryJson[]).map((query) => ({
    dashboard: dashboard.title ?? '',
    panel: panel.title ?? '',
    kind: panel.type,
    expr: filled(query.expr, span),
    legend: query.legendFormat ?? '',
    isNow: query.instant === true,
  }));

export interface Series {
  readonly labels: Labels;
  readonly values: readonly (readonly [seconds: number, value: number])[];
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: {
    readonly result: readonly {
      readonly metric: Labels;
      readonly value?: [number, string];
      readonly values?: [number, string][];
    }[];
  };
}

/** What Prometheus answers. Throws in its own words where it refuses. */
export async function ask(
  url: string,
  { expr, isNow }: Pick<Asked, 'expr' | 'isNow'>,
  span: Span,
): Promise<readonly Series[]> {
  const when = isNow
    ? { time: String(span.to) }
    : { start: String(span.from), end: String(span.to), step: String(span.step) };
  const body = new URLSearchParams({ query: expr, ...when });
  const response = await fetch(`${url}/api/v1/${isNow ? 'query' : 'query_range'}`, { method: 'POST', body });
  const { status, error, data } = (await response.json()) as Answer;
  if (status !== 'success' || data === undefined) throw new Error(`${error}: ${expr}`);
  return data.result.map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
    labels: metric,
    values: values.map(([seconds, text]) => [seconds, Number(text)] as const),
  }));
}
