import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAlertmanager } from '../../demo/service/alertmanager.ts';
import type { Service } from '../../demo/service/service.ts';
import { activeAlerts, receivedBy } from '../support/alertmanager.ts';
import { exposedBy, untilStatus } from '../support/daemon.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

const WITHIN_MS = 3000;

interface Parts {
  readonly labels?: string;
  readonly targets?: readonly string[];
  readonly peers?: readonly Pick<Service, 'url'>[];
}

describe('a reload during an outage', () => {
  let first: Service;
  let second: Service;
  let server: HttpServer;
  let outrider: Outrider;

  const config = ({ labels = '{ env: test }', targets = ['one', 'two'], peers = [first] }: Parts = {}) => `
service: shop
startup_grace: 0s
labels: ${labels}
defaults: { interval: 500ms, timeout: 400ms }
targets: [${targets.map((name) => `{ name: ${name}, type: http, url: "${server.url}/" }`).join(', ')}]
notify: { alertmanager: { urls: [${peers.map(({ url }) => `"${url}"`).join(', ')}] } }
watchdog: { to: [] }
`;
  const active = async (peer: Service) =>
    (await activeAlerts(peer.url)).map(({ labels }) => `${labels['target']} ${labels['env']}`).sort();
  /** By its name, which the daemon looks up by itself. */
  const secondByName = () => ({ url: second.url.replace('127.0.0.1', 'localhost') });
  const untilActive = (peer: Service, expected: readonly string[]) =>
    until(
      `${expected.join(', ')} at ${peer.url}`,
      async () => ((await active(peer)).join() === expected.join() ? true : undefined),
      WITHIN_MS,
    );

  beforeAll(async () => {
    server = await startHttpServer((_request, response) => response.writeHead(503).end());
    [first, second] = await Promise.all([startAlertmanager(), startAlertmanager()]);
    outrider = await startOutrider(config());
    await untilStatus(outrider, 'down', ['one', 'two']);
    await untilActive(first, ['one test', 'two test']);
  });
  afterAll(() => Promise.all([outrider, server, first, second].map((one) => one?.[Symbol.asyncDispose]())));

  it('that changes nothing tells nothing', async () => {
    const before = await receivedBy(first.url);
    await outrider.reload(`# the same\n${config()}`);
    await until('both were probed again', async () => {
      const counts = (await exposedBy(outrider)).get('outrider_target_probes_total') ?? [];
      return counts.filter(({ labels, value }) => labels['outcome'] === 'down' && value > 4).length === 2 || undefined;
    });
    expect(await receivedBy(first.url)).toEqual(before);
  });

  it('that changes the labels ends the alerts that had the old ones: nothing fires twice', async () => {
    await outrider.reload(config({ labels: '{ env: production }' }));
    await untilActive(first, ['one production', 'two production']);
  });

  it('that takes a target away ends its alert', async () => {
    await outrider.reload(config({ labels: '{ env: production }', targets: ['one'] }));
    await untilActive(first, ['one production']);
  });

  it('that adds a peer tells it what fires, with its true beginning', async () => {
    await outrider.reload(config({ labels: '{ env: production }', targets: ['one'], peers: [first, secondByName()] }));
    await untilActive(second, ['one production']);
    const [[told], [late]] = await Promise.all([activeAlerts(first.url), activeAlerts(second.url)]);
    expect(late).toMatchObject({ startsAt: told?.startsAt, fingerprint: told?.fingerprint });
  });

  it('that takes a peer away tells it nothing any more', async () => {
    await outrider.reload(config({ labels: '{ env: production }', targets: ['one'], peers: [secondByName()] }));
    const before = await receivedBy(first.url);
    await outrider.reload(
      config({ labels: '{ env: production }', targets: ['one', 'three'], peers: [secondByName()] }),
    );
    await untilActive(second, ['one production', 'three production']);
    expect(await receivedBy(first.url)).toEqual(before);
    expect((await exposedBy(outrider)).get('outrider_receiver_up')?.map(({ labels }) => labels['receiver'])).toEqual([
      secondByName().url,
    ]);
  });
});
