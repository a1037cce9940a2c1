import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exposedBy, seriesIn, untilStatus } from '../support/daemon.ts';
import { type Breakable, startBreakable } from '../support/fault/breakable.ts';
import { type MortalDaemon, openMortal } from '../support/fault/daemon.ts';
import { webhook } from '../support/fault/dialect.ts';
import { type Ledger, openLedger } from '../support/fault/ledger.ts';
import { type Sink, startSink } from '../support/fault/sink.ts';
import { openTroubleDisk, type TroubleDisk } from '../support/fault/trouble-disk.ts';
import { until } from '../support/wait.ts';

/** A commit has this long; what else happens until people are told takes less than the rest. */
const TOLD_MS = 5000 + 2500;

let ledger: Ledger;
let disk: TroubleDisk;
let targets: Breakable;
let sink: Sink;
let daemon: MortalDaemon;
beforeEach(async () => {
  ledger = openLedger();
  [disk, targets, sink] = await Promise.all([
    openTroubleDisk(),
    startBreakable(50),
    startSink('hook', webhook, ledger),
  ]);
  const list = targets.names.map((name) => `  - { name: ${name}, type: http, url: "${targets.urlOf(name)}" }`);
  daemon = await openMortal(
    `
service: shop
startup_grace: 0s
defaults: { interval: 1s, timeout: 900ms }
targets:
${list.join('\n')}
notify:
  hook: { type: webhook, url: "${sink.url}/", group_wait: 0s, group_interval: 1s }
`,
    { env: disk.env },
  );
  await daemon.start();
  await untilStatus(daemon, 'up', targets.names);
});
afterEach(async () => {
  await Promise.all([daemon, sink, targets].map((one) => one[Symbol.asyncDispose]()));
  await disk[Symbol.asyncDispose]();
});

const told = (word: string) =>
  ledger.taken('hook').find(({ words }) => words.some(({ status, alert }) => `${status} ${alert}` === word));
const untilTold = (word: string) => until(word, () => told(word));
const storeUp = async () => seriesIn(await exposedBy(daemon), 'outrider_store_up');
const untilStoreUp = (is: number) =>
  until(`outrider_store_up ${is}`, async () => ((await storeUp()) === is ? true : undefined));

/** Breaks targets one after the other, and answers how long it took until people were told of each. */
async function tellingTimes(names: readonly string[], apartMs: number): Promise<readonly number[]> {
  return Promise.all(
    names.map(async (name, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * apartMs));
      const brokenMs = Date.now();
      targets.breakDown(name);
      await untilTold(`firing HttpDown/${name}`);
      return (told(`firing HttpDown/${name}`)?.atMs ?? Number.NaN) - brokenMs;
    }),
  );
}

/** Probes that were late by more than this. */
async function lateProbes(seconds: string): Promise<number> {
  const exposed = await exposedBy(daemon);
  const inTime = seriesIn(exposed, 'outrider_probe_delay_seconds_bucket', { le: seconds });
  return (seriesIn(exposed, 'outrider_probe_delay_seconds_count') ?? Number.NaN) - (inTime ?? Number.NaN);
}

describe('a daemon whose disk', () => {
  it('needs 2 s for each fsync keeps its schedule, and tells 20 alerts in a row in time', async () => {
    disk.become(2000);
    const tookMs = await tellingTimes(targets.names.slice(0, 20), 500);
    expect(Math.max(...tookMs)).toBeLessThan(TOLD_MS);
    expect(await lateProbes('0.25')).toBe(0);
    disk.become(0);
    await untilStoreUp(1);
  });

  it('hangs tells at first after 5 s, and then at once; and ends when it is told to', async () => {
    disk.become(60_000);
    const [first = 0, ...rest] = await tellingTimes(targets.names.slice(0, 6), 6000);
    expect(first).toBeGreaterThan(4500);
    expect(Math.max(first, ...rest)).toBeLessThan(TOLD_MS);
    expect(Math.max(...rest)).toBeLessThan(2500);
    expect(await storeUp()).toBe(0);
    expect(await lateProbes('0.25')).toBe(0);
    const beganMs = performance.now();
    await daemon.kill('SIGTERM');
    expect(performance.now() - beganMs).toBeLessThan(6000);
  });

  it('fails tells at once, says so once, and keeps what it owes when it works again', async () => {
    disk.become('EIO');
    const tookMs = await tellingTimes(targets.names.slice(0, 5), 200);
    expect(Math.max(...tookMs)).toBeLessThan(TOLD_MS);
    await untilStoreUp(0);
    disk.become(0);
    await untilStoreUp(1);
    const count = (text: string) => daemon.output().split(text).length - 1;
    expect(count('the store does not take a commit')).toBe(1);
    expect(count('the store takes commits again')).toBe(1);
    expect(daemon.output()).toContain('disk I/O error');
    await daemon.kill();
    await daemon.start();
    const ends = targets.names.slice(0, 5);
    for (const name of ends) targets.mend(name);
    for (const name of ends) await untilTold(`resolved HttpDown/${name}`);
  });
});
