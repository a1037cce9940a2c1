import { setTimeout as sleep } from 'node:timers/promises';
import { benchConfig } from './config.ts';
import { type Daemon, scrape, seriesValue, startDaemon, watchMemory } from './daemon.ts';
import { type Figures, mib, ms, quantile } from './figures.ts';
import type { Load } from './outrider.ts';
import type { Target } from './target.ts';

/**
 * What a reload finds. `none`: there is no reload, to compare with; `same`: another comment; `one`: one target changed; `all`: every
 * target changed; `bad`: a mistake in the last line; `storm`: `same` ten times a second.
 */
export const RELOADS = ['none', 'same', 'one', 'all', 'bad', 'storm'] as const;
export type ReloadCase = (typeof RELOADS)[number];

/** prom-client's histogram holds the time from beat to beat: a delay is what is more than the beat. */
const BEAT_MS = 100;
const STORM_MS = 100;
const SAID = /"(config reloaded|the config has a mistake[^"]*)"/;

/** Reloads the config of a daemon that is at work, in every way; answers the figures of each. */
export async function measureReloads(
  target: Target,
  load: Load,
): Promise<readonly { readonly title: ReloadCase; readonly figures: Figures }[]> {
  const config = benchConfig({ ...load, port: target.port });
  const said = listenFor(SAID);
  await using daemon = await startDaemon({ config, onLog: said.take });
  using memory = watchMemory(daemon.pid);
  await daemon.checked(load.targets);
  await sleep(load.intervalMs * 1.5);
  const all = [];
  for (const [nth, title] of RELOADS.entries()) {
    target.start(load.intervalMs);
    await scrape(daemon.url); // forgets what was slow before
    const tookMs: number[] = [];
    const endMs = performance.now() + 2 * load.intervalMs;
    await sleep(load.intervalMs / 2);
    if (title !== 'none') {
      await daemon.write(changed(config, title, nth));
      tookMs.push(await reload(daemon, said));
      while (title === 'storm' && performance.now() < endMs) {
        tookMs.push(await reload(daemon, said));
        await sleep(STORM_MS);
      }
    }
    await sleep(Math.max(0, endMs - performance.now()));
    const { errorsMs, arrivals } = await target.stats();
    const { text } = await scrape(daemon.url);
    const sorted = tookMs.toSorted((a, b) => a - b);
    all.push({
      title,
      figures: {
        reloads: String(tookMs.length),
        'SIGHUP to done, median': tookMs.length === 0 ? '' : ms(quantile(sorted, 0.5)),
        'event-loop delay, most': ms(seriesValue(text, 'nodejs_eventloop_lag_max_seconds') * 1000 - BEAT_MS),
        'schedule error p99 / max': `${ms(quantile(errorsMs, 0.99))} / ${ms(quantile(errorsMs, 1))}`,
        checks: String(arrivals),
        'resident, most so far': mib(memory.most()),
      },
    });
  }
  return all;
}

/** The texts of the config files for this case; each is another one than those before. */
function changed([first = '', ...more]: readonly string[], title: ReloadCase, nth: number): readonly string[] {
  const comment = `# ${nth}\n`;
  if (title === 'one') return [comment + first.replace('name: t0,', 'name: t0, group: a,'), ...more];
  if (title === 'all') return [first, ...more].map((text) => text.replace('timeout: 5000ms', 'timeout: 4000ms'));
  if (title === 'bad') return [comment + first, ...more.slice(0, -1), `${more.at(-1) ?? ''}- { name: last }\n`];
  return [comment + first, ...more];
}

async function reload(daemon: Daemon, said: ReturnType<typeof listenFor>): Promise<number> {
  const begun = performance.now();
  const done = said.next();
  process.kill(daemon.pid, 'SIGHUP');
  await done;
  return performance.now() - begun;
}

/** Waits for lines of the log. */
function listenFor(pattern: RegExp) {
  let heard = () => {};
  return {
    take(line: string) {
      if (pattern.test(line)) heard();
    },
    next: () =>
      new Promise<void>((resolve) => {
        heard = resolve;
      }),
  };
}
