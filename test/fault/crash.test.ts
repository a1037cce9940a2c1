import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untilStatus } from '../support/daemon.ts';
import { type Breakable, startBreakable } from '../support/fault/breakable.ts';
import { type MortalDaemon, openMortal } from '../support/fault/daemon.ts';
import { type Dialect, pagerduty, slack, twilio, webhook } from '../support/fault/dialect.ts';
import { type Entry, openLedger } from '../support/fault/ledger.ts';
import { type Mailbox, startMailbox } from '../support/fault/mailbox.ts';
import { type Sink, startSink } from '../support/fault/sink.ts';
import { until } from '../support/wait.ts';

const AT_ONCE = 'group_wait: 0s, group_interval: 0s';

interface Kind {
  readonly name: string;
  readonly dialect?: Dialect;
  /** Whether it knows a message by its key. */
  readonly keyed: boolean;
  settings(address: string): string;
}

const KINDS: readonly Kind[] = [
  {
    name: 'a webhook',
    dialect: webhook,
    keyed: true,
    settings: (at) => `type: webhook, url: "http://${at}/"`,
  },
  {
    name: 'pagerduty',
    dialect: pagerduty,
    keyed: true,
    settings: (at) => `type: pagerduty, routing_key: key, url: "http://${at}/v2/enqueue", hold: 0s`,
  },
  {
    name: 'a mailbox',
    keyed: true,
    settings: (at) => `type: email, smtp: "smtp://${at}", from: outrider@example.com, to: [ops@example.com], hold: 0s`,
  },
  {
    name: 'slack by webhook',
    dialect: slack,
    keyed: false,
    settings: (at) => `type: slack, webhook_url: "http://${at}/services/T/B/x", hold: 0s`,
  },
  {
    name: 'slack by token',
    dialect: slack,
    keyed: false,
    settings: (at) => `type: slack, token: xoxb-1, channel: C1, api_url: "http://${at}/api", hold: 0s`,
  },
  {
    name: 'text messages',
    dialect: twilio,
    keyed: false,
    settings: (at) =>
      `type: sms, account: "AC${'0'.repeat(32)}", token: t, from: "+15550100123", to: "+15550100124", api_url: "http://${at}", hold: 0s`,
  },
];

describe.each(KINDS)('a daemon that dies in the midst of telling $name', ({ dialect, keyed, settings }) => {
  const ledger = openLedger();
  let targets: Breakable;
  let receiver: Sink | Mailbox;
  let daemon: MortalDaemon;
  let name: string;
  beforeEach(async () => {
    targets = await startBreakable(1);
    name = targets.names[0] ?? '';
    receiver = dialect === undefined ? await startMailbox() : await startSink('people', dialect, ledger);
    daemon = await openMortal(
      `
service: shop
startup_grace: 0s
defaults: { interval: 300ms, timeout: 250ms }
targets:
  - { name: ${name}, type: http, url: "${targets.urlOf(name)}", builtin_alerts: down }
notify:
  people: { ${settings(`127.0.0.1:${receiver.port}`)}, ${AT_ONCE} }
watchdog: { to: [] }
`,
      { main: 'driven' },
    );
  });
  afterEach(async () => {
    await Promise.all([daemon, receiver, targets].map((one) => one?.[Symbol.asyncDispose]()));
    ledger.clear();
  });

  /** What it took that says anything of an alert. */
  const taken = (): readonly Entry[] =>
    ('taken' in receiver ? receiver.taken() : ledger.taken('people')).filter(({ words }) => words.length > 0);
  const said = () =>
    taken().flatMap(({ words, marked }) => words.map(({ status }) => (marked ? `${status} again?` : status)));
  const untilSaid = (count: number) => until(`message ${count}`, () => (taken().length >= count ? true : undefined));
  const dies = async () => expect((await daemon.ended()).signal).toBe('SIGKILL');
  const startThatDies = async (at: string) => {
    await daemon.start({ failpoint: { name: at } });
  };
  /** Both a beginning and an end are told again before anything new would be. */
  const quiet = () => untilStatus(daemon, 'up', [name]);

  it('after it was written down and before it is sent: it is sent within 5 s of the next start, the beginning as well as the end', async () => {
    await startThatDies('after_commit_before_send');
    await untilStatus(daemon, 'up', [name]);
    targets.breakDown(name);
    await dies();
    expect(taken()).toEqual([]);
    await daemon.start();
    const { tookMs } = await untilSaid(1);
    expect(tookMs).toBeLessThan(5000);

    await daemon.kill('SIGTERM');
    await startThatDies('after_commit_before_send');
    targets.mend(name);
    await dies();
    expect(said().map((word) => word.replace(' again?', ''))).toEqual(['firing']);
    await daemon.start();
    await untilSaid(2);
    await quiet();
    expect(said().map((word) => word.replace(' again?', ''))).toEqual(['firing', 'resolved']);
  });

  it('after it was taken and before that is written down: it is one message, or is sent once more and says so', async () => {
    await startThatDies('after_answer_before_commit');
    await untilStatus(daemon, 'up', [name]);
    targets.breakDown(name);
    await dies();
    expect(said()).toEqual(['firing']);
    await daemon.start();
    await untilSaid(2);
    await daemon.kill('SIGTERM');
    await startThatDies('after_answer_before_commit');
    targets.mend(name);
    await dies();
    await daemon.start();
    await untilSaid(4);
    await quiet();
    const keys = taken().map(({ key }) => key);
    if (keyed) expect(new Set(keys).size, 'two messages, each under one key').toBe(2);
    else expect(said()).toEqual(['firing', 'firing again?', 'resolved', 'resolved again?']);
    expect(said().map((word) => word.replace(' again?', ''))).toEqual(['firing', 'firing', 'resolved', 'resolved']);
  });
});
