import { setTimeout as sleep } from 'node:timers/promises';
import type { Sink } from './alertmanager.ts';
import { benchConfig } from './config.ts';
import { type Daemon, scrape, seriesValue, startDaemon, watchMemory } from './daemon.ts';
import { type Figures, mib, ms, quantile } from './figures.ts';
import type { Load } from './outrider.ts';
import { residentBytes } from './process.ts';
import { openStormLog } from './storm-log.ts';
import type { Target } from './target.ts';

/**
 * How the storm begins. `refuse`: nobody listens from one moment on; each target finds out at its turn, so that an interval's worth of
 * failures is spread over it. `unavailable`: the same with a 503. `second`: all questions are held for an interval, so that as many are under way as the limits allow and the
 * others wait; then they are reset in one second, and nobody listens.
 */
export const STORMS = ['refuse', 'unavailable', 'second'] as const;
export type Storm = (typeof STORMS)[number];

const LONGEST_MS = 120_000;
const SCRAPE_EVERY_MS = 2000;
/** prom-client's histogram holds the time from beat to beat: a delay is what is more than the beat. */
const BEAT_MS = 100;

/** All targets of a daemon fail at once, half of them because of one dependency and half in one place, and recover. */
export async function measureStorm(
  target: Target,
  sink: Sink,
  { targets, intervalMs }: Load,
  storm: Storm,
  profile?: string,
): Promise<Figures> {
  const shape = storm === 'second' ? 'pressed' : 'storm';
  const log = openStormLog();
  const config = benchConfig({ targets, intervalMs, port: target.port, alertmanager: sink.url, shape });
  await using daemon = await startDaemon({ config, onLog: log.take, profile });
  using memory = watchMemory(daemon.pid);
  const all = targets + 1;
  await daemon.checked(all);
  await sleep(intervalMs * 1.5);
  await scrape(daemon.url); // what was slow at the start is not the storm's
  const before = sink.posted();
  const calmBytes = residentBytes(daemon.pid);

  await begin(target, storm, intervalMs);
  const failing = await watch(daemon, ({ firing, suppressed }) => firing + suppressed >= all);
  const tellingMs = await until(() => sink.posted().told >= failing.last.firing);
  const listingBegunMs = performance.now();
  const groups = await groupsOf(daemon.url);
  const listingMs = performance.now() - listingBegunMs;
  await scrape(daemon.url); // nor is what the list held up the recovery's
  const told = sink.posted();
  target.recover();
  const recovery = await watch(daemon, ({ active }) => active === 0);
  await until(() => sink.posted().ended >= told.told);
  return {
    'first failure to all decided': ms(log.decidedMs),
    'all decided to all told': ms(tellingMs),
    'told / suppressed': `${failing.last.firing} / ${failing.last.suppressed}`,
    groups: String(groups),
    'all of /api/v1/alerts, page by page': ms(listingMs),
    'posts / alerts in them': `${told.posts - before.posts} / ${told.alerts - before.alerts}`,
    'event-loop delay, p99 / max': `${ms(failing.lagP99Ms)} / ${ms(failing.lagMaxMs)}`,
    '/-/healthy, p99 / max': `${ms(quantile(failing.pingsMs, 0.99))} / ${ms(quantile(failing.pingsMs, 1))}`,
    '/metrics, median / max': `${ms(quantile(failing.scrapesMs, 0.5))} / ${ms(quantile(failing.scrapesMs, 1))}`,
    'recovery: event-loop delay, p99 / max': `${ms(recovery.lagP99Ms)} / ${ms(recovery.lagMaxMs)}`,
    'recovery: /-/healthy, max': ms(quantile(recovery.pingsMs, 1)),
    'recovery: ends told': `${sink.posted().ended} of ${told.told}`,
    'lines of the log that say so': String(log.decided),
    'resident before / most': `${mib(calmBytes)} / ${mib(memory.most())}`,
  };
}

async function begin(target: Target, storm: Storm, intervalMs: number): Promise<void> {
  if (storm !== 'second') return target.fail(storm);
  target.fail('hold');
  await sleep(intervalMs - 500);
  target.reset();
}

/** How many alerts there are, by their state. */
interface States {
  readonly firing: number;
  readonly suppressed: number;
  readonly active: number;
}

function statesIn(metrics: string): States {
  const states = [...metrics.matchAll(/^outrider_alerts\{alertname="HttpDown".*state="([a-z]+)"/gm)].map(
    ([, state]) => state,
  );
  const count = (wanted: string) => states.filter((state) => state === wanted).length;
  return { firing: count('firing'), suppressed: count('suppressed'), active: states.length };
}

interface Watched {
  /** At the last look. */
  readonly last: States;
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
  readonly pingsMs: readonly number[];
  readonly scrapesMs: readonly number[];
}

/** Scrapes and asks whether it lives until `isOver`, and once more. */
async function watch({ url }: Daemon, isOver: (states: States) => boolean): Promise<Watched> {
  let last: States = { firing: 0, suppressed: 0, active: 0 };
  const scrapesMs: number[] = [];
  const lags = { p99: 0, max: 0 };
  const beganMs = performance.now();
  await using pings = startPings(url);
  for (let over = false; !over; ) {
    over = isOver(last);
    if (performance.now() - beganMs > LONGEST_MS)
      throw new Error(`not over after two minutes: ${JSON.stringify(last)}`);
    const { tookMs, text } = await scrape(url);
    last = statesIn(text);
    scrapesMs.push(tookMs);
    lags.p99 = Math.max(lags.p99, seriesValue(text, 'nodejs_eventloop_lag_p99_seconds') * 1000 - BEAT_MS);
    lags.max = Math.max(lags.max, seriesValue(text, 'nodejs_eventloop_lag_max_seconds') * 1000 - BEAT_MS);
    if (!over) await sleep(SCRAPE_EVERY_MS - Math.min(tookMs, SCRAPE_EVERY_MS));
  }
  return {
    last,
    lagP99Ms: lags.p99,
    lagMaxMs: lags.max,
    pingsMs: pings.tookMs.toSorted((a, b) => a - b),
    scrapesMs: scrapesMs.sort((a, b) => a - b),
  };
}

/** Asks again and again whether it lives, until it is disposed of. */
function startPings(url: string): { readonly tookMs: number[] } & AsyncDisposable {
  const tookMs: number[] = [];
  let over = false;
  const pinging = (async () => {
    while (!over) {
      const begun = performance.now();
      await (await fetch(`${url}/-/healthy`, { headers: { connection: 'close' } })).text();
      tookMs.push(performance.now() - begun);
      await sleep(20);
    }
  })();
  return {
    tookMs,
    async [Symbol.asyncDispose]() {
      over = true;
      await pinging;
    },
  };
}

/** Waits at most half a minute; answers how long it took, ms. */
async function until(isSo: () => boolean): Promise<number> {
  const begun = performance.now();
  while (!isSo() && performance.now() - begun < 30_000) await sleep(20);
  return performance.now() - begun;
}

interface ListedAlert {
  readonly group: string;
}

async function eachAlert(url: string): Promise<readonly ListedAlert[]> {
  const all: ListedAlert[] = [];
  let page: string | undefined = `${url}/api/v1/alerts`;
  while (page !== undefined) {
    const answer: Response = await fetch(page);
    all.push(...((await answer.json()) as readonly ListedAlert[]));
    const link = /^<([^>]+)>/.exec(answer.headers.get('link') ?? '')?.[1];
    page = link === undefined ? undefined : new URL(link, page).href;
  }
  return all;
}

const groupsOf = async (url: string): Promise<number> => new Set((await eachAlert(url)).map(({ group }) => group)).size;
