import { expect, it } from 'vitest';
import { startAlertmanager } from '../../demo/service/alertmanager.ts';
import { activeAlerts, receivedBy } from '../support/alertmanager.ts';
import { untilStatus } from '../support/daemon.ts';
import { startHttpServer } from '../support/http-server.ts';
import { startOutrider } from '../support/outrider.ts';
import { until } from '../support/wait.ts';

const MINUTE_MS = 60_000;

it('an alert in Alertmanager ends four minutes after it was last sent, and is sent again every minute; so is what ended', async () => {
  const failing = new Set(['one', 'two']);
  await using alertmanager = await startAlertmanager();
  await using server = await startHttpServer((request, response) => {
    response.writeHead(failing.has(request.url?.slice(1) ?? '') ? 503 : 200).end();
  });
  await using outrider = await startOutrider(`
service: shop
startup_grace: 0s
defaults: { interval: 500ms, timeout: 400ms }
targets:
  - { name: one, type: http, url: "${server.url}/one" }
  - { name: two, type: http, url: "${server.url}/two" }
notify: { alertmanager: { urls: ["${alertmanager.url}"] } }
watchdog: { to: [] }
`);
  await untilStatus(outrider, 'down', ['one', 'two']);
  await until('both fire', async () => ((await activeAlerts(alertmanager.url)).length === 2 ? true : undefined));
  failing.delete('two');
  await until('one fires', async () => ((await activeAlerts(alertmanager.url)).length === 1 ? true : undefined));
  const [sent] = await activeAlerts(alertmanager.url);
  if (sent === undefined) throw new Error('no alert');
  const aheadMs = (alert: { readonly endsAt: string; readonly updatedAt: string }) =>
    Date.parse(alert.endsAt) - Date.parse(alert.updatedAt);
  expect(aheadMs(sent)).toBeGreaterThan(4 * MINUTE_MS - 2000);
  expect(aheadMs(sent)).toBeLessThanOrEqual(4 * MINUTE_MS);
  expect(await receivedBy(alertmanager.url)).toEqual({ firing: 2, resolved: 1, invalid: 0 });

  const { value: again } = await until(
    'it was sent again',
    async () => (await activeAlerts(alertmanager.url)).find(({ updatedAt }) => updatedAt !== sent.updatedAt),
    MINUTE_MS + 2000,
  );
  expect(again).toMatchObject({ startsAt: sent.startsAt, fingerprint: sent.fingerprint });
  expect(Date.parse(again.endsAt)).toBeGreaterThan(Date.parse(sent.endsAt) + MINUTE_MS / 2);
  expect(aheadMs(again)).toBeGreaterThan(4 * MINUTE_MS - 2000);
  expect(await activeAlerts(alertmanager.url)).toHaveLength(1);
  expect(await receivedBy(alertmanager.url)).toEqual({ firing: 3, resolved: 2, invalid: 0 });
}, 100_000);
