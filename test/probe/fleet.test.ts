import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ProbeResult } from '../../src/core/result.ts';
import type { Prober, ProbeType, Run } from '../../src/probe/contract.ts';
import { type Manned, openFleet } from '../../src/probe/fleet.ts';
import { probeEnvironment } from '../support/probe-environment.ts';
import { aTarget } from '../support/targets.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const TIMEOUT_MS = 5000;
const UP = { outcome: 'up', durationMs: 1, measures: [], series: [] } as const;

/** How the service of a target behaves; all well where nothing is given. */
interface Service {
  open?(): Promise<void>;
  run?(run: Run): Promise<typeof UP>;
  close?(): Promise<void>;
}

/** A fleet whose probers write down what becomes of them: `open api 1`, `run api 1`, `close api 1`. */
function aFleet(services: Readonly<Record<string, Service>> = {}) {
  const said: string[] = [];
  const opened = new Map<string, number>();
  const clock = virtualClock();
  const warnings: string[] = [];
  const quiet = () => {};
  const log = { debug: quiet, info: quiet, error: quiet, warn: (_: object, message: string) => warnings.push(message) };
  const type: ProbeType = {
    type: 'pretended',
    title: 'Pretended',
    schema: z.object({ type: z.literal('pretended') }),
    measures: [],
    series: [],
    alerts: [],
    hosts: () => [],
    byUrl: { schemes: [], keys: () => ({}) },
    async open(_settings, { target }): Promise<Prober> {
      const service = services[target] ?? {};
      const name = `${target} ${(opened.get(target) ?? 0) + 1}`;
      opened.set(target, (opened.get(target) ?? 0) + 1);
      said.push(`open ${name}`);
      await service.open?.();
      return {
        async run(run) {
          said.push(`run ${name}`);
          return (await service.run?.(run)) ?? UP;
        },
        async [Symbol.asyncDispose]() {
          said.push(`close ${name}`);
          await service.close?.();
        },
      };
    },
  };
  const { resolver } = probeEnvironment();
  const fleet = openFleet({ typeOf: () => type, clock, log, resolver });
  const limits = { maxSeries: 10, maxBodyBytes: 10, filesFrom: '.', scrub: (text: string) => text };
  return {
    ...fleet,
    clock,
    warnings,
    said: () => said.splice(0),
    replace: (...targets: readonly Manned[]) => fleet.replace(targets, limits),
    run: (target: string): Promise<ProbeResult> => fleet.run(target, () => 'scheduled'),
  };
}

const manned = (name: string, revision = 'first', timeoutMs = TIMEOUT_MS): Manned => ({
  target: aTarget(name, { timeoutMs }),
  settings: { type: 'pretended' },
  revision,
});

/** Ends with the run, as every prober must. */
const untilAborted = (run: Run) =>
  new Promise<never>((_, reject) => run.signal.addEventListener('abort', () => reject(run.signal.reason)));

describe('a prober', () => {
  it('is opened by the first run of its target, and asked again by the next', async () => {
    const fleet = aFleet();
    await fleet.replace(manned('api'), manned('db'));
    expect(fleet.said()).toEqual([]);
    expect(await fleet.run('api')).toMatchObject({ target: 'api', outcome: 'up' });
    await fleet.run('api');
    expect(fleet.said()).toEqual(['open api 1', 'run api 1', 'run api 1']);
  });

  it('is kept across a reload that does not change it, also with another timeout', async () => {
    let timeoutMs = 0;
    const fleet = aFleet({
      api: {
        run: async (run) => {
          timeoutMs = run.timeoutMs;
          return UP;
        },
      },
    });
    await fleet.replace(manned('api'));
    await fleet.run('api');
    await fleet.replace(manned('api', 'first', 100));
    await fleet.run('api');
    expect(fleet.said()).toEqual(['open api 1', 'run api 1', 'run api 1']);
    expect(timeoutMs).toBe(100);
  });

  it('is closed and replaced by a reload that changes it, and opened again by the next run alone', async () => {
    const fleet = aFleet();
    await fleet.replace(manned('api'), manned('db'));
    await Promise.all([fleet.run('api'), fleet.run('db')]);
    fleet.said();
    await fleet.replace(manned('api', 'second'), manned('db'));
    expect(fleet.said()).toEqual(['close api 1']);
    await fleet.run('api');
    expect(fleet.said()).toEqual(['open api 2', 'run api 2']);
  });

  it('is closed when its target leaves, and never opened in order to be closed', async () => {
    const fleet = aFleet();
    await fleet.replace(manned('api'), manned('db'));
    await fleet.run('api');
    fleet.said();
    await fleet.replace();
    expect(fleet.said()).toEqual(['close api 1']);
  });

  it('is opened anew by the next run when it could not be opened', async () => {
    let missing = true;
    const fleet = aFleet({
      api: {
        async open() {
          if (missing) throw new Error('no such file');
        },
      },
    });
    await fleet.replace(manned('api'));
    expect(await fleet.run('api')).toMatchObject({ outcome: 'down', reason: 'internal', message: 'no such file' });
    missing = false;
    expect(await fleet.run('api')).toMatchObject({ outcome: 'up' });
    expect(fleet.said()).toEqual(['open api 1', 'open api 2', 'run api 2']);
  });

  it('is opened under the deadline of the run, and serves the next run when it is late', async () => {
    const file = Promise.withResolvers<void>();
    const fleet = aFleet({ api: { open: () => file.promise } });
    await fleet.replace(manned('api'));
    const first = fleet.run('api');
    await fleet.clock.advance(TIMEOUT_MS + 50);
    expect(await first).toMatchObject({ outcome: 'down', reason: 'timeout' });
    file.resolve();
    expect(await fleet.run('api')).toMatchObject({ outcome: 'up' });
    expect(fleet.said()).toContain('open api 1');
    await fleet.stop();
  });
});

describe('a target that the fleet does not have', () => {
  it.each<[string, (fleet: ReturnType<typeof aFleet>) => Promise<void>]>([
    ['before any config', async () => {}],
    ['after it left', (fleet) => fleet.replace(manned('db'))],
    ['after the stop', (fleet) => fleet.stop()],
  ])('is skipped: %s', async (_, prepare) => {
    const fleet = aFleet();
    if (prepare.length > 0) await fleet.replace(manned('api'));
    await prepare(fleet);
    expect(await fleet.run('api')).toMatchObject({ target: 'api', outcome: 'skipped', why: 'stopping' });
    expect(fleet.said()).toEqual([]);
  });
});

describe('what runs', () => {
  it.each<[string, (fleet: ReturnType<typeof aFleet>) => Promise<void>]>([
    ['a stop', (fleet) => fleet.stop()],
    ['a reload without its target', (fleet) => fleet.replace(manned('db'))],
    ['a reload that changes its target', (fleet) => fleet.replace(manned('api', 'second'))],
  ])('is aborted by %s, and its prober closed; what it saw then is no failure of the target', async (_, cut) => {
    const fleet = aFleet({ api: { run: untilAborted } });
    await fleet.replace(manned('api'));
    const running = fleet.run('api');
    await fleet.clock.advance(10);
    await cut(fleet);
    expect(await running).toMatchObject({ target: 'api', outcome: 'skipped', why: 'stopping' });
    expect(fleet.said()).toEqual(['open api 1', 'run api 1', 'close api 1']);
  });

  it('goes on through a reload that leaves its target as it is', async () => {
    const answer = Promise.withResolvers<typeof UP>();
    const fleet = aFleet({ api: { run: () => answer.promise } });
    await fleet.replace(manned('api'));
    const running = fleet.run('api');
    await fleet.clock.advance(10);
    await fleet.replace(manned('api'), manned('db'));
    answer.resolve(UP);
    expect(await running).toMatchObject({ outcome: 'up' });
  });
});

it('a prober that cannot be closed is said, and keeps nobody from stopping', async () => {
  const fleet = aFleet({
    api: {
      async close() {
        throw new Error('stuck');
      },
    },
  });
  await fleet.replace(manned('api'), manned('db'));
  await Promise.all([fleet.run('api'), fleet.run('db')]);
  await fleet.stop();
  expect(fleet.said()).toEqual(expect.arrayContaining(['close api 1', 'close db 1']));
  expect(fleet.warnings).toEqual(['a prober did not close cleanly']);
});
