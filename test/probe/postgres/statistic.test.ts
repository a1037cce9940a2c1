import { describe, expect, it } from 'vitest';
import { likeAny, literal, numberIn, sampleOf } from '../../../src/probe/postgres/row.ts';
import { activity } from '../../../src/probe/postgres/statistic/activity.ts';
import { databaseAges, databaseCounters, databaseSizes } from '../../../src/probe/postgres/statistic/databases.ts';
import { readServer } from '../../../src/probe/postgres/statistic/server.ts';
import { writers } from '../../../src/probe/postgres/statistic/writers.ts';
import { bounded } from '../../../src/probe/postgres/statistics.ts';
import { valueIn } from '../../support/postgres.ts';

const PRIMARY = { version: 150018, standby: false };

describe('a row', () => {
  it.each([
    ['12', 12],
    ['0.5', 0.5],
    ['-1', -1],
    ['', undefined],
    [null, undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
  ])('has %j as %s', (text, value) => {
    expect(numberIn({ column: text }, 'column')).toBe(value);
    expect(sampleOf({ column: text }, 'column', 'name')).toEqual(value === undefined ? [] : [{ name: 'name', value }]);
  });
});

describe('SQL from the config', () => {
  it.each([
    ["O'Brien", "E'O''Brien'"],
    ['back\\slash', "E'back\\\\slash'"],
    ["\\'; drop table item; --", "E'\\\\''; drop table item; --'"],
  ])('quotes %s', (text, quoted) => {
    expect(literal(text)).toBe(quoted);
  });

  it('takes * for any text and everything else literally', () => {
    expect(likeAny('usename', ['app_*', '100%'])).toBe(
      "usename like E'app!_%' escape '!' or usename like E'100!%' escape '!'",
    );
    expect(likeAny('usename', [])).toBe('false');
  });
});

describe('the server', () => {
  const row = {
    version_num: '150018',
    name: '15.18 (Debian)',
    version: 'PostgreSQL 15.18 on Linux',
    pid: '77',
    started: '5',
  };

  it('is a primary without lag', () => {
    const seen = readServer([{ ...row, standby: '0', replayed: null, replay_age: null }]);
    expect(seen).toMatchObject({
      server: PRIMARY,
      pid: 77,
      measures: [],
      gaps: [],
      evidence: { server: 'PostgreSQL 15.18' },
    });
    expect(valueIn(seen?.series ?? [], 'pg_replication_lag_seconds')).toBe(0);
    const labels = { version: 'PostgreSQL 15.18 on Linux', short_version: '15.18.0' };
    expect(valueIn(seen?.series ?? [], 'pg_static', labels)).toBe(1);
  });

  it.each([
    ['everything replayed', '1', '3600', 0],
    ['something to replay', '0', '42', 42],
    ['no receiver', null, '42', 42],
  ])('is a standby with %s', (_what, replayed, age, lag) => {
    const seen = readServer([{ ...row, standby: '1', replayed, replay_age: age }]);
    expect(seen?.measures).toEqual([{ name: 'replication_lag', value: lag }]);
    expect(valueIn(seen?.series ?? [], 'pg_replication_lag_seconds')).toBe(lag);
  });

  it('is a standby of unknown lag, which is no lag of 0', () => {
    const seen = readServer([{ ...row, standby: '1', replayed: null, replay_age: null }]);
    expect(seen?.measures).toEqual([]);
    expect(seen?.gaps?.[0]?.measures).toEqual(['replication_lag']);
    expect(valueIn(seen?.series ?? [], 'pg_replication_lag_seconds')).toBeUndefined();
  });

  it.each([[[]], [[{ version_num: null }]]])('is none of Postgres with %j', (rows) => {
    expect(readServer(rows)).toBeUndefined();
  });
});

describe('activity', () => {
  const read = (rows: Parameters<ReturnType<typeof activity>['read']>[0]) => activity(undefined).read(rows, PRIMARY);
  const ages = { longest_query: null, longest_transaction: null, idle_in_transaction_age: null };

  it('is the oldest over all states, and 0 where there is nothing', () => {
    const seen = read([
      {
        ...ages,
        state: 'active',
        sessions: '2',
        hidden: '0',
        slots: '10',
        longest_query: '7',
        longest_transaction: '9',
      },
      { ...ages, state: 'idle in transaction', sessions: '1', hidden: '0', slots: '10', longest_transaction: '30' },
    ]);
    expect(valueIn(seen.measures, 'longest_query')).toBe(7);
    expect(valueIn(seen.measures, 'longest_transaction')).toBe(30);
    expect(valueIn(seen.measures, 'idle_in_transaction_age')).toBe(0);
    expect(valueIn(seen.measures, 'connections', { state: 'idle' })).toBe(0);
    expect(valueIn(seen.measures, 'connections_used')).toBeCloseTo(0.3);
  });

  it('is absent, not 0, where sessions are hidden', () => {
    const seen = read([{ ...ages, state: null, sessions: '4', hidden: '3', slots: '10' }]);
    expect(seen.measures).toEqual([{ name: 'connections_used', value: 0.4 }]);
    expect(seen.gaps?.[0]?.why).toContain('pg_monitor');
  });
});

describe('databases', () => {
  it('have counters, of which what they share has no name', () => {
    const rows = [
      { datid: '0', datname: null, blks_hit: '90', blks_read: '0', deadlocks: '0', active_time: '0' },
      { datid: '5', datname: 'shop', blks_hit: '0', blks_read: '10', deadlocks: '3', active_time: '1500' },
    ];
    const seen = databaseCounters.read(rows, PRIMARY);
    expect(seen.measures).toEqual([
      { name: 'cache_hit', value: 0.9 },
      { name: 'deadlocks', value: 3, labels: { database: 'shop' } },
    ]);
    const labels = { datid: '5', datname: 'shop' };
    expect(valueIn(seen.series, 'pg_stat_database_active_time_seconds_total', labels)).toBe(1.5);
    expect(seen.series.every((sample) => sample.labels?.['datname'] === 'shop')).toBe(true);
  });

  it('have no cache_hit before anything was read', () => {
    expect(databaseCounters.read([{ datname: 'shop', blks_hit: '0', blks_read: '0' }], PRIMARY).measures).toEqual([]);
  });

  it('are as near to wraparound as the nearest, also one that nobody may connect to', () => {
    const rows = [
      { datname: 'shop', open: '1', datconnlimit: '-1', xid_age: '10', mxid_age: '1' },
      { datname: 'template0', open: '0', datconnlimit: '-1', xid_age: '99', mxid_age: '1' },
    ];
    const seen = databaseAges.read(rows, PRIMARY);
    expect(seen.measures).toEqual([{ name: 'transaction_id_age', value: 99 }]);
    const name = 'pg_database_wraparound_age_datfrozenxid_seconds';
    expect(valueIn(seen.series, name, { datname: 'shop' })).toBe(10);
    expect(valueIn(seen.series, name, { datname: 'template0' })).toBeUndefined();
  });

  it('have a size where one may connect', () => {
    const rows = [
      { datname: 'shop', size: '1000', allowed: '1' },
      ...['a', 'b', 'c', 'd'].map((datname) => ({ datname, size: null, allowed: '0' })),
    ];
    const seen = databaseSizes.read(rows, PRIMARY);
    expect(seen.measures).toEqual([{ name: 'database_size', value: 1000, labels: { database: 'shop' } }]);
    expect(seen.gaps).toEqual([{ measures: ['database_size'], why: 'no permission to connect to a, b, c, …' }]);
  });
});

describe('writers', () => {
  it.each([
    [140023, 'b.checkpoints_timed', 'pg_stat_checkpointer'],
    [160014, 'b.buffers_backend_fsync', 'pg_stat_checkpointer'],
    [170010, 'c.num_timed', 'b.checkpoints_timed'],
    [180004, 'pg_stat_checkpointer', 'b.buffers_backend'],
  ])('of version %i are asked for %s, not for %s', (version, has, lacks) => {
    const sql = writers.sql({ version, standby: false });
    expect(sql).toContain(has);
    expect(sql).not.toContain(lacks);
  });
});

describe('more instances than allowed', () => {
  it('lose the smallest, and it is said', () => {
    const samples = [3, 1, 2].map((value) => ({ name: 'database_size', value, labels: { database: `d${value}` } }));
    const { kept, gaps } = bounded([...samples, { name: 'other', value: 0 }], 2);
    expect(kept.map(({ value }) => value)).toEqual([3, 2, 0]);
    expect(gaps).toEqual([{ measures: ['database_size'], why: 'database_size: only the 2 largest are kept' }]);
  });
});
