import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untilStatus } from '../support/daemon.ts';
import { audit } from '../support/fault/audit.ts';
import { type Breakable, startBreakable } from '../support/fault/breakable.ts';
import { type MortalDaemon, openMortal } from '../support/fault/daemon.ts';
import { webhook } from '../support/fault/dialect.ts';
import { type Ledger, openLedger } from '../support/fault/ledger.ts';
import { type Sink, startSink } from '../support/fault/sink.ts';
import { until } from '../support/wait.ts';

describe('what happens while the daemon is not there', () => {
  let ledger: Ledger;
  let targets: Breakable;
  let sink: Sink;
  let daemon: MortalDaemon;
  beforeEach(async () => {
    ledger = openLedger();
    [targets, sink] = [await startBreakable(3), await startSink('hook', webhook, ledger)];
    const list = targets.names.map((name) => `  - { name: ${name}, type: http, url: "${targets.urlOf(name)}" }`);
    daemon = await openMortal(`
service: shop
defaults: { interval: 300ms, timeout: 250ms }
targets:
${list.join('\n')}
notify:
  hook: { type: webhook, url: "${sink.url}/", group_wait: 0s, group_interval: 0s }
`);
    await daemon.start();
    await untilStatus(daemon, 'up', targets.names);
  });
  afterEach(async () => {
    await Promise.all([daemon, sink, targets].map((one) => one?.[Symbol.asyncDispose]()));
  });

  const account = () => audit(ledger, { receiver: 'hook', dedup: 'key' }, targets.outages());
  const untilAllTold = () =>
    until('all is told', () => (account().lost.length === 0 ? true : undefined)).catch(() =>
      expect(account().lost).toEqual([]),
    );

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'is told when it is back after a %s: the end of what was told, the beginning of what began, and nothing of what is still down',
    async (signal) => {
      const [recovers = '', stays = '', fails = ''] = targets.names;
      for (const name of [recovers, stays]) targets.breakDown(name);
      await untilAllTold();
      await daemon.kill(signal);
      targets.mend(recovers);
      targets.breakDown(fails);
      await daemon.start();
      await untilStatus(daemon, 'up', [recovers]);
      await untilStatus(daemon, 'down', [stays, fails]);
      await untilAllTold();
      expect(account()).toMatchObject({ beginnings: 3, ends: 1, lost: [], repeats: [], disorder: [], unexpected: [] });
      expect(account().messages - account().sameKey).toBe(4);
    },
  );

  it('or came and went while a receiver was away, over many deaths, is told as beginning, then end, with the true times', async () => {
    const [brief = '', long = ''] = targets.names;
    sink.become({ kind: 'status', status: 503 });
    for (const name of [brief, long]) targets.breakDown(name);
    await untilStatus(daemon, 'down', [brief, long]);
    targets.mend(brief);
    await untilStatus(daemon, 'up', [brief]);
    for (let restart = 0; restart < 5; restart++) {
      await daemon.kill();
      await daemon.start();
    }
    await untilStatus(daemon, 'down', [long]);
    sink.become({ kind: 'ok' });
    await untilAllTold();
    expect(account()).toMatchObject({ beginnings: 2, ends: 1, lost: [], repeats: [], disorder: [], unexpected: [] });
  });

  it('is not told again where it goes on: it is the same alert', async () => {
    const [name = ''] = targets.names;
    targets.breakDown(name);
    await untilAllTold();
    await daemon.kill();
    await daemon.start();
    await until('it is shown as firing again', async () => {
      const alerts = await daemon.json<{ target: string; state: string; since: string }[]>('/api/v1/alerts');
      return alerts.find((one) => one.target === name && one.state === 'firing');
    });
    expect(account()).toMatchObject({ beginnings: 1, repeats: [], disorder: [], unexpected: [] });
  });
});
