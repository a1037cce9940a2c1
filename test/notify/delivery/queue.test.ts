import { describe, expect, it } from 'vitest';
import type { Alert, Notice } from '../../../src/core/alert.ts';
import type { Delivery, DeliveryManner } from '../../../src/notify/contract.ts';
import { backoffMs } from '../../../src/notify/delivery/attempt.ts';
import { queueBench } from '../../support/peer-queue.ts';

const MANNER: DeliveryManner = { batch: 3, resendMs: 60_000, keepResolvedMs: 15 * 60_000, longestBackoffMs: 30_000 };

const alert = (name: string): Alert => ({
  origin: 'own',
  fingerprint: name,
  labels: { alertname: name },
  annotations: {},
  severity: 'P1',
  target: name,
  state: 'firing',
  startsAtMs: 0,
  generatorUrl: undefined,
  suppressedBy: [],
  silencedBy: [],
  group: name,
});
const firing = (name: string): Notice => ({ status: 'firing', alert: alert(name) });
const resolved = (name: string, endsAtMs: number): Notice => ({ status: 'resolved', alert: alert(name), endsAtMs });

/** A queue to a peer that answers as told, and what it was told and when. */
function bench(answer: (attempt: number) => Delivery | 'never', manner = MANNER) {
  const times: number[] = [];
  const made = queueBench({
    manner,
    answer(attempt) {
      times.push(made.clock.monoMs());
      return answer(attempt);
    },
  });
  const told = (): readonly { readonly atMs: number; readonly what: string }[] =>
    made.messages.map(({ changed }, index) => ({
      atMs: times[index] ?? 0,
      what: changed.map((one) => `${one.status} ${one.alert.target}`).join(', '),
    }));
  return { ...made, told, outcomes: () => made.outcomes.map(({ outcome }) => outcome) };
}

const OK: Delivery = { ok: true };
const DOWN: Delivery = { ok: false, retry: true, reason: 'network', message: 'refused' };

describe('a peer’s queue', () => {
  it('tells at once, in batches, in order', async () => {
    const { clock, post, told } = bench(() => OK);
    post(['a', 'b', 'c', 'd'].map(firing));
    await clock.advance(1);
    expect(told().map(({ what }) => what)).toEqual(['firing a, firing b, firing c', 'firing d']);
  });

  it('never puts a beginning and its end into one message', async () => {
    const { clock, post, told } = bench(() => OK);
    post([firing('a'), resolved('a', 5), firing('b')]);
    await clock.advance(1);
    expect(told().map(({ what }) => what)).toEqual(['firing a', 'resolved a, firing b']);
  });

  it('tells again with back-off until the peer has taken it, and loses neither beginning nor end', async () => {
    const { clock, post, told, outcomes } = bench((attempt) => (attempt < 4 ? DOWN : OK), {
      ...MANNER,
      resendMs: undefined,
    });
    post([firing('a')]);
    await clock.advance(100);
    post([resolved('a', 100)]);
    await clock.advance(60_000);
    expect(told().map(({ what }) => what)).toEqual(['firing a', 'firing a', 'firing a', 'firing a', 'resolved a']);
    expect(told().map(({ atMs }) => atMs)).toEqual([0, 250, 750, 1750, 1750]);
    expect(outcomes()).toEqual(['failed', 'failed', 'failed', 'delivered', 'delivered']);
  });

  it('waits as long as it is asked to', async () => {
    const { clock, post, told } = bench((attempt) =>
      attempt === 1 ? { ok: false, retry: true, reason: 'rate-limited', message: '429', retryAfterMs: 30_000 } : OK,
    );
    post([firing('a')]);
    await clock.advance(29_999);
    expect(told()).toHaveLength(1);
    await clock.advance(2);
    expect(told()).toHaveLength(2);
  });

  it('gives up what would be refused again, and goes on with the rest', async () => {
    const { clock, post, told, outcomes } = bench((attempt) =>
      attempt === 1 ? { ok: false, retry: false, reason: 'client', message: '400' } : OK,
    );
    post([firing('a'), resolved('a', 1)]);
    await clock.advance(1000);
    expect(told()).toHaveLength(2);
    expect(outcomes()).toEqual(['refused', 'delivered']);
  });

  it('ends an attempt that is not answered after 10 s', async () => {
    const { clock, post, told, outcomes } = bench((attempt) => (attempt === 1 ? 'never' : OK));
    post([firing('a')]);
    await clock.advance(9999);
    expect(outcomes()).toEqual([]);
    await clock.advance(300);
    expect(outcomes()).toEqual(['failed', 'delivered']);
    expect(told()).toHaveLength(2);
  });

  it('replaces an update that was not told yet', async () => {
    const { clock, post, told } = bench((attempt) => (attempt < 3 ? DOWN : OK), { ...MANNER, resendMs: undefined });
    post([firing('x')]);
    await clock.advance(1);
    post([firing('a')]);
    post([firing('a')]);
    await clock.advance(10_000);
    expect(told().at(-1)?.what).toBe('firing x, firing a');
  });

  it('tells what fires again every minute, and what ended for 15 minutes', async () => {
    const { clock, post, told } = bench(() => OK);
    post([firing('a'), firing('b')]);
    await clock.advance(61_000);
    expect(told().map(({ what }) => what)).toEqual(['firing a, firing b', 'firing a, firing b']);
    post([resolved('b', clock.now().wallMs)]);
    await clock.advance(60_000);
    expect(told().at(-1)?.what).toBe('firing a, resolved b');
    await clock.advance(16 * 60_000);
    expect(told().at(-1)?.what).toBe('firing a');
  });

  it('tells what waits before it stops, and closes the peer', async () => {
    const { clock, queue, post, told, isClosed } = bench(() => OK);
    post([resolved('a', 1)]);
    const stopped = queue.stop(2000);
    await clock.advance(10);
    await stopped;
    expect(told()).toHaveLength(1);
    expect(isClosed()).toBe(true);
    await clock.advance(120_000);
    expect(told()).toHaveLength(1);
  });

  it('does not wait for a dead peer longer than the grace', async () => {
    const { clock, queue, post } = bench(() => 'never');
    post([firing('a')]);
    await clock.advance(1);
    const stopped = queue.stop(2000);
    await clock.advance(2000);
    await stopped;
  });
});

describe('the back-off', () => {
  it.each([
    { failures: 1, random: 1, ms: 500 },
    { failures: 3, random: 1, ms: 2000 },
    { failures: 3, random: 0.25, ms: 500 },
    { failures: 30, random: 1, ms: 30_000 },
    { failures: 1000, random: 0, ms: 1 },
  ])('after $failures failures is at most $ms ms with $random of the jitter', ({ failures, random, ms }) => {
    expect(backoffMs(failures, undefined, random, 30_000)).toBe(ms);
  });

  it.each([
    { asked: 0, ms: 500 },
    { asked: 100, ms: 500 },
    { asked: 60_000, ms: 60_000 },
  ])('is never shorter than the $asked ms that the receiver asks for, nor made so by it', ({ asked, ms }) => {
    expect(backoffMs(1, asked, 1, 30_000)).toBe(ms);
  });
});
