import type { DataTransformerConfig, DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { mappings } from './mapping.ts';
import type { Column, Panel } from './panel.ts';

/** The answers of a table's queries as one, then only the columns that people read, in order. */
export function tableTransformations(panel: Panel): DataTransformerConfig[] {
  const { joinBy } = panel;
  const columns = (panel.columns ?? []).flatMap(named);
  const names = columns.map(({ field }) => field);
  const join = joinBy === undefined ? { id: 'merge', options: {} } : joined(joinBy);
  return [
    join,
    { id: 'filterFieldsByName', options: { include: { names } } },
    {
      id: 'organize',
      options: {
        indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
        renameByName: Object.fromEntries(columns.map(({ field, title }) => [field, title])),
      },
    },
  ];
}

/** Grafana calls the first query's value `Value` where no other has an answer. */
const named = (column: Column): readonly Column[] =>
  column.field === 'Value #A' ? [column, { ...column, field: 'Value' }] : [column];

const joined = (byField: string): DataTransformerConfig => ({ id: 'joinByField', options: { byField, mode: 'outer' } });

interface Override {
  readonly title: string;
  readonly properties: DynamicConfigValue[];
}

/** How each column of a table looks. */
export const columnOverrides = ({ columns = [] }: Panel): readonly Override[] =>
  columns.map((column) => ({ title: column.title, properties: propertiesOf(column) }));

const propertiesOf = ({ unit, width, shown, link, isColored = false }: Column): DynamicConfigValue[] => [
  ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
  ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
  ...(shown === undefined ? [] : [{ id: 'mappings', value: mappings(shown) }]),
  ...(shown === undefined
    ? []
    : [{ id: 'custom.cellOptions', value: { type: isColored ? 'color-background' : 'color-text' } }]),
  ...(link === undefined ? [] : [{ id: 'links', value: [{ ...link, targetBlank: true }] }]),
];
