import { type Statistic, sampleOf } from '../row.ts';
import { BGWRITER_COLUMNS, CHECKPOINTER_COLUMNS } from '../series.ts';

/** From 17 on the checkpointer has its own view. */
const OWN_CHECKPOINTER = 170_000;
const BGWRITER_SINCE_17 = ['buffers_clean', 'maxwritten_clean', 'buffers_alloc'] as const;

/** What the background writer, the checkpointer and the archiver did. */
export const writers: Statistic = {
  name: 'pg_stat_bgwriter',
  measures: [],
  sql: ({ version }) => {
    const ownView = version >= OWN_CHECKPOINTER;
    const columns = [
      ...(ownView ? BGWRITER_SINCE_17 : Object.keys(BGWRITER_COLUMNS)).map((name) => `b.${name} as bgwriter_${name}`),
      ...(ownView ? Object.keys(CHECKPOINTER_COLUMNS).map((name) => `c.${name} as checkpointer_${name}`) : []),
    ];
    return `
      select ${columns.join(', ')}, a.archived_count, a.failed_count,
        extract(epoch from now() - a.last_archived_time) as last_archive_age
      from pg_stat_bgwriter as b, pg_stat_archiver as a${ownView ? ', pg_stat_checkpointer as c' : ''}`;
  },
  read: ([row]) => ({
    measures: [],
    series: [
      ...Object.keys(BGWRITER_COLUMNS).flatMap((name) =>
        sampleOf(row, `bgwriter_${name}`, `pg_stat_bgwriter_${name}_total`),
      ),
      ...Object.keys(CHECKPOINTER_COLUMNS).flatMap((name) =>
        sampleOf(row, `checkpointer_${name}`, `pg_stat_checkpointer_${name}_total`),
      ),
      ...['archived_count', 'failed_count', 'last_archive_age'].flatMap((name) =>
        sampleOf(row, name, `pg_stat_archiver_${name}`),
      ),
    ],
  }),
};
