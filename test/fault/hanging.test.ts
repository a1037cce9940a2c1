import { afterAll, beforeAll, expect, it } from 'vitest';
import { exposedBy, seriesIn, untilStatus } from '../support/daemon.ts';
import { type Breakable, startBreakable } from '../support/fault/breakable.ts';
import { type MortalDaemon, openMortal } from '../support/fault/daemon.ts';
import { webhook } from '../support/fault/dialect.ts';
import { openLedger } from '../support/fault/ledger.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault/proxy.ts';
import { type Sink, startSink } from '../support/fault/sink.ts';
import { until } from '../support/wait.ts';

/** A driven clock: an attempt has 10 s of its time. */
const FACTOR = 5;

const ledger = openLedger();
let targets: Breakable;
let [slow, quick]: Sink[] = [];
let proxy: FaultProxy;
let daemon: MortalDaemon;

beforeAll(async () => {
  [targets, slow, quick] = [
    await startBreakable(10),
    await startSink('slow', webhook, ledger),
    await startSink('quick', webhook, ledger),
  ];
  proxy = await startFaultProxy(slow.port);
  const list = targets.names.map((name) => `  - { name: ${name}, type: http, url: "${targets.urlOf(name)}" }`);
  daemon = await openMortal(
    `
service: shop
startup_grace: 0s
defaults: { interval: 1s, timeout: 800ms }
targets:
${list.join('\n')}
notify:
  slow: { type: webhook, url: "http://127.0.0.1:${proxy.port}/", group_wait: 0s, group_interval: 0s }
  quick: { type: webhook, url: "${quick.url}/", group_wait: 0s, group_interval: 0s }
`,
    { main: 'driven' },
  );
  await daemon.start({ clock: { factor: FACTOR } });
  await untilStatus(daemon, 'up', targets.names);
});
afterAll(async () => {
  await Promise.all([daemon, proxy, slow, quick, targets].map((one) => one?.[Symbol.asyncDispose]()));
});

const told = (receiver: string) =>
  ledger.taken(receiver).flatMap(({ words }) => words.map(({ status, alert }) => `${status} ${alert}`));
const untilTold = (receiver: string, words: readonly string[]) =>
  until(`${receiver} is told ${words.join(', ')}`, () =>
    words.every((word) => told(receiver).includes(word)) ? true : undefined,
  );
const slowSeries = async (name: string, labels = {}) => {
  const exposed = await exposedBy(daemon);
  const receiver = `slow http://127.0.0.1:${proxy.port}`;
  return seriesIn(exposed, name, { receiver, ...labels }) ?? 0;
};

it('a receiver that accepts connections and never answers delays neither another one nor a probe, and loses nothing', async () => {
  await proxy.become({ kind: 'black-hole' });
  const words: string[] = [];
  for (const name of targets.names) {
    // Each is told to the one while the other still hangs over the first.
    targets.breakDown(name);
    words.push(`firing HttpDown/${name}`);
    await untilTold('quick', words);
    expect(told('slow')).toEqual([]);
  }
  await until(
    'an attempt was given up',
    async () => (await slowSeries('outrider_notifications_total', { outcome: 'failed' })) || undefined,
  );
  expect(await slowSeries('outrider_receiver_up')).toBe(0);
  expect(await slowSeries('outrider_notification_queue_length')).toBe(targets.names.length);
  expect(daemon.output()).toMatch(/receiver="slow .*why="no answer within 10s"/);

  for (const name of targets.names) targets.mend(name);
  const ends = targets.names.map((name) => `resolved HttpDown/${name}`);
  await untilTold('quick', ends);
  const exposed = await exposedBy(daemon);
  expect(seriesIn(exposed, 'outrider_probes_skipped_total', { why: 'saturated' }) ?? 0).toBe(0);

  await proxy.become({ kind: 'pass' });
  await untilTold('slow', [...words, ...ends]);
  for (const name of targets.names) {
    const own = told('slow').filter((word) => word.endsWith(name));
    expect(own.filter((word, at) => own.indexOf(word) === at)).toEqual([
      `firing HttpDown/${name}`,
      `resolved HttpDown/${name}`,
    ]);
  }
});
