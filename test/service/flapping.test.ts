import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilStatus } from '../support/daemon.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { startTelling, type ToldBy, untilQuiet, untilShown } from '../support/told.ts';
import { until } from '../support/wait.ts';

const INTERVAL_MS = 500;
/** A probe, the one that confirms it, then one answer a probe: 7 changes are more than 30 % of 20. */
const IN_TURN = [503, 503, 200, 503, 200, 503, 200, 503];

describe('an endpoint that answers 200 and 503 in turn', () => {
  /** What the next probes are answered with, the last one for good. */
  let statuses: readonly number[] = [200];
  let endpoint: HttpServer;
  let alertmanager: ToldBy;
  let outrider: Outrider;

  beforeAll(async () => {
    endpoint = await startHttpServer((_request, response) => {
      const [status = 200, ...next] = statuses;
      if (next.length > 0) statuses = next;
      response.writeHead(status).end();
    });
    alertmanager = await startTelling();
    outrider = await startOutrider(`
service: shop
defaults: { interval: ${INTERVAL_MS}ms }
targets: [{ name: page, type: http, url: "${endpoint.url}" }]
notify: { alertmanager: { urls: ["${alertmanager.url}"] } }
`);
    await untilStatus(outrider, 'up', ['page']);
  });
  afterAll(() => Promise.all([outrider, alertmanager, endpoint].map((one) => one?.[Symbol.asyncDispose]())));

  it('is said once, goes on while it is up in between, and is ended once', async () => {
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
    await alertmanager.untilTold({}, ['firing HttpDown/page P1', 'resolved HttpDown/page P1']);
  });
});
