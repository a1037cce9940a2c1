import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresService, startPostgres } from '../../demo/service/postgres.ts';
import { postgres } from '../../src/probe/postgres/type.ts';
import { probeContract } from '../contract/probe.ts';
import { look, lookOnce, openPostgresProber, otherSession, outriders, valueIn } from '../support/postgres.ts';

/** A session tells the statistics what it did at most once a second. */
const COUNTED = { timeout: 15_000 };

let server: PostgresService;
beforeAll(async () => {
  server = await startPostgres({ settings: { deadlock_timeout: '50ms', autovacuum: 'off' } });
  await using other = await otherSession(server);
  await other.ask('create table item (id int primary key, n int)');
  await other.ask('insert into item values (1, 0), (2, 0)');
});
afterAll(() => server[Symbol.asyncDispose]());

describe('postgres', () => {
  probeContract('postgres', {
    declared: postgres,
    open: ({ host, port }) => openPostgresProber({ host, port }),
    service: () => ({ endpoint: server, freeze: () => server.freeze(), thaw: () => server.thaw() }),
  });
});

describe('what postgres measures', () => {
  it('is up without anything missing', async () => {
    const seen = await lookOnce({ url: server.url });
    expect(seen).toMatchObject({ outcome: 'up', gaps: [] });
    expect(seen.evidence?.['server']).toMatch(/^PostgreSQL \d+\.\d+$/);
  });

  it('counts connections by state and against those that users may have', async () => {
    await using idle = await otherSession(server);
    await using open = await otherSession(server);
    await open.ask('begin');
    const seen = await lookOnce({ url: server.url });
    expect(valueIn(seen.measures, 'connections', { state: 'idle' })).toBe(1);
    expect(valueIn(seen.measures, 'connections', { state: 'idle in transaction' })).toBe(1);
    expect(valueIn(seen.measures, 'connections', { state: 'active' })).toBe(1);
    const slots = await idle.number(
      "select sum(setting::int * case name when 'max_connections' then 1 else -1 end) from pg_settings where name in ('max_connections', 'superuser_reserved_connections', 'reserved_connections')",
    );
    expect(valueIn(seen.measures, 'connections_used')).toBe(3 / slots);
  });

  it('measures the longest query, not its own and not what is to be ignored', async () => {
    await using slow = await otherSession(server);
    const sleeping = slow.ask('select pg_sleep(5)').catch(() => {});
    await using prober = await openPostgresProber({ url: server.url });
    await using ignoring = await openPostgresProber({ url: server.url, ignore: { applications: ['te*'] } });
    await expect.poll(async () => valueIn((await look(prober)).measures, 'longest_query')).toBeGreaterThan(0.3);
    const seen = await look(ignoring);
    expect(valueIn(seen.measures, 'longest_query')).toBe(0);
    expect(valueIn(seen.measures, 'longest_transaction')).toBe(0);
    await using other = await otherSession(server);
    await other
      .ask("select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep%'")
      .catch(() => {});
    await sleeping;
  });

  it('measures how long a session has been idle in its transaction', async () => {
    await using open = await otherSession(server);
    await open.ask('begin');
    await using prober = await openPostgresProber({ url: server.url });
    await expect
      .poll(async () => valueIn((await look(prober)).measures, 'idle_in_transaction_age'))
      .toBeGreaterThan(0.2);
    const seen = await look(prober);
    const longest = valueIn(seen.measures, 'longest_transaction') ?? 0;
    expect(longest).toBeGreaterThanOrEqual(valueIn(seen.measures, 'idle_in_transaction_age') ?? 0);
  });

  it('counts queries that wait for a lock', async () => {
    await using holder = await otherSession(server);
    await using waiter = await otherSession(server);
    await holder.ask('begin; lock table item in access exclusive mode');
    const waiting = waiter.ask('select count(*) from item');
    await using prober = await openPostgresProber({ url: server.url });
    await expect.poll(async () => valueIn((await look(prober)).measures, 'blocked_queries')).toBe(1);
    const seen = await look(prober);
    const labels = { datname: 'postgres', mode: 'accessexclusivelock' };
    expect(valueIn(seen.series, 'pg_locks_count', labels)).toBe(1);
    await holder.ask('rollback');
    await waiting;
    expect(valueIn((await look(prober)).measures, 'blocked_queries')).toBe(0);
  });

  it('counts a deadlock', async () => {
    await using prober = await openPostgresProber({ url: server.url });
    const deadlocks = async () => valueIn((await look(prober)).measures, 'deadlocks', { database: 'postgres' }) ?? -1;
    const before = await deadlocks();
    await makeDeadlock();
    await expect.poll(deadlocks, COUNTED).toBe(before + 1);
  });

  it('says of sizes, dead rows, ages and counters what the server says', async () => {
    await using other = await otherSession(server);
    await other.ask('create table dead as select generate_series(1, 500) as n; delete from dead');
    await using prober = await openPostgresProber({ url: server.url });
    const dead = () => other.number('select sum(n_dead_tup) from pg_stat_user_tables');
    await expect.poll(dead, COUNTED).toBeGreaterThanOrEqual(500);
    const seen = await look(prober);
    expect(valueIn(seen.measures, 'dead_tuples')).toBe(await dead());
    const size = await other.number("select pg_database_size('template1')");
    expect(valueIn(seen.measures, 'database_size', { database: 'template1' })).toBe(size);
    expect(valueIn(seen.series, 'pg_database_size_bytes', { datname: 'template1' })).toBe(size);
    const age = await other.number('select max(age(datfrozenxid)) from pg_database');
    expect(valueIn(seen.measures, 'transaction_id_age')).toBe(age);
    const hit = await other.number('select sum(blks_hit) / sum(blks_hit + blks_read) from pg_stat_database');
    expect(valueIn(seen.measures, 'cache_hit')).toBeCloseTo(hit, 2);
    expect(valueIn(seen.measures, 'replication_lag')).toBeUndefined();
    expect(valueIn(seen.series, 'pg_replication_is_replica')).toBe(0);
  });

  it('exposes settings in bytes, as postgres_exporter does', async () => {
    const seen = await lookOnce({ url: server.url });
    expect(valueIn(seen.series, 'pg_settings_max_connections')).toBe(20);
    expect(valueIn(seen.series, 'pg_settings_shared_buffers_bytes')).toBe(16 * 1024 * 1024);
    expect(valueIn(seen.series, 'pg_settings_random_page_cost')).toBe(4);
  });

  it('reports every series that it declares, but those of other versions and of an archive', async () => {
    const seen = await lookOnce({ url: server.url });
    const reported = new Set(seen.series.map(({ name }) => name));
    const absent = postgres.series.map(({ name }) => name).filter((name) => !reported.has(name));
    expect(
      absent.filter((name) => !/checkpoint|buffers_backend|reserved_conn|archive_age|last_replay/.test(name)),
    ).toEqual([]);
  });
});

/** Two sessions that wait for each other; what they did is counted once they are gone. */
async function makeDeadlock(): Promise<void> {
  await using one = await otherSession(server);
  await using two = await otherSession(server);
  await one.ask('begin; update item set n = 1 where id = 1');
  await two.ask('begin; update item set n = 1 where id = 2');
  const both = [one.ask('update item set n = 1 where id = 2'), two.ask('update item set n = 1 where id = 1')];
  const outcomes = await Promise.allSettled(both);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
}

describe('how postgres is asked', () => {
  it('has one connection and keeps it', async () => {
    await using prober = await openPostgresProber({ url: server.url });
    await using other = await otherSession(server);
    const pids = new Set<unknown>();
    for (let i = 0; i < 50; i++) {
      const [seen] = await Promise.all([look(prober), other.ask('select 1')]);
      expect(seen.outcome).toBe('up');
      const rows = await other.ask("select pid from pg_stat_activity where application_name = 'outrider'");
      expect(rows).toHaveLength(1);
      pids.add(rows[0]?.['pid']);
    }
    expect(pids.size).toBe(1);
  });

  it('goes through a Unix socket, without TLS', async () => {
    await using own = await startPostgres({ settings: { unix_socket_directories: '.' } });
    const host = join(own.folder, 'data');
    const seen = await lookOnce({ host, port: own.port, username: 'postgres' });
    expect(seen).toMatchObject({ outcome: 'up', gaps: [] });
    await own.stop();
    const gone = await lookOnce({ host, port: own.port, username: 'postgres' });
    const message = `no server listens at ${host}/.s.PGSQL.${own.port}`;
    expect(gone).toMatchObject({ outcome: 'down', reason: 'refused', message });
  });

  it('lets go of its connection when it is closed', async () => {
    await using other = await otherSession(server);
    const prober = await openPostgresProber({ url: server.url });
    await look(prober);
    expect(await outriders(other)).toBe(1);
    await prober[Symbol.asyncDispose]();
    await expect.poll(() => outriders(other)).toBe(0);
  });

  it('asks in read-only transactions with its own limits on time and lock waits', async () => {
    await using own = await startPostgres({ settings: { log_statement: 'all' } });
    await lookOnce({ url: own.url }, 2000);
    const asked =
      own
        .log()
        .replaceAll(/\s+/g, ' ')
        .match(/set local .*?lock_timeout = \d+/g) ?? [];
    expect(asked.length).toBeGreaterThan(5);
    for (const limits of asked) {
      expect(limits).toMatch(/^set local transaction_read_only = on; set local search_path = pg_catalog;/);
      expect(Number(/statement_timeout = (\d+)/.exec(limits)?.[1])).toBeLessThan(1000);
    }
  });
});
