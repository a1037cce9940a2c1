import type { MeasureSpec } from '../../../src/core/measure.ts';
import { healthMeasures } from '../../../src/core/measure.ts';

const gauge = (name: string, unit: MeasureSpec['unit'], labels?: readonly string[]): MeasureSpec => ({
  name,
  unit,
  kind: 'gauge',
  help: name,
  ...(labels === undefined ? {} : { labels }),
});

const counter = (name: string, unit: MeasureSpec['unit'], labels?: readonly string[]): MeasureSpec => ({
  ...gauge(name, unit, labels),
  kind: 'counter',
});

/** Measures of every unit and kind, with and without instances, as the product's types have them. */
export const MEASURES: readonly MeasureSpec[] = [
  ...healthMeasures(),
  gauge('connections', 'count', ['state']),
  gauge('connections_used', 'ratio'),
  gauge('error_ratio', 'ratio'),
  gauge('longest_query', 'seconds'),
  gauge('idle_in_transaction_age', 'seconds'),
  gauge('replication_lag', 'seconds'),
  gauge('pool_max_wait', 'seconds'),
  gauge('blocked_queries', 'count'),
  gauge('transaction_id_age', 'count'),
  counter('deadlocks', 'count', ['database']),
  gauge('memory_used', 'bytes'),
  gauge('memory_used_ratio', 'ratio'),
  gauge('clients', 'count'),
  counter('evicted', 'count'),
  counter('received', 'bytes'),
  counter('cpu', 'seconds'),
  counter('rejected_connections', 'count'),
  gauge('last_save_ok', 'count'),
  gauge('under_replicated_partitions', 'count'),
  gauge('lag', 'count', ['group', 'topic']),
  gauge('group_members', 'count', ['group']),
  { ...gauge('lag_status', 'words', ['group']), words: ['OK', 'WARN', 'STOP', 'STALL', 'REWIND'] },
  { ...gauge('component', 'words', ['component']), words: ['operational', 'partial_outage', 'major_outage'] },
  gauge('certificate_expires_in', 'seconds'),
  gauge('certificate_lifetime_left', 'ratio'),
  gauge('disk_used', 'ratio', ['path']),
  counter('restarts', 'count'),
  counter('oom_killed', 'count'),
  gauge('age', 'seconds'),
  gauge('due', 'seconds'),
];
