import { numberIn, type Reading, type Row, type Statistic, sampleOf } from '../row.ts';
import { DATABASE_COLUMNS } from '../series.ts';

const COLUMNS = Object.keys(DATABASE_COLUMNS);

/** Counters by database; the row without a name is what all databases share. */
export const databaseCounters: Statistic = {
  name: 'pg_stat_database',
  measures: ['deadlocks', 'cache_hit'],
  sql: () => `select datid, datname, active_time, ${COLUMNS.join(', ')} from pg_stat_database`,
  read(rows) {
    const sum = (column: string) => rows.reduce((total, row) => total + (numberIn(row, column) ?? 0), 0);
    const hits = sum('blks_hit');
    const reads = sum('blks_read');
    const named = rows.filter((row) => row['datname'] !== null);
    return {
      measures: [
        ...(hits + reads === 0 ? [] : [{ name: 'cache_hit', value: hits / (hits + reads) }]),
        ...named.flatMap((row) => sampleOf(row, 'deadlocks', 'deadlocks', { database: row['datname'] ?? '' })),
      ],
      series: named.flatMap(countersOf),
    };
  },
};

function countersOf(row: Row): Reading['series'] {
  const labels = { datid: row['datid'] ?? '', datname: row['datname'] ?? '' };
  const activeMs = numberIn(row, 'active_time');
  return [
    ...COLUMNS.flatMap((column) => sampleOf(row, column, `pg_stat_database_${column}`, labels)),
    ...(activeMs === undefined
      ? []
      : [{ name: 'pg_stat_database_active_time_seconds_total', value: activeMs / 1000, labels }]),
  ];
}

/** How near each database is to transaction ID wraparound, and how many may connect to it. */
export const databaseAges: Statistic = {
  name: 'pg_database',
  measures: ['transaction_id_age'],
  sql: () => `
    select datname, datallowconn::int as open, datconnlimit, age(datfrozenxid) as xid_age, mxid_age(datminmxid) as mxid_age
    from pg_database`,
  read(rows) {
    const ages = rows.flatMap((row) => numberIn(row, 'xid_age') ?? []);
    return {
      measures: ages.length === 0 ? [] : [{ name: 'transaction_id_age', value: Math.max(...ages) }],
      series: rows.flatMap((row) => {
        const labels = { datname: row['datname'] ?? '' };
        const limit = sampleOf(row, 'datconnlimit', 'pg_database_connection_limit', labels);
        if (row['open'] !== '1') return limit;
        return [
          ...limit,
          ...sampleOf(row, 'xid_age', 'pg_database_wraparound_age_datfrozenxid_seconds', labels),
          ...sampleOf(row, 'mxid_age', 'pg_database_wraparound_age_datminmxid_seconds', labels),
        ];
      }),
    };
  },
};

/** Sizes; asked last, because a server with many files needs time for them. */
export const databaseSizes: Statistic = {
  name: 'pg_database_size',
  measures: ['database_size'],
  sql: () => `
    select datname, case when allowed then pg_database_size(oid) end as size, allowed::int as allowed
    from (select oid, datname, has_database_privilege(oid, 'connect') or pg_has_role('pg_read_all_stats', 'usage') as allowed
      from pg_database) as d`,
  read(rows) {
    const refused = rows.filter((row) => row['allowed'] !== '1').map((row) => row['datname']);
    const why = `no permission to connect to ${refused.slice(0, 3).join(', ')}${refused.length > 3 ? ', …' : ''}`;
    return {
      measures: rows.flatMap((row) => sampleOf(row, 'size', 'database_size', { database: row['datname'] ?? '' })),
      series: rows.flatMap((row) => sampleOf(row, 'size', 'pg_database_size_bytes', { datname: row['datname'] ?? '' })),
      gaps: refused.length === 0 ? [] : [{ measures: ['database_size'], why }],
    };
  },
};
