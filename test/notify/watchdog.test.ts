import { describe, expect, it } from 'vitest';
import type { Notice } from '../../src/core/alert.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Delivery, Peer } from '../../src/notify/contract.ts';
import { openWatchdog, type WatchdogSettings } from '../../src/notify/watchdog.ts';
import { openScheduler } from '../../src/schedule/scheduler.ts';
import { aTarget } from '../support/targets.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const MINUTE_MS = 60_000;
const SETTINGS: WatchdogSettings = {
  service: 'shop',
  externalUrl: 'https://outrider.example',
  labels: { env: 'test' },
  to: ['alertmanager'],
  heartbeatUrl: undefined,
  everyMs: MINUTE_MS,
  intervalsMs: [15_000],
};
const URL_OF_BEATS = new Secret('http://beats/one');

/** A watchdog over a real scheduler of one target, looked at twice a second as the daemon does. */
function bench({ intervalMs = 15_000, answer = () => ({ ok: true }) as Delivery | 'never' } = {}) {
  const clock = virtualClock(0);
  const told: { readonly atMs: number; readonly to: readonly string[]; readonly notice: Notice }[] = [];
  const beats: { readonly atMs: number; readonly url: string }[] = [];
  const outcomes: string[] = [];
  const closed: string[] = [];
  const target = aTarget('api', { intervalMs });
  const scheduler = openScheduler(
    clock,
    { enter: async (_target, _turn, run) => run() },
    {
      probe: async ({ name }) => ({
        outcome: 'skipped',
        target: name,
        turn: 'scheduled',
        at: clock.now(),
        why: 'stopping',
      }),
      onResult() {},
      onStart() {},
      onError() {},
    },
  );
  const openHeartbeat = async (url: Secret): Promise<Peer> => ({
    name: 'heartbeat',
    async send() {
      beats.push({ atMs: clock.monoMs(), url: url.reveal() });
      const given = answer();
      return given === 'never' ? new Promise<Delivery>(() => {}) : given;
    },
    async [Symbol.asyncDispose]() {
      closed.push(url.reveal());
    },
  });
  const watchdog = openWatchdog({
    clock,
    lastStartMs: scheduler.lastStartMs,
    outbox: { tell: (to, notice) => told.push({ atMs: clock.monoMs(), to, notice }) },
    openHeartbeat,
    hooks: {
      random: () => 0.5,
      onLength() {},
      onClosed() {},
      onAttempt: (peer, outcome, notices) => outcomes.push(`${peer} ${outcome} ${notices}`),
    },
  });
  const pass = async (ms: number) => {
    for (let passedMs = 0; passedMs < ms; passedMs += 500) {
      await clock.advance(500);
      watchdog.look();
    }
    await clock.advance(0);
  };
  return { clock, told, beats, outcomes, closed, scheduler, watchdog, pass, start: () => scheduler.replace([target]) };
}

describe('the alert OutriderWatchdog', () => {
  it('has no target and the severity none', async () => {
    const { told, watchdog, start, pass } = bench();
    await watchdog.use(SETTINGS);
    start();
    await pass(500);
    expect(told.map(({ to }) => to)).toEqual([['alertmanager']]);
    expect(told[0]?.notice).toMatchObject({
      status: 'firing',
      alert: {
        labels: { alertname: 'OutriderWatchdog', service: 'shop', severity: 'none', env: 'test' },
        annotations: { summary: 'Outrider works' },
        target: '',
        startsAtMs: 0,
        generatorUrl: 'https://outrider.example',
      },
    });
    expect(told[0]?.notice.alert.labels).not.toHaveProperty('target');
  });

  it('is told every minute, from the first probe on', async () => {
    const { told, watchdog, start, pass } = bench();
    await watchdog.use(SETTINGS);
    await pass(5 * MINUTE_MS);
    expect(told).toEqual([]);
    start();
    await pass(3 * MINUTE_MS + 1000);
    expect(told.map(({ atMs }) => atMs)).toEqual([300_500, 360_500, 420_500, 480_500]);
  });

  it('is told no more once the scheduler has stood still for three intervals, and again when it goes on', async () => {
    const { told, watchdog, scheduler, start, pass } = bench({ intervalMs: 30_000 });
    await watchdog.use({ ...SETTINGS, intervalsMs: [3_600_000, 30_000] });
    start();
    await pass(1000);
    scheduler.replace([]);
    await pass(10 * MINUTE_MS);
    expect(told.map(({ atMs }) => atMs)).toEqual([500, 60_500]);
    start();
    await pass(1000);
    expect(told).toHaveLength(3);
  });

  it('goes on between probes that are hours apart', async () => {
    const { told, watchdog, start, pass } = bench({ intervalMs: 3_600_000 });
    await watchdog.use({ ...SETTINGS, intervalsMs: [3_600_000] });
    start();
    await pass(30 * MINUTE_MS);
    expect(told).toHaveLength(30);
  });

  it('is told although nothing is probed, where there is nothing to probe', async () => {
    const { told, watchdog, pass } = bench();
    await watchdog.use({ ...SETTINGS, intervalsMs: [] });
    await pass(MINUTE_MS);
    expect(told).toHaveLength(1);
  });

  it.each<[string, Partial<WatchdogSettings>, number]>([
    ['the same', {}, 1],
    ['others that change nothing of it', { everyMs: 5000, intervalsMs: [10_000] }, 1],
    ['other labels', { labels: { env: 'production' } }, 2],
    ['other receivers', { to: ['alertmanager', 'second'] }, 2],
  ])('after a reload to settings that are %s is told at once only where that is news', async (_, changes, times) => {
    const { told, watchdog, start, pass } = bench();
    await watchdog.use(SETTINGS);
    start();
    await pass(1000);
    await watchdog.use({ ...SETTINGS, ...changes });
    await pass(1000);
    expect(told).toHaveLength(times);
  });

  it('is told no more after a stop, not even its end', async () => {
    const { told, watchdog, start, pass } = bench();
    await watchdog.use(SETTINGS);
    start();
    await pass(1000);
    await watchdog[Symbol.asyncDispose]();
    await pass(5 * MINUTE_MS);
    expect(told.map(({ notice }) => notice.status)).toEqual(['firing']);
  });
});

describe('the heartbeat', () => {
  const beating = { ...SETTINGS, to: [], heartbeatUrl: URL_OF_BEATS, everyMs: 20_000 };

  it('is sent as often as the config says, and each beat counts', async () => {
    const { beats, outcomes, watchdog, start, pass } = bench();
    await watchdog.use(beating);
    start();
    await pass(MINUTE_MS);
    expect(beats.map(({ atMs }) => atMs)).toEqual([500, 20_500, 40_500]);
    expect(outcomes).toEqual(Array(3).fill('heartbeat delivered 1'));
  });

  it('is not sent while the scheduler stands still', async () => {
    const { beats, watchdog, scheduler, start, pass } = bench();
    await watchdog.use(beating);
    start();
    await pass(MINUTE_MS);
    scheduler.replace([]);
    await pass(MINUTE_MS);
    const before = beats.length;
    await pass(30 * MINUTE_MS);
    expect(beats).toHaveLength(before);
    start();
    await pass(1000);
    expect(beats).toHaveLength(before + 1);
  });

  it('that failed is not repeated out of turn', async () => {
    const failed: Delivery = { ok: false, retry: true, reason: 'server', message: 'answered 500' };
    const { beats, outcomes, watchdog, start, pass } = bench({ answer: () => failed });
    await watchdog.use(beating);
    start();
    await pass(MINUTE_MS);
    expect(beats).toHaveLength(3);
    expect(outcomes).toEqual(Array(3).fill('heartbeat failed 1'));
  });

  it('is one at a time, and given up after 10 s', async () => {
    const { beats, outcomes, watchdog, start, pass } = bench({ answer: () => 'never' });
    await watchdog.use({ ...beating, everyMs: 1000 });
    start();
    await pass(10_000);
    expect(beats).toHaveLength(1);
    await pass(9000);
    expect(beats).toHaveLength(2);
    expect(outcomes).toEqual(['heartbeat failed 1']);
  });

  it('goes to another URL at once after a reload, to none where there is none, and leaves nothing open', async () => {
    const { beats, closed, watchdog, start, pass } = bench();
    await watchdog.use(beating);
    start();
    await pass(1000);
    await watchdog.use(beating);
    await pass(1000);
    await watchdog.use({ ...beating, heartbeatUrl: new Secret('http://beats/two') });
    await pass(1000);
    expect(beats.map(({ url }) => url)).toEqual(['http://beats/one', 'http://beats/two']);
    await watchdog.use({ ...beating, heartbeatUrl: undefined });
    await pass(MINUTE_MS);
    expect(beats).toHaveLength(2);
    expect(closed).toEqual(['http://beats/one', 'http://beats/two']);
  });

  it('ends with the watchdog', async () => {
    const { beats, closed, watchdog, start, pass } = bench();
    await watchdog.use(beating);
    start();
    await pass(1000);
    await watchdog[Symbol.asyncDispose]();
    await pass(MINUTE_MS);
    expect(beats).toHaveLength(1);
    expect(closed).toEqual(['http://beats/one']);
  });
});
