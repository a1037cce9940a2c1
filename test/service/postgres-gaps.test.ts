import { afterAll, beforeAll, expect, it } from 'vitest';
import { type PostgresService, startPostgres } from '../../demo/service/postgres.ts';
import { look, lookOnce, openPostgresProber, otherSession, outriders, valueIn } from '../support/postgres.ts';

let server: PostgresService;
beforeAll(async () => {
  server = await startPostgres({ settings: { allow_system_table_mods: 'on' } });
  await using other = await otherSession(server);
  await other.ask('create role plain login; create role monitor login in role pg_monitor');
  await other.ask('create database closed');
  await other.ask('revoke connect on database closed from public');
});
afterAll(() => server[Symbol.asyncDispose]());

it('tells somebody with pg_monitor everything', async () => {
  await using _ = await otherSession(server);
  const seen = await lookOnce({ url: server.url, username: 'monitor', database: 'postgres' });
  expect(seen).toMatchObject({ outcome: 'up', gaps: [] });
  expect(valueIn(seen.measures, 'connections', { state: 'idle' })).toBe(1);
  expect(valueIn(seen.measures, 'database_size', { database: 'closed' })).toBeGreaterThan(0);
});

it('is up for somebody without pg_monitor, and says what is hidden', async () => {
  await using _ = await otherSession(server);
  const seen = await lookOnce({ url: server.url, username: 'plain', database: 'postgres' });
  expect(seen.outcome).toBe('up');
  expect(seen.gaps?.map(({ measures }) => measures)).toEqual([
    ['connections', 'longest_query', 'longest_transaction', 'idle_in_transaction_age'],
    ['database_size'],
  ]);
  expect(seen.gaps?.[0]?.why).toContain('pg_monitor');
  expect(seen.gaps?.[1]?.why).toBe('no permission to connect to closed');
  expect(valueIn(seen.measures, 'connections_used')).toBeGreaterThan(0);
  expect(valueIn(seen.measures, 'blocked_queries')).toBe(0);
  expect(valueIn(seen.measures, 'longest_query')).toBeUndefined();
  expect(valueIn(seen.series, 'pg_stat_activity_count', { datname: 'postgres', state: 'idle' })).toBeUndefined();
});

it('loses only the measures of a view that it may not read, and asks for it once a connection', async () => {
  await using other = await otherSession(server);
  await other.ask('revoke select on pg_catalog.pg_stat_database from public');
  await using prober = await openPostgresProber({ url: server.url, username: 'plain', database: 'postgres' });
  for (let i = 0; i < 3; i++) {
    const seen = await look(prober);
    expect(seen.outcome).toBe('up');
    expect(seen.gaps).toContainEqual({
      measures: ['deadlocks', 'cache_hit'],
      why: 'pg_stat_database: permission denied for view pg_stat_database (42501)',
    });
    expect(valueIn(seen.measures, 'transaction_id_age')).toBeGreaterThan(0);
  }
  await other.ask('grant select on pg_catalog.pg_stat_database to public');
  expect(server.log().match(/permission denied for view pg_stat_database/g)).toHaveLength(1);
});

it('does not wait for a lock, and keeps its connection', async () => {
  await using other = await otherSession(server);
  await using prober = await openPostgresProber({ url: server.url });
  await look(prober);
  await other.ask('begin; lock table pg_catalog.pg_database in access exclusive mode');
  const seen = await look(prober, 1000);
  await other.ask('rollback');
  expect(seen.outcome).toBe('up');
  expect(seen.gaps).toContainEqual({
    measures: ['transaction_id_age'],
    why: 'pg_database: it waited too long for a lock',
  });
  expect(valueIn(seen.measures, 'dead_tuples')).toBeDefined();
  expect(await look(prober)).toMatchObject({ outcome: 'up', gaps: [] });
  expect(await outriders(other)).toBe(1);
});

it('lets the server cancel what takes too long, and answers within its timeout', async () => {
  await using own = await startPostgres({ settings: { allow_system_table_mods: 'on' } });
  await using other = await otherSession(own);
  await other.ask(`create or replace view pg_catalog.pg_stat_user_tables as
    select * from pg_stat_all_tables where schemaname not in ('pg_catalog') and pg_sleep(60) is not null`);
  await using prober = await openPostgresProber({ url: own.url });
  const startedMs = performance.now();
  const seen = await look(prober, 2000);
  expect(performance.now() - startedMs).toBeLessThan(2000);
  expect(seen.gaps).toEqual([
    { measures: ['dead_tuples'], why: 'pg_stat_user_tables: it took too long and was cancelled' },
  ]);
  expect(valueIn(seen.measures, 'database_size', { database: 'postgres' })).toBeGreaterThan(0);
  expect(own.log()).toContain('canceling statement due to statement timeout');
});

it('calls no function of a user in place of the server’s', async () => {
  await using other = await otherSession(server);
  await other.ask(`create schema trap; grant usage on schema trap to monitor;
    create function trap.pg_postmaster_start_time() returns timestamptz language sql as $$ select 'epoch'::timestamptz $$;
    alter role monitor set search_path = trap, pg_catalog`);
  const seen = await lookOnce({ url: server.url, username: 'monitor', database: 'postgres' });
  await other.ask('alter role monitor reset search_path; drop schema trap cascade');
  expect(seen).toMatchObject({ outcome: 'up', gaps: [] });
  expect(valueIn(seen.series, 'pg_postmaster_start_time_seconds')).toBeGreaterThan(1e9);
});
