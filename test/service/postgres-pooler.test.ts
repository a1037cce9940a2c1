import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type PostgresService, startPostgres } from '../../demo/service/postgres.ts';
import { startPgBouncer } from '../support/pgbouncer.ts';
import { look, lookOnce, openPostgresProber, otherSession, valueIn } from '../support/postgres.ts';

let server: PostgresService;
beforeAll(async () => {
  server = await startPostgres({ settings: { log_statement: 'all' } });
  await using other = await otherSession(server);
  await other.ask('create role app login in role pg_monitor; create role barred login connection limit 0');
});
afterAll(() => server[Symbol.asyncDispose]());

const USERS = { app: 'known', barred: 'known' };

async function bouncer(mode: 'session' | 'transaction' | 'statement', settings: Readonly<Record<string, string>> = {}) {
  const started = await startPgBouncer(server, { mode, users: USERS, settings });
  onTestFinished(() => started[Symbol.asyncDispose]());
  return { host: started.host, port: started.port, username: 'app', password: 'known', database: 'postgres' };
}

/** The same way for somebody else’s session. */
const through = ({ host, port, username, password, database }: Awaited<ReturnType<typeof bouncer>>) => ({
  connectionString: undefined,
  host,
  port,
  user: username,
  password,
  database,
});

describe('behind PgBouncer', () => {
  it.each(['session', 'transaction', 'statement'] as const)('measures the server in its %s mode', async (mode) => {
    const keys = await bouncer(mode);
    await using prober = await openPostgresProber(keys);
    for (let i = 0; i < 3; i++) {
      const seen = await look(prober);
      expect(seen).toMatchObject({ outcome: 'up', gaps: [] });
      expect(seen.evidence?.['pooler']).toContain('PgBouncer');
      expect(valueIn(seen.measures, 'longest_query')).toBe(0);
      expect(valueIn(seen.measures, 'database_size', { database: 'postgres' })).toBeGreaterThan(0);
    }
    expect(server.log()).toMatch(/set local statement_timeout = \d+/);
  });

  it('leaves the limits of its questions to nobody else', async () => {
    const keys = await bouncer('transaction', { default_pool_size: '1' });
    await lookOnce(keys);
    await using other = await otherSession(server, through(keys));
    const rows = await other.ask(
      "select name, setting from pg_settings where name in ('statement_timeout', 'lock_timeout', 'transaction_read_only') order by 1",
    );
    expect(rows.map(({ setting }) => setting)).toEqual(['0', '0', 'off']);
  });

  it('sends no start-up parameter that PgBouncer would refuse, whatever the environment says', async () => {
    process.env['PGOPTIONS'] = '-c work_mem=123MB';
    onTestFinished(() => {
      delete process.env['PGOPTIONS'];
    });
    expect(await lookOnce(await bouncer('transaction'))).toMatchObject({ outcome: 'up' });
  });

  it('is down for auth with a wrong password', async () => {
    const seen = await lookOnce({ ...(await bouncer('transaction')), password: 'wrong' });
    expect(seen).toMatchObject({ outcome: 'down', reason: 'auth' });
  });

  it('is down for its limit where PgBouncer takes no more clients', async () => {
    const keys = await bouncer('transaction', { max_client_conn: '1' });
    // The check that it listens may still be a client for a moment.
    await using _ = await vi.waitFor(() => otherSession(server, through(keys)));
    expect(await lookOnce(keys)).toMatchObject({ outcome: 'down', reason: 'limit' });
  });

  it('is down for its limit where the server takes no more of this user', async () => {
    const keys = { ...(await bouncer('transaction')), username: 'barred' };
    expect(await lookOnce(keys)).toMatchObject({ outcome: 'down', reason: 'limit' });
  });

  it('is unavailable where the server behind it is not there', async () => {
    await using gone = await startPostgres();
    await using before = await startPgBouncer(gone, {
      mode: 'transaction',
      users: { postgres: 'known' },
      settings: { query_wait_timeout: '1', server_login_retry: '1' },
    });
    await gone.stop();
    const seen = await lookOnce({ url: before.url, username: 'postgres', password: 'known', pooler: 'pgbouncer' });
    expect(seen).toMatchObject({ outcome: 'down', reason: 'unavailable' });
  });
});
