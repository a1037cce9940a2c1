import { expect } from 'vitest';
import { startAlertmanager } from '../../../demo/service/alertmanager.ts';
import { activeAlerts } from '../alertmanager.ts';
import { untilStatus } from '../daemon.ts';
import { until } from '../wait.ts';
import { audit, table } from './audit.ts';
import { startBreakable } from './breakable.ts';
import { openMortal } from './daemon.ts';
import { alertmanager, webhook } from './dialect.ts';
import { driveTime } from './driven-time.ts';
import { openLedger } from './ledger.ts';
import { startFaultProxy } from './proxy.ts';
import { startSink } from './sink.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** An end that is in Alertmanager's future is none yet. */
const BEHIND_MS = 2000;
/** The receivers are away for an hour and a little. */
const AWAY_MS = 62 * MINUTE_MS;

/**
 * Alertmanager and a webhook are away for an hour, in which one alert fires and stays and another fires and ends. The hour
 * passes `factor` times faster for the daemon, whose clock begins in the past: at its end both clocks say the same, as
 * Alertmanager has to see it, and from then on time passes as usual. Answers the figures.
 */
export async function hourAway(factor: number): Promise<string> {
  await using opened = new AsyncDisposableStack();
  let now: () => number = Date.now;
  const ledger = openLedger();
  const targets = opened.use(await startBreakable(2, () => now()));
  const real = opened.use(await startAlertmanager());
  const entrance = opened.use(await startSink('alertmanager', alertmanager, ledger, real.url));
  const hook = opened.use(await startSink('webhook', webhook, ledger));
  const [amProxy, hookProxy] = [
    opened.use(await startFaultProxy(entrance.port)),
    opened.use(await startFaultProxy(hook.port)),
  ];
  await Promise.all([real.kill(), amProxy.become({ kind: 'refuse' }), hookProxy.become({ kind: 'refuse' })]);
  const [stays = '', passes = ''] = targets.names;
  const daemon = opened.use(await openMortal(config(targets, amProxy.port, hookProxy.port), { main: 'driven' }));

  const beganMs = Date.now() - (AWAY_MS * (factor - 1)) / factor;
  await daemon.start({ clock: { factor, wallMs: beganMs } });
  now = await driveTime(daemon, factor);
  const untilMinute = (minute: number) =>
    until(`minute ${minute}`, () => (now() - beganMs >= minute * MINUTE_MS ? true : undefined), AWAY_MS);
  await untilStatus(daemon, 'up', targets.names, HOUR_MS / factor);
  await untilMinute(5);
  targets.breakDown(stays);
  await untilMinute(15);
  targets.breakDown(passes);
  await untilMinute(35);
  targets.mend(passes);
  await untilMinute(60);
  expect(ledger.entries).toEqual([]);

  const accountOf = (receiver: string) =>
    audit(ledger, { receiver, dedup: receiver === 'webhook' ? 'key' : 'labels' }, targets.outages());
  const untilTold = async (receiver: string) => {
    const isTold = () => (accountOf(receiver).lost.length === 0 ? true : undefined);
    await until(`${receiver} is told all`, isTold, 90_000).catch(() => {});
    expect(accountOf(receiver)).toMatchObject({ lost: [], repeats: [], disorder: [], unexpected: [] });
  };
  await hookProxy.become({ kind: 'pass' });
  await untilTold('webhook');

  await until('both clocks say the same', () => (now() >= Date.now() - BEHIND_MS ? true : undefined), AWAY_MS);
  now = await driveTime(daemon, 1);
  await real.start();
  await amProxy.become({ kind: 'pass' });
  await untilTold('alertmanager');
  const [stayed] = targets.outages().filter(({ toMs }) => toMs === undefined);
  const active = await activeAlerts(real.url);
  expect(active.map(({ labels }) => labels['target'])).toEqual([stays]);
  expect(Math.abs(Date.parse(active[0]?.startsAt ?? '') - (stayed?.fromMs ?? 0))).toBeLessThan(MINUTE_MS);
  expect(Date.parse(active[0]?.endsAt ?? '')).toBeGreaterThan(Date.now() + MINUTE_MS);
  const ends = ledger.taken('alertmanager').flatMap(({ words }) => words.filter(({ status }) => status === 'resolved'));
  const passed = targets.outages().find(({ toMs }) => toMs !== undefined);
  expect(Math.abs((ends[0]?.endsAtMs ?? 0) - (passed?.toMs ?? 0))).toBeLessThan(MINUTE_MS);

  targets.mend(stays);
  await untilTold('alertmanager');
  await untilTold('webhook');
  await until('Alertmanager holds nothing', async () =>
    (await activeAlerts(real.url)).length === 0 ? true : undefined,
  );
  return table([accountOf('alertmanager'), accountOf('webhook')], targets.outages());
}

const config = (
  targets: { names: readonly string[]; urlOf(name: string): string },
  amPort: number,
  hookPort: number,
) => `
service: shop
startup_grace: 0s
defaults: { interval: 5s, timeout: 4s }
targets:
${targets.names.map((name) => `  - { name: ${name}, type: http, url: "${targets.urlOf(name)}", builtin_alerts: down }`).join('\n')}
notify:
  alertmanager: { urls: ["http://127.0.0.1:${amPort}"] }
  hook: { type: webhook, url: "http://127.0.0.1:${hookPort}/", group_wait: 0s, group_interval: 0s }
watchdog: { to: [] }
`;
