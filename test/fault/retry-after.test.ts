import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exposedBy, seriesIn, untilStatus } from '../support/daemon.ts';
import { audit } from '../support/fault/audit.ts';
import { type Breakable, startBreakable } from '../support/fault/breakable.ts';
import { type MortalDaemon, openMortal } from '../support/fault/daemon.ts';
import { webhook } from '../support/fault/dialect.ts';
import { driveTime } from '../support/fault/driven-time.ts';
import { type Ledger, openLedger } from '../support/fault/ledger.ts';
import { type Sink, startSink } from '../support/fault/sink.ts';
import { until } from '../support/wait.ts';

const FACTOR = 20;
/** Of the daemon's time, in which 20 minutes of failing pass in one. */
const TWENTY_MINUTES_MS = 20 * 60_000;

describe('a receiver that asks to be left alone', () => {
  let ledger: Ledger;
  let targets: Breakable;
  let sink: Sink;
  let daemon: MortalDaemon;
  let now: () => number;
  beforeEach(async () => {
    ledger = openLedger();
    [targets, sink] = [await startBreakable(4, () => now()), await startSink('hook', webhook, ledger)];
    const list = targets.names.map((name) => `  - { name: ${name}, type: http, url: "${targets.urlOf(name)}" }`);
    daemon = await openMortal(
      `
service: shop
startup_grace: 0s
defaults: { interval: 10s, timeout: 8s }
targets:
${list.join('\n')}
notify:
  hook: { type: webhook, url: "${sink.url}/", group_wait: 0s, group_interval: 0s }
`,
      { main: 'driven' },
    );
    await daemon.start({ clock: { factor: FACTOR } });
    now = await driveTime(daemon, FACTOR);
    await untilStatus(daemon, 'up', targets.names);
  });
  afterEach(async () => {
    await Promise.all([daemon, sink, targets].map((one) => one?.[Symbol.asyncDispose]()));
  });

  const requests = (count: number) =>
    until(`request ${count}`, () => ledger.entries[count - 1]).then(({ value }) => value);
  const [first = ''] = ['target-00'];

  it.each<[string, (wallMs: number) => string, number]>([
    ['seconds', () => '30', 29_000],
    // The date is the daemon's: receivers and senders are expected to have the same clock.
    ['a date', (wallMs) => new Date(wallMs + 45_000).toUTCString(), 25_000],
  ])('is left alone for as long as it says in %s', async (_, retryAfter, leastMs) => {
    sink.become({ kind: 'status', status: 429, headers: { 'retry-after': retryAfter(now()) } });
    targets.breakDown(first);
    const refused = await requests(1);
    sink.become({ kind: 'ok' });
    const again = await requests(2);
    const waitedMs = (again.atMs - refused.atMs) * FACTOR;
    expect(waitedMs).toBeGreaterThan(leastMs);
    expect(again.key).toBe(refused.key);
  });

  it('that fails for 20 minutes is told everything that piled up, once and in order', {
    timeout: 180_000,
  }, async () => {
    const beganMs = now();
    sink.become({ kind: 'status', status: 503 });
    const [brief = '', long = '', again = ''] = targets.names;
    for (const name of [brief, long, again]) targets.breakDown(name);
    await untilStatus(daemon, 'down', [brief, long, again]);
    for (const name of [brief, again]) targets.mend(name);
    await untilStatus(daemon, 'up', [brief, again]);
    targets.breakDown(again);
    await untilStatus(daemon, 'down', [again]);
    await until('20 minutes have passed', () => (now() - beganMs > TWENTY_MINUTES_MS ? true : undefined), 90_000);
    const tries = ledger.entries.length;
    const gaps = ledger.entries.map(({ atMs }, at) => atMs - (ledger.entries[at - 1]?.atMs ?? atMs));
    expect(Math.max(...gaps) * FACTOR, 'between two attempts').toBeLessThan(6 * 60_000);
    expect(
      seriesIn(await exposedBy(daemon), 'outrider_notifications_total', { outcome: 'failed' }) ?? 0,
    ).toBeGreaterThanOrEqual(tries - 1);

    sink.become({ kind: 'ok' });
    const outages = () => audit(ledger, { receiver: 'hook', dedup: 'key' }, targets.outages());
    await until('everything is told', () => (outages().lost.length === 0 ? true : undefined), 60_000).catch(() => {});
    expect(outages()).toMatchObject({ lost: [], repeats: [], disorder: [], unexpected: [], beginnings: 4, ends: 2 });
  });
});
