import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startAlertmanager } from '../../demo/service/alertmanager.ts';
import type { Service } from '../../demo/service/service.ts';
import { activeAlerts, receivedBy } from '../support/alertmanager.ts';
import { exposedBy, seriesIn, untilStatus } from '../support/daemon.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';
import { type Outrider, startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

const INTERVAL_MS = 500;
/** From the first failed probe: it is confirmed a tenth of the interval later. */
const TOLD_WITHIN_MS = INTERVAL_MS + 2000;
const TARGETS = ['one', 'two'];

describe('delivery to real Alertmanagers', () => {
  let first: Service;
  let second: Service;
  let server: HttpServer;
  let outrider: Outrider;
  const failing = new Set<string>();

  const config = () => `
service: shop
startup_grace: 0s
defaults: { interval: ${INTERVAL_MS}ms, timeout: 400ms }
targets:
${TARGETS.map((name) => `  - { name: ${name}, type: http, url: "${server.url}/${name}" }`).join('\n')}
notify:
  alertmanager: { urls: ["${first.url}", "${second.url}"] }
watchdog: { to: [] }
`;
  const start = async () => {
    outrider = await startOutrider(config());
  };
  const activeAt = async (peer: Service) => (await activeAlerts(peer.url)).map(({ labels }) => labels['target']).sort();
  const untilActive = (peer: Service, targets: readonly string[], withinMs: number) =>
    until(
      `${targets.join(', ') || 'nothing'} at ${peer.url}`,
      async () => ((await activeAt(peer)).join() === targets.join() ? true : undefined),
      withinMs,
    );
  const queueLength = async (peer: Service) =>
    seriesIn(await exposedBy(outrider), 'outrider_notification_queue_length', { receiver: peer.url });

  beforeAll(async () => {
    server = await startHttpServer((request, response) => {
      response.writeHead(failing.has(request.url?.slice(1) ?? '') ? 503 : 200).end();
    });
  });
  afterAll(() => server?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    failing.clear();
    [first, second] = await Promise.all([startAlertmanager(), startAlertmanager()]);
  });
  afterEach(() => Promise.all([outrider, first, second].map((one) => one?.[Symbol.asyncDispose]())));

  it('tells both peers of every beginning and every end', async () => {
    await start();
    await untilStatus(outrider, 'up', TARGETS);
    for (const name of TARGETS) failing.add(name);
    for (const peer of [first, second]) await untilActive(peer, TARGETS, TOLD_WITHIN_MS);
    failing.delete('one');
    for (const peer of [first, second]) await untilActive(peer, ['two'], 2 * INTERVAL_MS + 2000);
    failing.clear();
    for (const peer of [first, second]) {
      await untilActive(peer, [], 2 * INTERVAL_MS + 2000);
      expect(await receivedBy(peer.url)).toEqual({ firing: 2, resolved: 2, invalid: 0 });
    }
  });

  it('is not delayed by a peer that was dead from the start, which is told of everything with its true times when it comes', async () => {
    await second.kill();
    await start();
    await untilStatus(outrider, 'up', TARGETS);
    failing.add('one');
    await untilActive(first, ['one'], TOLD_WITHIN_MS);
    failing.add('two');
    await untilActive(first, TARGETS, TOLD_WITHIN_MS);
    failing.delete('two');
    await untilActive(first, ['one'], 2 * INTERVAL_MS + 2000);
    expect(await queueLength(first)).toBe(0);
    expect(await queueLength(second)).toBe(3);
    const [known] = await activeAlerts(first.url);
    const startsAtMs = Date.parse(known?.startsAt ?? '');
    await until('it has been away for 20 s', () => (Date.now() - startsAtMs > 20_000 ? true : undefined));

    await second.start();
    const { tookMs } = await untilActive(second, ['one'], 10_000);
    expect(tookMs).toBeLessThan(6000);
    await until('it was told of an end', async () =>
      (await receivedBy(second.url)).resolved === 1 ? true : undefined,
    );
    // What came and went meanwhile was told as a beginning, then as an end: as the last word it does not stand.
    expect(await receivedBy(second.url)).toEqual({ firing: 2, resolved: 1, invalid: 0 });
    expect(await activeAt(second)).toEqual(['one']);
    const [late] = await activeAlerts(second.url);
    expect(late?.startsAt).toBe(known?.startsAt);
    expect(late?.fingerprint).toBe(known?.fingerprint);
    expect(await queueLength(second)).toBe(0);
    const said = outrider
      .output()
      .split('\n')
      .filter((line) => line.includes(`receiver=${second.url}`));
    expect(said.map((line) => /msg="([^"]*)"/.exec(line)?.[1])).toEqual([
      'a receiver could not be told',
      'the receiver is told again',
    ]);
  });

  it('is not delayed by a peer that is frozen, and neither are the probes', async () => {
    await start();
    await untilStatus(outrider, 'up', TARGETS);
    failing.add('one');
    for (const peer of [first, second]) await untilActive(peer, ['one'], TOLD_WITHIN_MS);
    await first.freeze();
    const before = await exposedBy(outrider);
    failing.add('two');
    await untilActive(second, TARGETS, TOLD_WITHIN_MS);
    failing.clear();
    await untilActive(second, [], 2 * INTERVAL_MS + 2000);
    expect(await queueLength(first)).toBeGreaterThan(0);
    // Longer than one attempt may take.
    await until('an attempt has ended', async () =>
      seriesIn(await exposedBy(outrider), 'outrider_notifications_total', { receiver: first.url, outcome: 'failed' }),
    );
    const after = await exposedBy(outrider);
    const late = (le: string, at: typeof after) => seriesIn(at, 'outrider_probe_delay_seconds_bucket', { le }) ?? 0;
    const started = late('+Inf', after) - late('+Inf', before);
    expect(started).toBeGreaterThan(20);
    expect(late('0.25', after) - late('0.25', before)).toBe(started);
    expect(outrider.output()).toMatch(/msg="a receiver could not be told".*why="no answer within 10s"/);
    await first.thaw();
    await untilActive(first, [], 10_000);
    await until('everything was told', async () => ((await queueLength(first)) === 0 ? true : undefined));
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'stays one alert across a restart by %s during the outage',
    async (signal) => {
      await start();
      await untilStatus(outrider, 'up', TARGETS);
      failing.add('one');
      for (const peer of [first, second]) await untilActive(peer, ['one'], TOLD_WITHIN_MS);
      const [before] = await activeAlerts(first.url);
      if (signal === 'SIGTERM') expect((await outrider.stop()).code).toBe(0);
      await outrider[Symbol.asyncDispose]();
      expect(await activeAt(first)).toEqual(['one']);

      const restartedMs = Date.now();
      await start();
      const again = await until('the new process has told it', async () => {
        const alerts = await activeAlerts(first.url);
        expect(alerts.map(({ labels }) => labels['target'])).toEqual(['one']);
        return alerts.find(({ updatedAt }) => Date.parse(updatedAt) > restartedMs);
      });
      expect(again.value).toMatchObject({ fingerprint: before?.fingerprint, startsAt: before?.startsAt });
      failing.clear();
      for (const peer of [first, second]) await untilActive(peer, [], 2 * INTERVAL_MS + 2000);
    },
  );
});
