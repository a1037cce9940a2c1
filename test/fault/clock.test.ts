import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeFolder, temporaryFolder } from '../../demo/service/service.ts';
import { exposedBy, seriesIn, untilStatus } from '../support/daemon.ts';
import { type Breakable, startBreakable } from '../support/fault/breakable.ts';
import { type MortalDaemon, openMortal } from '../support/fault/daemon.ts';
import { webhook } from '../support/fault/dialect.ts';
import { openLedger } from '../support/fault/ledger.ts';
import { type Sink, startSink } from '../support/fault/sink.ts';
import { until } from '../support/wait.ts';

const LIBRARY = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib']
  .map((folder) => join(folder, 'faketime/libfaketime.so.1'))
  .find((file) => existsSync(file));
const HOUR_MS = 3_600_000;
const TWENTY_YEARS_MS = 20 * 365 * 24 * HOUR_MS;
const INTERVAL_MS = 500;

describe('the machine’s wall clock is set while the real daemon runs', () => {
  const ledger = openLedger();
  let folder: string;
  let targets: Breakable;
  let sink: Sink;
  let daemon: MortalDaemon;
  let offsetMs = 0;
  const setClock = (ms: number) => {
    offsetMs = ms;
    writeFileSync(join(folder, 'offset'), `${ms < 0 ? '' : '+'}${ms / 1000}`);
  };
  beforeAll(async () => {
    folder = await temporaryFolder('faketime');
    setClock(0);
    [targets, sink] = [await startBreakable(7, () => Date.now() + offsetMs), await startSink('hook', webhook, ledger)];
    const list = targets.names.map((name) => `  - { name: ${name}, type: http, url: "${targets.urlOf(name)}" }`);
    daemon = await openMortal(
      `
service: shop
startup_grace: 0s
defaults: { interval: ${INTERVAL_MS}ms, timeout: 400ms }
targets:
${list.join('\n')}
notify:
  hook: { type: webhook, url: "${sink.url}/", group_wait: 0s, group_interval: 0s }
`,
      {
        env: {
          LD_PRELOAD: LIBRARY ?? 'libfaketime is not where Debian has it',
          FAKETIME_TIMESTAMP_FILE: join(folder, 'offset'),
          FAKETIME_NO_CACHE: '1',
          FAKETIME_DONT_FAKE_MONOTONIC: '1',
          DONT_FAKE_MONOTONIC: '1',
        },
      },
    );
    await daemon.start();
    await untilStatus(daemon, 'up', targets.names);
  });
  afterAll(async () => {
    await Promise.all([daemon, sink, targets].map((one) => one?.[Symbol.asyncDispose]()));
    await removeFolder(folder);
  });

  const probes = async () => {
    const exposed = await exposedBy(daemon);
    return (exposed.get('outrider_target_probes_total') ?? []).reduce((sum, { value }) => sum + value, 0);
  };
  /** Another one each time: one that goes up and down again and again is flapping. */
  const another = () => targets.names[targets.outages().length] ?? '';
  const told = () => ledger.taken('hook').flatMap(({ words }) => words);

  it.each([
    ['an hour ahead', HOUR_MS],
    ['back again, by an hour', 0],
    ['an hour behind', -HOUR_MS],
    ['twenty years ahead', TWENTY_YEARS_MS],
    ['back by twenty years', 0],
  ])(
    '%s: nobody is told anything, every probe is made once, and an outage is told from beginning to end',
    async (_, ms) => {
      const before = ledger.entries.length;
      const [count, beganMs] = [await probes(), performance.now()];
      setClock(ms);
      await until('four rounds of probes were made', async () =>
        (await probes()) - count >= 4 * targets.names.length ? true : undefined,
      );
      const rounds = ((await probes()) - count) / targets.names.length;
      const intervals = (performance.now() - beganMs) / INTERVAL_MS;
      expect(rounds, 'no probe twice').toBeLessThanOrEqual(intervals + 1);
      expect(ledger.entries.length, 'nobody was told anything').toBe(before);

      const name = another();
      targets.breakDown(name);
      await until('its beginning is told', () => (ledger.entries.length > before ? true : undefined));
      targets.mend(name);
      await until('its end is told', () => (told().at(-1)?.status === 'resolved' ? true : undefined));
      const [began, ended] = told().slice(-2);
      expect([began?.status, ended?.status]).toEqual(['firing', 'resolved']);
      const outage = targets.outages().at(-1);
      expect(Math.abs((began?.startsAtMs ?? 0) - (outage?.fromMs ?? 0))).toBeLessThan(5000);
      expect((ended?.endsAtMs ?? 0) - (ended?.startsAtMs ?? 0)).toBeGreaterThan(0);
      expect(ended?.startsAtMs).toBe(began?.startsAtMs);
    },
  );

  it.each([
    ['ahead', HOUR_MS],
    ['back', 0],
  ])(
    'in the midst of an outage, by an hour %s: it is told once, and ended once, never before it began',
    async (_, ms) => {
      const before = told().length;
      const name = another();
      targets.breakDown(name);
      await until('its beginning is told', () => (told().length > before ? true : undefined));
      setClock(ms);
      const count = await probes();
      await until('two rounds of probes were made', async () =>
        (await probes()) - count >= 2 * targets.names.length ? true : undefined,
      );
      targets.mend(name);
      await until('its end is told', () => (told().at(-1)?.status === 'resolved' ? true : undefined));
      const since = told().slice(before);
      expect(since.map(({ status }) => status)).toEqual(['firing', 'resolved']);
      expect(since[1]?.startsAtMs).toBe(since[0]?.startsAtMs);
      expect((since[1]?.endsAtMs ?? 0) - (since[1]?.startsAtMs ?? 0)).toBeGreaterThanOrEqual(0);
    },
  );

  it('each of which is said in the log and counted', async () => {
    expect(seriesIn(await exposedBy(daemon), 'outrider_clock_steps_total')).toBe(7);
    expect(daemon.output().match(/the wall clock was set/g)).toHaveLength(7);
  });

  it('none of which is an error of its own, or costs a turn', async () => {
    expect(seriesIn(await exposedBy(daemon), 'outrider_probes_skipped_total', { why: 'saturated' }) ?? 0).toBe(0);
    expect(daemon.output()).not.toMatch(/level=error/);
  });
});
