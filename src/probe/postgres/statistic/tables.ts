import { type Statistic, sampleOf } from '../row.ts';

/** Dead rows of the database that the target connects to. A standby counts none. */
export const deadTuples: Statistic = {
  name: 'pg_stat_user_tables',
  measures: ['dead_tuples'],
  sql: () => 'select coalesce(sum(n_dead_tup), 0) as dead from pg_stat_user_tables where not pg_is_in_recovery()',
  read: ([row], { standby }) =>
    standby
      ? { measures: [], series: [], gaps: [{ measures: ['dead_tuples'], why: 'a standby does not count dead rows' }] }
      : { measures: sampleOf(row, 'dead', 'dead_tuples'), series: [] },
};
