import { type Statistic, sampleOf } from '../row.ts';

/** The modes that postgres_exporter reports for every database. */
const MODES = [
  'accesssharelock',
  'rowsharelock',
  'rowexclusivelock',
  'shareupdateexclusivelock',
  'sharelock',
  'sharerowexclusivelock',
  'exclusivelock',
  'accessexclusivelock',
  'sireadlock',
] as const;

/** Locks by database and mode, and how many sessions of users wait for one. Everybody may read pg_locks. */
export const locks: Statistic = {
  name: 'pg_locks',
  measures: ['blocked_queries'],
  sql: () => `
    with l as materialized (
      select database, lower(mode) as mode, granted, pid from pg_locks where pid is distinct from pg_backend_pid())
    select d.datname, m.mode, count(l.mode) as locks,
      (select count(distinct w.pid) from l as w join pg_stat_activity as a on a.pid = w.pid
        where not w.granted and a.usesysid is not null) as blocked
    from pg_database as d cross join unnest(array[${MODES.map((mode) => `'${mode}'`).join(', ')}]) as m(mode)
      left join l on l.database = d.oid and l.mode = m.mode
    group by d.datname, m.mode`,
  read: (rows) => ({
    measures: sampleOf(rows[0], 'blocked', 'blocked_queries'),
    series: rows.flatMap((row) =>
      sampleOf(row, 'locks', 'pg_locks_count', { datname: row['datname'] ?? '', mode: row['mode'] ?? '' }),
    ),
  }),
};
