import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exposedBy, untilStatus } from '../support/daemon.ts';
import { type Breakable, startBreakable } from '../support/fault/breakable.ts';
import { type MortalDaemon, openMortal } from '../support/fault/daemon.ts';
import { webhook } from '../support/fault/dialect.ts';
import { openLedger } from '../support/fault/ledger.ts';
import { type Sink, startSink } from '../support/fault/sink.ts';
import { until } from '../support/wait.ts';

describe('a daemon whose event loop is busy for 5 s', () => {
  const ledger = openLedger();
  let targets: Breakable;
  let sink: Sink;
  let daemon: MortalDaemon;
  beforeAll(async () => {
    [targets, sink] = [await startBreakable(20), await startSink('hook', webhook, ledger)];
    const list = targets.names.map((name) => `  - { name: ${name}, type: http, url: "${targets.urlOf(name)}" }`);
    daemon = await openMortal(
      `
service: shop
startup_grace: 0s
defaults: { interval: 500ms, timeout: 450ms }
targets:
${list.join('\n')}
notify:
  hook: { type: webhook, url: "${sink.url}/", group_wait: 0s, group_interval: 0s }
`,
      { main: 'driven' },
    );
    await daemon.start();
    await untilStatus(daemon, 'up', targets.names);
  });
  afterAll(async () => {
    await Promise.all([daemon, sink, targets].map((one) => one?.[Symbol.asyncDispose]()));
  });
  const probes = async (outcome: string) => {
    const series = (await exposedBy(daemon)).get('outrider_target_probes_total') ?? [];
    return series.filter(({ labels }) => labels['outcome'] === outcome).reduce((sum, { value }) => sum + value, 0);
  };

  it('blames no target for it, says so in the log, and goes on', async () => {
    await daemon.control({ kind: 'stall', ms: 5000 });
    expect(await daemon.said(/event loop stood still/)).toMatch(/level=warn/);
    const after = await probes('up');
    await until('three more rounds', async () =>
      (await probes('up')) - after >= 3 * targets.names.length ? true : undefined,
    );
    expect(await probes('down')).toBe(0);
    expect(ledger.entries).toEqual([]);
    await untilStatus(daemon, 'up', targets.names);
  });

  it('and finds what failed meanwhile once it can', async () => {
    const [name = ''] = targets.names;
    const stalled = daemon.control({ kind: 'stall', ms: 2000 });
    targets.breakDown(name);
    await stalled;
    await until('it is told', () => ledger.taken('hook').flatMap(({ words }) => words)[0]);
    expect(ledger.taken('hook').flatMap(({ words }) => words.map(({ alert }) => alert))).toEqual([`HttpDown/${name}`]);
  });
});
