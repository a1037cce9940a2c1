import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exposedBy, seriesIn, untilStatus } from '../support/daemon.ts';
import { type Breakable, startBreakable } from '../support/fault/breakable.ts';
import { type MortalDaemon, openMortal } from '../support/fault/daemon.ts';
import { webhook } from '../support/fault/dialect.ts';
import { type Ledger, openLedger } from '../support/fault/ledger.ts';
import { type Sink, startSink } from '../support/fault/sink.ts';
import { openSmallDisk, type SmallDisk } from '../support/fault/small-disk.ts';
import { until } from '../support/wait.ts';

const MiB = 1024 ** 2;
/** A driven clock: trouble of a minute is told, and ends a minute later. */
const FACTOR = 10;
const OWN = 'OutriderStoreFailing';

let ledger: Ledger;
let disk: SmallDisk;
let targets: Breakable;
let sink: Sink;
let daemon: MortalDaemon;
beforeEach(async () => {
  ledger = openLedger();
  [disk, targets, sink] = await Promise.all([
    openSmallDisk(16 * MiB),
    startBreakable(10),
    startSink('hook', webhook, ledger),
  ]);
  const list = targets.names.map((name) => `  - { name: ${name}, type: http, url: "${targets.urlOf(name)}" }`);
  daemon = await openMortal(
    `
service: shop
startup_grace: 0s
defaults: { interval: 5s, timeout: 4s }
targets:
${list.join('\n')}
notify:
  hook: { type: webhook, url: "${sink.url}/", group_wait: 0s, group_interval: 1s }
`,
    { main: 'driven', within: { enter: disk.enter, store: disk.inside('data/outrider.db') } },
  );
});
afterEach(async () => {
  await Promise.all([daemon, sink, targets].map((one) => one[Symbol.asyncDispose]()));
  await disk[Symbol.asyncDispose]();
});

const start = () => daemon.start({ clock: { factor: FACTOR } });
const told = () => ledger.taken('hook').flatMap(({ words }) => words.map(({ status, alert }) => `${status} ${alert}`));
const times = (word: string) => told().filter((one) => one.startsWith(word)).length;
const untilTold = (...words: readonly string[]) =>
  until(
    `the receiver is told ${words.join(', ')}`,
    () => (words.every((word) => times(word) > 0) ? true : undefined),
    60_000,
  );
const storeUp = async () => seriesIn(await exposedBy(daemon), 'outrider_store_up');
const untilStoreUp = (is: number) =>
  until(`outrider_store_up ${is}`, async () => ((await storeUp()) === is ? true : undefined), 60_000);
const begun = async (target: string) =>
  (await daemon.json<readonly { target: string; since: string }[]>('/api/v1/alerts')).find(
    (one) => one.target === target,
  )?.since;
/** What was told of Outrider’s own store. */
const aboutStore = () => ledger.taken('hook').filter(({ body }) => body.includes(OWN));

describe('a daemon on a disk of 16 MB that another file fills', () => {
  it('goes on probing and telling, tells of its store once, forgets nothing by a kill, and is well again by itself', async () => {
    await start();
    await untilStatus(daemon, 'up', targets.names);
    disk.fill();
    const [first = '', second = '', third = ''] = targets.names;
    targets.breakDown(first);
    await untilTold(`firing HttpDown/${first}`);
    await untilTold(`firing ${OWN}`);
    expect(aboutStore()[0]?.body).toMatch(/the disk of [^ ]+outrider\.db is full \(0 KiB left\)/);
    expect(await storeUp()).toBe(1); // in the room that it has reserved

    const since = await begun(first);
    await daemon.kill();
    expect(disk.freeBytes()).toBe(0);
    await start();
    await until('it is still the same alert', async () => ((await begun(first)) === since ? true : undefined));
    targets.breakDown(second);
    await untilTold(`firing HttpDown/${second}`);

    disk.empty();
    targets.mend(first);
    targets.mend(second);
    targets.breakDown(third);
    await untilTold(`resolved HttpDown/${first}`, `resolved HttpDown/${second}`, `resolved ${OWN}`);
    await untilTold(`firing HttpDown/${third}`);
    expect(await storeUp()).toBe(1);
    expect((await exposedBy(daemon)).get('outrider_internal_errors_total')?.every(({ value }) => value === 0)).toBe(
      true,
    );

    await daemon.kill('SIGTERM');
    await start();
    await until('the third goes on', async () => ((await begun(third)) === undefined ? undefined : true));
    expect(daemon.output()).not.toContain('the store was broken');
    expect(times(`firing ${OWN}`)).toBe(1);
  });

  it('that was full before it began watches all the same, and keeps what it owes when there is room', async () => {
    disk.fill();
    await start();
    await untilStatus(daemon, 'up', targets.names);
    expect(await storeUp()).toBe(0);
    await untilTold(`firing ${OWN}`);
    expect(aboutStore()[0]?.body).toMatch(/database or disk is full\. .*Make room on that disk/);
    const [first = ''] = targets.names;
    targets.breakDown(first);
    await untilTold(`firing HttpDown/${first}`);
    const since = await begun(first);

    disk.empty();
    await untilStoreUp(1);
    await untilTold(`resolved ${OWN}`);
    expect(times(`firing ${OWN}`)).toBe(1);
    await daemon.kill();
    await start();
    await until('it is still the same alert', async () => ((await begun(first)) === since ? true : undefined));
  });
});
