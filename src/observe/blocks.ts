import { OUTCOMES } from '../core/result.ts';
import { type Block, formatValue } from './exposition.ts';
import type { Family } from './family.ts';
import type { Metrics, Row } from './metrics.ts';
import { escapeLabel } from './shape.ts';

export type Verdict = 'up' | 'down' | 'unknown';

/** What the rest of the daemon knows of a target, for its own series. */
export interface TargetFacts {
  readonly service: string;
  verdict(target: string): Verdict;
}

export interface Selection {
  /** Empty selects every type. */
  readonly types: readonly string[];
  /** Empty selects every target. */
  readonly targets: readonly string[];
}

function selected(metrics: Metrics, selection: Selection): readonly Row[] {
  const types = new Set(selection.types);
  const targets = new Set(selection.targets);
  const rows: Row[] = [];
  for (const row of metrics.rows()) {
    if (types.size > 0 && !types.has(row.target.type)) continue;
    if (targets.size > 0 && !targets.has(row.target.name)) continue;
    rows.push(row);
  }
  return rows;
}

/** The targets' series: what Outrider says of each, then every measure under its metric's name. */
export function* targetBlocks(metrics: Metrics, facts: TargetFacts, selection: Selection): Generator<Block> {
  const rows = selected(metrics, selection);
  yield* ownBlocks(rows, facts);
  for (const family of metrics.families()) yield { ...family, lines: () => familyLines(rows, family) };
}

function* familyLines(rows: readonly Row[], family: Family): Generator<string> {
  const { id, name } = family;
  for (const row of rows) {
    const columns = row.shape?.columns[id];
    if (columns === undefined) continue;
    const begin = name + row.prefix;
    for (const column of columns) {
      yield `${begin}${column.labelText}} ${formatValue(row.values[column.index] ?? Number.NaN)}`;
    }
  }
}

const quoted = (label: string, value: string): string => `${label}="${escapeLabel(value)}"`;

function* ownBlocks(rows: readonly Row[], facts: TargetFacts): Generator<Block> {
  const block = (
    name: string,
    kind: 'gauge' | 'counter',
    help: string,
    of: (row: Row, target: string) => Iterable<string>,
  ): Block => ({
    name,
    kind,
    help,
    *lines() {
      for (const row of rows) {
        for (const rest of of(row, quoted('target', row.target.name))) yield `${name}{${rest}`;
      }
    },
  });

  yield block('outrider_target_info', 'gauge', 'The targets of the config.', function* ({ target }, name) {
    const critical = target.critical === undefined ? '' : String(target.critical);
    const rest = [
      ['type', target.type],
      ['critical', critical],
      ['group', target.group ?? ''],
      ['service', facts.service],
    ];
    yield `${name},${rest.map(([label = '', value = '']) => quoted(label, value)).join(',')}} 1`;
  });
  yield block(
    'outrider_target_up',
    'gauge',
    'The verdict after confirmation and recovery; absent while it is unknown.',
    function* ({ target }, name) {
      const verdict = facts.verdict(target.name);
      if (verdict !== 'unknown') yield `${name},${quoted('type', target.type)}} ${verdict === 'up' ? 1 : 0}`;
    },
  );
  yield block(
    'outrider_target_last_probe_timestamp_seconds',
    'gauge',
    'When the last probe that saw something began.',
    function* (row, name) {
      if (row.at !== undefined) yield `${name}} ${row.at.wallMs / 1000}`;
    },
  );
  yield block(
    'outrider_target_probes_total',
    'counter',
    'Probes by outcome, also between scrapes.',
    function* (row, name) {
      for (const [index, outcome] of OUTCOMES.entries()) {
        const count = row.counts[index] ?? 0;
        if (count > 0 || index < 2) yield `${name},outcome="${outcome}"} ${count}`;
      }
    },
  );
  yield block('outrider_probe_failure_info', 'gauge', 'Why the last probe failed.', function* (row, name) {
    if (row.failure !== undefined) yield `${name},reason="${row.failure.reason}"} 1`;
  });
}
