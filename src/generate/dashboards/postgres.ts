import { chosen, headOf, present, seriesPanel } from './head.ts';
import { measurePanel } from './measure-panel.ts';
import type { Section } from './panel.ts';
import type { Subject } from './subject.ts';

const perDatabase = (expr: string): string => `sum by (target, datname) (${expr})`;
const rate = (metric: string): string => `rate(${chosen(metric, 'datname!~"template[01]|"')}[$__rate_interval])`;

/** What is shown of Postgres servers. */
export const postgresSections = (subject: Subject): readonly Section[] => [
  headOf(subject),
  {
    title: 'Connections',
    panels: present([
      measurePanel(subject, ['connections_used'], { title: 'Connections in use', most: 1 }),
      measurePanel(subject, ['connections'], { title: 'Connections by state', isStacked: true, least: 0 }),
    ]),
  },
  {
    title: 'Queries and locks',
    panels: present([
      measurePanel(subject, ['longest_query'], { width: 8, least: 0 }),
      measurePanel(subject, ['longest_transaction'], { width: 8, least: 0 }),
      measurePanel(subject, ['idle_in_transaction_age'], { title: 'Idle in transaction', width: 8, least: 0 }),
      measurePanel(subject, ['blocked_queries'], { title: 'Sessions that wait for a lock', width: 8, least: 0 }),
      measurePanel(subject, ['deadlocks'], { width: 8, least: 0 }),
      locks(subject),
    ]),
  },
  {
    title: 'Work',
    panels: present([
      transactions(subject),
      rows(subject),
      measurePanel(subject, ['cache_hit'], { title: 'Reads from the buffer cache', width: 8, most: 1 }),
      temporary(subject),
      measurePanel(subject, ['replication_lag'], { title: 'Behind the primary', width: 8, least: 0 }),
    ]),
  },
  {
    title: 'Storage',
    panels: present([
      measurePanel(subject, ['database_size'], { title: 'Size of databases', width: 8, least: 0 }),
      measurePanel(subject, ['dead_tuples'], { title: 'Dead rows', width: 8, least: 0 }),
      measurePanel(subject, ['transaction_id_age'], { title: 'Age of the oldest transaction ID', width: 8, least: 0 }),
    ]),
  },
];

const locks = (subject: Subject) =>
  seriesPanel(subject, {
    title: 'Locks by mode',
    description: 'Locks that are held or awaited, by mode, over all databases.',
    queries: [{ expr: `sum by (target, mode) (${chosen('pg_locks_count')}) > 0`, legend: '{{target}} {{mode}}' }],
    unit: 'short',
    width: 8,
    least: 0,
    isStacked: true,
  });

const transactions = (subject: Subject) =>
  seriesPanel(subject, {
    title: 'Transactions',
    description: 'Transactions that were committed or rolled back, per second and database.',
    queries: [
      { expr: perDatabase(rate('pg_stat_database_xact_commit')), legend: '{{target}} {{datname}} committed' },
      { expr: perDatabase(rate('pg_stat_database_xact_rollback')), legend: '{{target}} {{datname}} rolled back' },
    ],
    unit: 'cps',
    least: 0,
  });

const rows = (subject: Subject) =>
  seriesPanel(subject, {
    title: 'Rows',
    description: 'Rows per second over all databases: read by queries, inserted, updated, deleted.',
    queries: ['fetched', 'inserted', 'updated', 'deleted'].map((what) => ({
      expr: `sum by (target) (${rate(`pg_stat_database_tup_${what}`)})`,
      legend: `{{target}} ${what}`,
    })),
    unit: 'cps',
    least: 0,
  });

const temporary = (subject: Subject) =>
  seriesPanel(subject, {
    title: 'Temporary files',
    description: 'What queries write to disk because it does not fit into work_mem, per second and database.',
    queries: [{ expr: perDatabase(rate('pg_stat_database_temp_bytes')), legend: '{{target}} {{datname}}' }],
    unit: 'binBps',
    width: 8,
    least: 0,
  });
