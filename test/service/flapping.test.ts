import { afterAll, beforeAll, describe, it } from 'vitest';
import { accepts } from '../../demo/service/port.ts';
import { startRedis } from '../../demo/service/redis.ts';
import { untilStatus } from '../support/daemon.ts';
import { startHttpServer } from '../support/http-server.ts';
import { startOutrider } from '../support/outrider.ts';
import { shownAlerts, startTelling, type ToldBy, untilQuiet, untilShown } from '../support/told.ts';
import { until } from '../support/wait.ts';

const INTERVAL_MS = 500;
/** A probe, the one that confirms it, then one answer a probe: 7 changes are more than 30 % of 20. */
const IN_TURN = [503, 503, 200, 503, 200, 503, 200, 503];
/** Each outage is two changes; one takes longer where others use the machine. */
const MOST_OUTAGES = 10;

describe.concurrent('what goes up and down', () => {
  let alertmanager: ToldBy;
  beforeAll(async () => {
    alertmanager = await startTelling();
  });
  afterAll(() => alertmanager?.[Symbol.asyncDispose]());

  it('is said once, goes on while it is up in between, and is ended once', async ({ expect }) => {
    /** What the next probes are answered with, the last one for good. */
    let statuses: readonly number[] = [200];
    await using endpoint = await startHttpServer((_request, response) => {
      const [status = 200, ...next] = statuses;
      if (next.length > 0) statuses = next;
      response.writeHead(status).end();
    });
    await using outrider = await startOutrider(`
service: shop
defaults: { interval: ${INTERVAL_MS}ms }
targets: [{ name: page, type: http, url: "${endpoint.url}" }]
notify: { alertmanager: { urls: ["${alertmanager.url}"] } }
`);
    await untilStatus(outrider, 'up', ['page']);
    statuses = IN_TURN;
    await until('it answered in turn', () => (statuses.length === 1 ? true : undefined));
    const first = await untilShown(outrider, 'firing', 'HttpDown', 'page');

    statuses = [200];
    await untilStatus(outrider, 'up', ['page']);
    const still = await untilShown(outrider, 'firing', 'HttpDown', 'page');
    expect(still).toMatchObject({ fingerprint: first.fingerprint, since: first.since });
    expect(still.annotations['evidence']).toMatch(/^it goes up and down: \d+% of its last results differ/);
    statuses = [503];
    await untilStatus(outrider, 'down', ['page']);
    expect((await alertmanager.active({ target: 'page' })).map(({ startsAt }) => startsAt)).toEqual([first.since]);

    statuses = [200];
    await untilStatus(outrider, 'up', ['page']);
    await untilShown(outrider, 'firing', 'HttpDown', 'page');
    await untilQuiet(outrider);
    await alertmanager.untilTold({ target: 'page' }, ['firing HttpDown/page P1', 'resolved HttpDown/page P1']);
  });

  it('because of what it stands on is not told at all, neither meanwhile nor when both are well again', async ({
    expect,
  }) => {
    await using cache = await startRedis();
    await using api = await startHttpServer(async (_request, response) => {
      response.writeHead((await accepts(cache.port)) ? 200 : 503).end();
    });
    await using outrider = await startOutrider(`
service: shop
defaults: { interval: ${INTERVAL_MS}ms }
targets:
  - { name: cache, type: redis, url: "${cache.url}" }
  - { name: api, type: http, url: "${api.url}", depends_on: [cache] }
notify: { alertmanager: { urls: ["${alertmanager.url}"] } }
`);
    await untilStatus(outrider, 'up', ['cache', 'api']);
    const unsteady = async () =>
      (await shownAlerts(outrider))
        .filter(({ annotations }) => /^it goes up and down/.test(annotations['evidence'] ?? ''))
        .map(({ target, state }) => `${target} ${state}`)
        .sort();
    for (let outage = 0; (await unsteady()).length < 2 && outage < MOST_OUTAGES; outage++) {
      await cache.kill();
      await untilStatus(outrider, 'down', ['cache', 'api']);
      await cache.start();
      await untilStatus(outrider, 'up', ['cache', 'api']);
    }
    expect(await unsteady()).toEqual(['api suppressed', 'cache firing']);
    await untilQuiet(outrider);
    await until('the end is told', () =>
      alertmanager.told({ target: 'cache' }).at(-1) === 'resolved RedisDown/cache P1' ? true : undefined,
    );
    expect(alertmanager.told({ target: 'api' })).toEqual([]);
  });
});
