import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresService, startPostgres } from '../../demo/service/postgres.ts';
import { postgres } from '../../src/probe/postgres/type.ts';
import { scrape, startExporter } from '../support/exporter.ts';
import { exposeProbe, promtoolSays } from '../support/exposition.ts';
import { compareExpositions, type Exception, parseExposition, type Tolerance } from '../support/peer.ts';
import { openPostgresProber, otherSession } from '../support/postgres.ts';

// Each of ours lies between the exporter's just before and just after, but for these.
const TOLERANCES: Readonly<Record<string, Tolerance>> = {
  // The exporter counts the locks of its own query, Outrider leaves its own session out.
  pg_locks_count: { absolute: 1 },
  // The exporter asks over several sessions, of which one or two are active while it looks, and none while we do.
  pg_stat_activity_count: { absolute: 1 },
  pg_stat_activity_max_tx_duration: { absolute: 0.5 },
};

const EXCEPTIONS: readonly Exception[] = [
  {
    name: /^pg_stat_database_/,
    series: ({ datid }) => datid === '0',
    reason: 'the row of the shared catalogs, which belongs to no database; dashboards leave it out',
  },
];

/** A session that has something open, so that there is something to count. */
async function busySession(server: PostgresService) {
  const session = await otherSession(server);
  await session.ask('begin');
  await session.ask('select count(*) from item');
  return session;
}

async function compareWith(server: PostgresService) {
  await using exporter = await startExporter({
    name: 'postgres_exporter',
    args: (address) => [`--web.listen-address=${address}`],
    env: { DATA_SOURCE_NAME: `${server.url}?sslmode=disable` },
  });
  await using _ = await busySession(server);
  await using prober = await openPostgresProber({ url: server.url });
  await exposeProbe(postgres, prober); // connects
  const before = await scrape(exporter.url);
  const text = await exposeProbe(postgres, prober);
  const after = await scrape(exporter.url);
  const ours = parseExposition(text);
  const targetLabels = ['server'];
  const allowed = { tolerances: TOLERANCES, exceptions: EXCEPTIONS, targetLabels };
  return { report: compareExpositions({ ours, before, after, ...allowed }), text };
}

describe('beside postgres_exporter on the same server', () => {
  let primary: PostgresService;
  let standby: PostgresService;
  beforeAll(async () => {
    primary = await startPostgres();
    await using other = await otherSession(primary);
    await other.ask('create table item as select generate_series(1, 1000) as id');
    await other.ask('create database shop');
    standby = await startPostgres({ standbyOf: primary });
  });
  afterAll(async () => {
    await standby[Symbol.asyncDispose]();
    await primary[Symbol.asyncDispose]();
  });

  it.each([
    ['a primary', () => primary],
    ['a standby', () => standby],
  ])('every metric that both expose of %s agrees', async (_, server) => {
    const { report, text } = await compareWith(server());
    expect(report.differences).toEqual([]);
    expect(report.idle).toEqual([]);
    expect(report.compared.length).toBeGreaterThan(40);
    expect(report.compared).toEqual(
      expect.arrayContaining([
        'pg_up',
        'pg_stat_activity_count',
        'pg_stat_activity_max_tx_duration',
        'pg_stat_database_xact_commit',
        'pg_database_size_bytes',
        'pg_settings_max_connections',
      ]),
    );
    expect(await promtoolSays(text)).toBe('');
  });
});
