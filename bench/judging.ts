import { setTimeout as sleep } from 'node:timers/promises';
import { benchConfig } from './config.ts';
import { startDaemon, watchMemory } from './daemon.ts';
import { type Figures, mib, quantile } from './figures.ts';
import type { Load } from './outrider.ts';
import { cpuSeconds } from './process.ts';
import type { Target } from './target.ts';

const WINDOWS = 5;

/** What of the daemon's CPU is the judging, with the figures of both daemons. */
export interface JudgingCost {
  readonly judging: Figures;
  readonly bare: Figures;
  /** CPU per check with alerts divided by that without, of each window, sorted. */
  readonly ratios: readonly number[];
}

/**
 * A daemon whose targets have five alerts on measures each beside one without alerts, on one core at one time, so that whatever
 * slows one down slows down the other. `fillMs` passes first: an aggregate says nothing before its window is half full.
 */
export async function measureJudging(
  targets: { readonly judging: Target; readonly bare: Target },
  load: Load,
  fillMs: number,
): Promise<JudgingCost> {
  const start = (alerts: 'many' | 'none', { port }: Target) =>
    startDaemon({ config: benchConfig({ ...load, port, alerts }) });
  await using judging = await start('many', targets.judging);
  await judging.checked(load.targets);
  await using bare = await start('none', targets.bare);
  await bare.checked(load.targets);
  await sleep(Math.max(fillMs, load.intervalMs * 1.5));

  const pairs = [
    { daemon: judging, target: targets.judging, cpuPerThousand: [] as number[] },
    { daemon: bare, target: targets.bare, cpuPerThousand: [] as number[] },
  ] as const;
  using judgingMemory = watchMemory(judging.pid);
  using bareMemory = watchMemory(bare.pid);
  for (let window = 0; window < WINDOWS; window++) {
    const before = pairs.map(({ daemon, target }) => {
      target.start(load.intervalMs);
      return cpuSeconds(daemon.pid);
    });
    await sleep(load.windowMs);
    for (const [index, { daemon, target, cpuPerThousand }] of pairs.entries()) {
      const cpu = cpuSeconds(daemon.pid) - (before[index] ?? 0);
      cpuPerThousand.push((cpu / (await target.stats()).arrivals) * 1000);
    }
  }
  const [withAlerts, without] = pairs.map(({ cpuPerThousand }) => cpuPerThousand);
  const figures = (all: readonly number[] = [], resident: number): Figures => ({
    'CPU s per 1,000 checks, by window': all.map((one) => one.toFixed(3)).join(' '),
    'the same, median': quantile([...all].sort(), 0.5).toFixed(3),
    'resident, most': mib(resident),
  });
  return {
    judging: figures(withAlerts, judgingMemory.most()),
    bare: figures(without, bareMemory.most()),
    ratios: (withAlerts ?? []).map((one, index) => one / (without?.[index] ?? Number.NaN)).sort((a, b) => a - b),
  };
}
