import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startAlertmanager } from '../../demo/service/alertmanager.ts';
import { knownAlerts, receivedBy } from '../support/alertmanager.ts';
import { exposedBy, seriesIn, untilStatus } from '../support/daemon.ts';
import { startHttpServer } from '../support/http-server.ts';
import { startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

const MINUTE_MS = 60_000;
const TOKEN = 'canary-of-the-heartbeat';

describe('the watchdog of the real daemon', () => {
  it('is an alert in Alertmanager that ends by itself, and is shown nowhere else', async () => {
    await using alertmanager = await startAlertmanager();
    await using server = await startHttpServer((_request, response) => response.end());
    await using outrider = await startOutrider(`
service: shop
labels: { env: test }
defaults: { interval: 500ms, timeout: 400ms }
targets: [{ name: api, type: http, url: "${server.url}" }]
notify: { alertmanager: { urls: ["${alertmanager.url}"] } }
`);
    const { value: known } = await until('it is told', async () => (await knownAlerts(alertmanager.url))[0], 5000);
    expect(known.labels).toEqual({ alertname: 'OutriderWatchdog', service: 'shop', severity: 'none', env: 'test' });
    const aheadMs = Date.parse(known.endsAt) - Date.parse(known.updatedAt);
    expect(aheadMs).toBeGreaterThan(4 * MINUTE_MS - 2000);
    expect(aheadMs).toBeLessThanOrEqual(4 * MINUTE_MS);

    await untilStatus(outrider, 'up', ['api']);
    expect(await outrider.json('/api/v1/alerts')).toEqual([]);
    expect(await (await outrider.get('/metrics')).text()).not.toMatch(/Watchdog/);
    const receiver = { receiver: alertmanager.url };
    const exposed = await exposedBy(outrider);
    expect(seriesIn(exposed, 'outrider_receiver_up', receiver)).toBe(1);
    expect(seriesIn(exposed, 'outrider_notifications_total', { ...receiver, outcome: 'delivered' })).toBe(0);
    expect(seriesIn(exposed, 'outrider_notification_delay_seconds_count')).toBe(0);

    expect((await outrider.stop()).code).toBe(0);
    expect(await knownAlerts(alertmanager.url)).toEqual([known]);
    expect(await receivedBy(alertmanager.url)).toEqual({ firing: 1, resolved: 0, invalid: 0 });
  });

  it('calls a URL for as long as it is not stopped, frozen or without an answer, and never shows it', async () => {
    let status = 200;
    await using beats = await startHttpServer((request, response) => response.writeHead(status).end(request.url));
    await using server = await startHttpServer((_request, response) => response.end());
    await using outrider = await startOutrider(`
service: shop
defaults: { interval: 500ms, timeout: 400ms }
targets: [{ name: api, type: http, url: "${server.url}" }]
watchdog: { heartbeat_url: "${beats.url}/ping/${TOKEN}", every: 1s }
`);
    const untilMore = async () => {
      const before = beats.requests.length;
      await until('two more beats', () => (beats.requests.length >= before + 2 ? true : undefined), 5000);
    };
    await untilMore();
    expect(beats.requests[0]).toMatchObject({ method: 'GET', url: `/ping/${TOKEN}` });

    process.kill(outrider.pid, 'SIGSTOP');
    const frozenMs = performance.now();
    const before = beats.requests.length;
    await until('two beats are left out', () => (performance.now() - frozenMs > 2500 ? true : undefined));
    expect(beats.requests.length).toBeLessThanOrEqual(before + 1);
    process.kill(outrider.pid, 'SIGCONT');
    await untilMore();

    status = 404;
    await untilMore();
    const counted = async (outcome: string) =>
      seriesIn(await exposedBy(outrider), 'outrider_notifications_total', { receiver: 'heartbeat', outcome }) ?? 0;
    expect(await counted('delivered')).toBeGreaterThanOrEqual(4);
    expect(await counted('refused')).toBeGreaterThan(0);
    status = 200;
    await untilMore();

    expect((await outrider.stop()).code).toBe(0);
    const said = outrider
      .output()
      .split('\n')
      .filter((line) => line.includes('receiver=heartbeat'));
    expect(said.map((line) => /msg="([^"]*)"/.exec(line)?.[1])).toEqual([
      'a receiver could not be told',
      'the receiver is told again',
    ]);
    expect(said[0]).toContain('why="answered 404"');
    expect(outrider.output()).not.toContain(TOKEN);
  });

  it('goes by the route of docs/watchdog.md to the dead man’s switch, and to nobody else', async () => {
    await using people = await startHttpServer((_request, response) => response.end());
    await using deadMansSwitch = await startHttpServer((_request, response) => response.end());
    const page = readFileSync(join(import.meta.dirname, '../../docs/watchdog.md'), 'utf8');
    const [, example = ''] = /^```yaml\n(route:\n.*?)^```$/ms.exec(page) ?? [];
    const here = example
      .replace('https://hooks.example.com/people', people.url)
      .replace('https://nosnch.in/0123456789', deadMansSwitch.url);
    await using alertmanager = await startAlertmanager({ config: here });
    // Where it is not routed it reaches people: that is what the route is for.
    const unrouted = here
      .replace('OutriderWatchdog', 'Another')
      .replace('receiver: people', 'receiver: people\n  group_wait: 0s');
    await using careless = await startAlertmanager({ config: unrouted });
    await using outrider = await startOutrider(`
service: shop
targets: []
notify: { alertmanager: { urls: ["${alertmanager.url}"] } }
`);
    await until('the switch is told', () => deadMansSwitch.requests[0], 10_000);
    expect(JSON.parse(deadMansSwitch.requests[0]?.body ?? '')).toMatchObject({
      status: 'firing',
      alerts: [{ labels: { alertname: 'OutriderWatchdog', service: 'shop', severity: 'none' } }],
    });
    expect(people.requests).toEqual([]);
    await outrider.reload(`
service: shop
targets: []
notify: { alertmanager: { urls: ["${careless.url}"] }, other: { type: alertmanager, urls: ["${careless.url}"] } }
`);
    await until('people are told', () => people.requests[0], 10_000);
  });
});
