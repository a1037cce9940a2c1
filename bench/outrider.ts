import { setTimeout as sleep } from 'node:timers/promises';
import { benchConfig } from './config.ts';
import { type Scrape, scrape, startDaemon, watchMemory } from './daemon.ts';
import { type Figures, mib, ms, quantile } from './figures.ts';
import { cpuSeconds, machineBusySeconds } from './process.ts';
import type { Target } from './target.ts';

export interface Load {
  readonly targets: number;
  readonly intervalMs: number;
  readonly windowMs: number;
  readonly alertmanager: string;
}

const SCRAPE_EVERY_MS = 10_000;

/** Runs the daemon with everything on and measures a window of its steady state. */
export async function measureOutrider(
  target: Target,
  load: Load,
): Promise<{ readonly figures: Figures; readonly cpuPerThousand: number }> {
  await using daemon = await startDaemon({ config: benchConfig({ ...load, port: target.port }) });
  const { url } = daemon;
  const allCheckedMs = await daemon.checked(load.targets);
  await sleep(load.intervalMs * 1.5);

  const atStart = (await scrape(url)).text;
  target.start(load.intervalMs);
  const before = { cpu: cpuSeconds(daemon.pid), busy: machineBusySeconds(), other: cpuSeconds(target.pid) };
  const scrapes: Scrape[] = [];
  const endMs = performance.now() + load.windowMs;
  using memory = watchMemory(daemon.pid);
  while (performance.now() < endMs) {
    scrapes.push(await scrape(url));
    await sleep(Math.min(SCRAPE_EVERY_MS, Math.max(0, endMs - performance.now())));
  }
  const stats = await target.stats();
  const cpu = cpuSeconds(daemon.pid) - before.cpu;
  const otherCpu = machineBusySeconds() - before.busy - cpu - (cpuSeconds(target.pid) - before.other);
  const own = (await scrape(url)).text;
  const cpuPerThousand = (cpu / stats.arrivals) * 1000;
  const figures = {
    'checks in the window': String(stats.arrivals),
    'CPU s per 1,000 checks': cpuPerThousand.toFixed(3),
    'share of one core': `${((cpu / load.windowMs) * 100_000).toFixed(1)} %`,
    'resident, most': mib(memory.most()),
    'schedule error p50': ms(quantile(stats.errorsMs, 0.5)),
    'schedule error p99': ms(quantile(stats.errorsMs, 0.99)),
    'schedule error max': ms(quantile(stats.errorsMs, 1)),
    'started late, p99 (its own metric)': `at most ${ms(lateness(atStart, own, 0.99) * 1000)}`,
    '/metrics, median': ms(
      quantile(
        scrapes.map((one) => one.tookMs).toSorted((a, b) => a - b),
        0.5,
      ),
    ),
    '/metrics, bytes': String(scrapes.at(-1)?.bytes ?? 0),
    'start to all checked': ms(allCheckedMs),
    'skipped turns': String(sumOf(own, 'outrider_probes_skipped_total')),
    'other CPU meanwhile': `${((otherCpu / load.windowMs) * 1000).toFixed(2)} cores`,
  };
  return { figures, cpuPerThousand };
}

/** The bucket of `outrider_probe_delay_seconds` below which `share` of the probes between two scrapes started, seconds. */
function lateness(before: string, after: string, share: number): number {
  const buckets = (metrics: string) => [
    ...metrics.matchAll(/^outrider_probe_delay_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm),
  ];
  const first = buckets(before).map((bucket) => Number(bucket[2]));
  const grown = buckets(after).map((bucket, at) => ({
    le: Number(bucket[1]),
    count: Number(bucket[2]) - (first[at] ?? 0),
  }));
  const all = grown.at(-1)?.count ?? 0;
  return grown.find(({ count }) => count >= share * all)?.le ?? Number.NaN;
}

function sumOf(metrics: string, name: string): number {
  return [...metrics.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (.*)$`, 'gm'))].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );
}

/** A daemon with ten targets that has nothing else to do. */
export async function measureIdle(target: Target, alertmanager: string): Promise<Figures> {
  const { figures } = await measureOutrider(target, {
    targets: 10,
    intervalMs: 10_000,
    windowMs: 30_000,
    alertmanager,
  });
  return {
    'share of one core': figures['share of one core'] ?? '',
    'resident, most': figures['resident, most'] ?? '',
  };
}
