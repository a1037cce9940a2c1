import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type PostgresService, startPostgres } from '../../demo/service/postgres.ts';
import {
  look,
  lookOnce,
  movableClock,
  openPostgresProber,
  otherSession,
  outriders,
  valueIn,
} from '../support/postgres.ts';

const SIX_MINUTES = 6 * 60_000;

describe('a login that is refused', () => {
  let server: PostgresService;
  beforeAll(async () => {
    server = await startPostgres({ auth: 'scram-sha-256', hba: 'host all md5 127.0.0.1/32 md5' });
    await using other = await otherSession(server);
    await other.ask("create role app login password 'first'");
    await other.ask("set password_encryption = md5; create role md5 login password 'old-fashioned'");
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const at = (keys: Readonly<Record<string, unknown>>) => ({
    host: server.host,
    port: server.port,
    database: 'postgres',
    ...keys,
  });

  it.each([
    ['SCRAM', { username: 'app', password: 'first' }],
    ['md5', { username: 'md5', password: 'old-fashioned' }],
  ])('is none with the right password by %s', async (_how, keys) => {
    expect(await lookOnce(at(keys))).toMatchObject({ outcome: 'up' });
  });

  it.each([
    ['a wrong password', { username: 'app', password: 'wr0ng-secret' }, 'refused the login'],
    ['a wrong password by md5', { username: 'md5', password: 'wr0ng-secret' }, 'refused the login'],
    ['no password', { username: 'app' }, 'asks for a password and none is configured'],
    ['an unknown user', { username: 'nobody', password: 'wr0ng-secret' }, 'refused the login'],
  ])('is down for auth with %s', async (_what, keys, message) => {
    const seen = await lookOnce(at(keys));
    expect(seen).toMatchObject({ outcome: 'down', reason: 'auth', message: expect.stringContaining(message) });
    expect(JSON.stringify(seen)).not.toContain('wr0ng-secret');
  });

  it('is down for a database that does not exist', async () => {
    const seen = await lookOnce({ url: server.url, database: 'nowhere' });
    expect(seen).toMatchObject({ outcome: 'down', reason: 'unavailable' });
  });

  it('shows when the password was changed, although a connection is kept', async () => {
    const clock = movableClock();
    await using prober = await openPostgresProber(at({ username: 'app', password: 'first' }), { clock });
    await using other = await otherSession(server);
    expect(await look(prober)).toMatchObject({ outcome: 'up' });
    await other.ask("alter role app password 'second'");
    expect(await look(prober)).toMatchObject({ outcome: 'up' });
    clock.moveMs(SIX_MINUTES);
    expect(await look(prober)).toMatchObject({ outcome: 'down', reason: 'auth' });
    await other.ask("alter role app password 'first'");
    expect(await look(prober)).toMatchObject({ outcome: 'up' });
  });
});

describe('a full server', () => {
  it('refuses a new target, which is down for its limit', async () => {
    await using server = await startPostgres({ settings: FULL_AT_FIVE });
    await using filled = await fill(server, 5);
    const seen = await lookOnce(plainAt(server));
    expect(seen).toMatchObject({ outcome: 'down', reason: 'limit' });
    expect(seen).toHaveProperty('message', expect.stringContaining('refuses new connections'));
    expect(seen.evidence?.['connections']).toContain('never seen');
    expect(filled.sessions).toHaveLength(5);
  });

  it('is measured over the kept connection; when that is due for replacement the verdict is down, with what is in use', async () => {
    await using server = await startPostgres({ settings: FULL_AT_FIVE });
    const clock = movableClock();
    await using prober = await openPostgresProber(plainAt(server), { clock });
    await look(prober);
    const filled = await fill(server, 4);
    const kept = await look(prober);
    expect(kept.outcome).toBe('up');
    expect(valueIn(kept.measures, 'connections_used')).toBe(1);
    clock.moveMs(SIX_MINUTES);
    for (let i = 0; i < 2; i++) {
      const refused = await look(prober);
      expect(refused).toMatchObject({ outcome: 'down', reason: 'limit', evidence: { connections: '5 of 5 in use' } });
      expect(valueIn(refused.measures, 'connections_used')).toBe(1);
    }
    await filled[Symbol.asyncDispose]();
    await expect.poll(async () => (await look(prober)).outcome).toBe('up');
    await using other = await otherSession(server);
    expect(await outriders(other)).toBe(1);
  });

  it('is down with the last known use when the kept connection was lost as well', async () => {
    await using server = await startPostgres({ settings: FULL_AT_FIVE });
    await using prober = await openPostgresProber(plainAt(server));
    await using filled = await fill(server, 4);
    expect(await look(prober)).toMatchObject({ outcome: 'up', evidence: { connections: '5 of 5 in use' } });
    await filled.sessions[0]?.ask(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'outrider'",
    );
    // Its place is free a moment later.
    await using _ = await vi.waitFor(() => fill(server, 1), { timeout: 5000 });
    const seen = await look(prober);
    expect(seen).toMatchObject({ outcome: 'down', reason: 'limit' });
    expect(seen.evidence?.['connections']).toMatch(/^5 of 5 in use \d+s ago$/);
  });
});

describe('a server that goes and comes', () => {
  it('may be killed while the connection is idle, and is up again after its restart', async () => {
    await using server = await startPostgres();
    await using prober = await openPostgresProber({ url: server.url });
    for (const end of [() => server.kill(), () => server.stop()]) {
      expect(await look(prober)).toMatchObject({ outcome: 'up' });
      await end();
      const message = `connection refused by ${server.host}:${server.port}`;
      expect(await look(prober)).toMatchObject({ outcome: 'down', reason: 'refused', message });
      await server.start();
    }
    expect(await look(prober)).toMatchObject({ outcome: 'up' });
  });

  it('is up when only its connection was ended, or replaced by age, and never has two', async () => {
    await using server = await startPostgres();
    const clock = movableClock();
    await using prober = await openPostgresProber({ url: server.url }, { clock });
    await using other = await otherSession(server);
    const pid = () => other.number("select pid from pg_stat_activity where application_name = 'outrider'");
    await look(prober);
    const first = await pid();
    await other.ask(`select pg_terminate_backend(${first})`);
    expect(await look(prober)).toMatchObject({ outcome: 'up' });
    const second = await pid();
    clock.moveMs(SIX_MINUTES);
    expect(await look(prober)).toMatchObject({ outcome: 'up' });
    expect(new Set([first, second, await pid()]).size).toBe(3);
    expect(await outriders(other)).toBe(1);
  });

  it('is down for a timeout while it is frozen, and its old connection is never used again', async () => {
    await using server = await startPostgres();
    await using prober = await openPostgresProber({ url: server.url });
    await look(prober);
    await server.freeze();
    const startedMs = performance.now();
    const seen = await look(prober, 300);
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect(seen).toMatchObject({ outcome: 'down', reason: 'timeout' });
    expect(seen).toHaveProperty(
      'message',
      expect.stringContaining('within 300ms, while waiting for the answer to select 1'),
    );
    expect(await look(prober, 300)).toHaveProperty(
      'message',
      expect.stringMatching(/while (asking for TLS|connecting)$/),
    );
    await server.thaw();
    await using other = await otherSession(server);
    expect(await look(prober)).toMatchObject({ outcome: 'up' });
    await expect.poll(() => outriders(other)).toBe(1);
  });
});

describe('a standby', () => {
  it('has no lag while all that it received is replayed, and one while it does not replay', async () => {
    await using primary = await startPostgres();
    await using standby = await startPostgres({ standbyOf: primary });
    await using writer = await otherSession(primary);
    await using there = await otherSession(standby);
    await writer.ask('create table written (n int)');
    await expect.poll(() => there.number("select count(*) from pg_class where relname = 'written'")).toBe(1);
    await using prober = await openPostgresProber({ url: standby.url });
    const lag = async () => valueIn((await look(prober)).measures, 'replication_lag');
    await expect.poll(lag).toBe(0);
    await there.ask('select pg_wal_replay_pause()');
    await writer.ask('insert into written values (1)');
    await expect.poll(lag).toBeGreaterThan(0.2);
    const seen = await look(prober);
    expect(valueIn(seen.series, 'pg_replication_is_replica')).toBe(1);
    expect(seen.gaps).toEqual([{ measures: ['dead_tuples'], why: 'a standby does not count dead rows' }]);
    await there.ask('select pg_wal_replay_resume()');
    await expect.poll(lag).toBe(0);
  });

  it('is unavailable where it takes no connections', async () => {
    await using primary = await startPostgres();
    await using standby = await startPostgres({ standbyOf: primary, settings: { hot_standby: 'off' } });
    expect(await lookOnce({ url: standby.url })).toMatchObject({ outcome: 'down', reason: 'unavailable' });
  });
});

const FULL_AT_FIVE = {
  max_connections: '5',
  superuser_reserved_connections: '0',
  autovacuum: 'off',
  max_wal_senders: '0',
};

const plainAt = (server: PostgresService) => ({ url: server.url });

/** Takes so many connections. */
async function fill(server: PostgresService, count: number) {
  const sessions = await Promise.all(Array.from({ length: count }, () => otherSession(server)));
  return {
    sessions,
    async [Symbol.asyncDispose]() {
      await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
    },
  };
}
