import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Answered } from './picture.ts';
import { colorOf, escaped, mappedBy, written } from './picture-format.ts';

type Cells = Record<string, string | number>;

interface Transformation {
  readonly id: string;
  readonly options: {
    readonly byField?: string;
    readonly indexByName?: Readonly<Record<string, number>>;
    readonly renameByName?: Readonly<Record<string, string>>;
  };
}

/** A table as Grafana's transformations make it: rows of all queries joined, then the named columns in their order. */
export function tableOf(panel: Panel, answered: readonly Answered[]): string {
  const transformations = (panel.transformations ?? []) as readonly Transformation[];
  const joinBy = transformations.find(({ id }) => id === 'joinByField')?.options.byField;
  const organized = transformations.find(({ id }) => id === 'organize')?.options;
  const rows = new Map<string, Cells>();
  for (const { refId, series } of answered) {
    for (const { labels, values } of series) {
      const key = joinBy === undefined ? JSON.stringify(Object.entries(labels).sort()) : (labels[joinBy] ?? '');
      rows.set(key, { ...rows.get(key), ...labels, [`Value #${refId}`]: values.at(-1)?.[1] ?? Number.NaN });
    }
  }
  if (rows.size === 0) return `<div class="none">${escaped(panel.fieldConfig?.defaults.noValue ?? 'No data')}</div>`;
  const columns = Object.entries(organized?.indexByName ?? {})
    .filter(([field]) => field !== 'Value')
    .sort(([, a], [, b]) => a - b)
    .map(([field]) => ({ field, title: organized?.renameByName?.[field] ?? field }));
  const sorting = (panel.options as { sortBy?: readonly { displayName: string }[] }).sortBy ?? [];
  const sorted = [...rows.values()].sort((a, b) => {
    for (const { displayName } of sorting) {
      const field = columns.find(({ title }) => title === displayName)?.field ?? '';
      const order = String(a[field] ?? '').localeCompare(String(b[field] ?? ''));
      if (order !== 0) return order;
    }
    return 0;
  });
  const head = columns.map(({ title }) => `<th>${escaped(title)}</th>`).join('');
  const body = sorted.map(
    (row) => `<tr>${columns.map((column) => cell(panel, column, row[column.field])).join('')}</tr>`,
  );
  return `<table><tr>${head}</tr>${body.join('')}</table>`;
}

interface OverrideJson {
  readonly matcher: { readonly options?: unknown };
  readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
}

function cell(panel: Panel, { title }: { readonly title: string }, value: string | number | undefined): string {
  if (value === undefined) return '<td></td>';
  const overrides = (panel.fieldConfig?.overrides ?? []) as readonly OverrideJson[];
  const properties = overrides.filter(({ matcher }) => matcher.options === title).flatMap((one) => one.properties);
  const property = (id: string) => properties.find((one) => one.id === id)?.value;
  const mapped = mappedBy(property('mappings') as readonly unknown[] | undefined, value);
  const text =
    mapped?.text ?? (typeof value === 'number' ? written(value, String(property('unit') ?? 'short')) : value);
  const type = (property('custom.cellOptions') as { type?: string } | undefined)?.type;
  const color = mapped === undefined ? '' : colorOf(mapped.color);
  const style =
    type === 'color-background' ? `background:${color};color:#fff` : type === 'color-text' ? `color:${color}` : '';
  return `<td style="${style}">${escaped(text)}</td>`;
}
