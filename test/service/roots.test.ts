import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accepts } from '../../demo/service/port.ts';
import { startPostgres } from '../../demo/service/postgres.ts';
import { startRedis } from '../../demo/service/redis.ts';
import type { Service } from '../../demo/service/service.ts';
import { receivedBy } from '../support/alertmanager.ts';
import { shownTargets, untilStatus } from '../support/daemon.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { startOutrider } from '../support/outrider.ts';
import { shownAlerts, startTelling, type ToldBy, untilQuiet, untilShown } from '../support/told.ts';
import { until } from '../support/wait.ts';

const INTERVAL_MS = 1000;

/** A service that is healthy while everything that it stands on answers it. */
const startService = (...asked: readonly (() => Promise<boolean>)[]): Promise<HttpServer> =>
  startHttpServer(async (_request, response) => {
    const answers = await Promise.all(asked.map((ask) => ask().catch(() => false)));
    response.writeHead(answers.every(Boolean) ? 200 : 503).end();
  });

async function queries(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 500 });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query('select 1')).rowCount === 1;
  } finally {
    await client.end().catch(() => {});
  }
}

const answers = async ({ url }: HttpServer): Promise<boolean> => (await fetch(url)).ok;

describe('what several real services stand on', () => {
  let database: Service;
  let cache: Service;
  let alertmanager: ToldBy;
  beforeAll(async () => {
    [database, cache, alertmanager] = await Promise.all([startPostgres(), startRedis(), startTelling()]);
  });
  beforeEach(() => Promise.all([database.start(), cache.start()])); // whatever the test before left behind
  afterAll(() => Promise.all([database, cache, alertmanager].map((one) => one?.[Symbol.asyncDispose]())));

  const notify = () => `notify: { alertmanager: { urls: ["${alertmanager.url}"] } }`;

  it('a database with five services behind it, at any depth, is one alert at their gravity, and one end', async () => {
    const asksDatabase = () => queries(database.url);
    await using orders = await startService(asksDatabase);
    await using users = await startService(asksDatabase);
    await using search = await startService(asksDatabase);
    await using front = await startService(
      () => answers(orders),
      () => answers(users),
    );
    await using admin = await startService(() => answers(front));
    const symptoms = ['admin', 'front', 'orders', 'search', 'users'];
    const service = (name: string, { url }: HttpServer, on: string) =>
      `  - { name: ${name}, type: http, url: "${url}", critical: true, depends_on: [${on}] }`;
    // The database is asked seldom: so the services fail first, and it is found because they stand on it.
    await using outrider = await startOutrider(`
service: shop
defaults: { interval: ${INTERVAL_MS}ms }
targets:
  - { name: database, type: postgres, url: "${database.url}", critical: false, interval: 3s }
${service('orders', orders, 'database')}
${service('users', users, 'database')}
${service('search', search, 'database')}
${service('front', front, 'orders, users')}
${service('admin', admin, 'front')}
${notify()}
`);
    await untilStatus(outrider, 'up', ['database', ...symptoms]);
    const probed = async () => (await shownTargets(outrider))['database']?.lastProbe;
    const before = await probed();
    await until('the database was just probed', async () => ((await probed()) === before ? undefined : true));

    await database.kill();
    const { value: root, tookMs } = await until(
      'an alert is in Alertmanager',
      async () => (await alertmanager.active({ service: 'shop' }))[0],
    );
    expect(tookMs).toBeLessThan(INTERVAL_MS + 2000);
    expect(root.labels).toMatchObject({ alertname: 'PostgresDown', target: 'database', severity: 'P0' });
    for (const name of symptoms) {
      const symptom = await untilShown(outrider, 'suppressed', 'HttpDown', name);
      expect(symptom.suppressedBy).toEqual([root.fingerprint]);
      expect(symptom.annotations['root_cause']).toBe('database');
    }
    await until('the five are named in Alertmanager', async () => {
      const all = await alertmanager.active({ service: 'shop' });
      expect(all.map(({ labels }) => labels['target'])).toEqual(['database']);
      return all[0]?.annotations['symptoms'] === symptoms.join(', ') ? true : undefined;
    });

    await database.start();
    await untilStatus(outrider, 'up', ['database', ...symptoms]);
    await untilQuiet(outrider);
    await alertmanager.untilTold({ service: 'shop' }, [
      'firing PostgresDown/database P0',
      'resolved PostgresDown/database P0',
    ]);
    expect(await alertmanager.active({ service: 'shop' })).toEqual([]);
    expect(await receivedBy(alertmanager.url)).toMatchObject({ resolved: 1, invalid: 0 });
  });

  it('a database and a cache that fail together behind one API are two alerts, each with its own end', async () => {
    await using api = await startService(
      () => queries(database.url),
      () => accepts(cache.port),
    );
    await using outrider = await startOutrider(`
service: together
defaults: { interval: ${INTERVAL_MS}ms }
targets:
  - { name: database, type: postgres, url: "${database.url}" }
  - { name: cache, type: redis, url: "${cache.url}" }
  - { name: api, type: http, url: "${api.url}", depends_on: [database, cache] }
${notify()}
`);
    const of = { service: 'together' };
    await untilStatus(outrider, 'up', ['database', 'cache', 'api']);
    await Promise.all([database.kill(), cache.kill()]);
    const begun = ['firing PostgresDown/database P1', 'firing RedisDown/cache P1'];
    await alertmanager.untilTold(of, begun);
    const roots = await alertmanager.active(of);
    const symptom = await untilShown(
      outrider,
      'suppressed',
      'HttpDown',
      'api',
      ({ suppressedBy = [] }) => suppressedBy.length === 2,
    );
    expect([...(symptom.suppressedBy ?? [])].sort()).toEqual(roots.map(({ fingerprint }) => fingerprint).sort());

    await cache.start();
    await alertmanager.untilTold(of, [...begun, 'resolved RedisDown/cache P1']);
    const [left] = await alertmanager.active(of);
    await untilShown(
      outrider,
      'suppressed',
      'HttpDown',
      'api',
      ({ suppressedBy = [] }) => suppressedBy.join() === left?.fingerprint,
    );

    await database.start();
    await untilStatus(outrider, 'up', ['database', 'cache', 'api']);
    await untilQuiet(outrider);
    await alertmanager.untilTold(of, [...begun, 'resolved RedisDown/cache P1', 'resolved PostgresDown/database P1']);
    expect(await shownAlerts(outrider)).toEqual([]);
  });

  it('a service that is still ill when its cache is back is told then, by itself', async () => {
    let ill = false;
    await using api = await startService(async () => !ill && (await accepts(cache.port)));
    await using outrider = await startOutrider(`
service: outlived
defaults: { interval: ${INTERVAL_MS}ms }
targets:
  - { name: cache, type: redis, url: "${cache.url}" }
  - { name: api, type: http, url: "${api.url}", depends_on: [cache] }
${notify()}
`);
    const of = { service: 'outlived' };
    await untilStatus(outrider, 'up', ['cache', 'api']);
    await cache.kill();
    const { since } = await untilShown(outrider, 'suppressed', 'HttpDown', 'api');
    ill = true;
    await cache.start();
    const ended = ['firing RedisDown/cache P1', 'resolved RedisDown/cache P1'];
    await alertmanager.untilTold(of, ended);
    await alertmanager.untilTold(of, [...ended, 'firing HttpDown/api P1']);
    const [left] = await alertmanager.active(of);
    expect(left).toMatchObject({ labels: { target: 'api' }, startsAt: since });
    expect(left?.annotations).not.toHaveProperty('root_cause');
    ill = false;
    await alertmanager.untilTold(of, [...ended, 'firing HttpDown/api P1', 'resolved HttpDown/api P1']);
  });
});
