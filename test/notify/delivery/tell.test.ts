import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../src/core/alert.ts';
import type { Delivery, DeliveryManner } from '../../../src/notify/contract.ts';
import { queueBench } from '../../support/peer-queue.ts';
import { ALERT } from '../../support/receiver.ts';

const MANNER: DeliveryManner = { batch: 10, resendMs: 60_000, keepResolvedMs: 0, longestBackoffMs: 5000 };
const DOWN: Delivery = { ok: false, retry: true, reason: 'network', message: 'refused' };
const notice = (name: string): Notice => ({ status: 'firing', alert: { ...ALERT, fingerprint: name, target: name } });

/** A queue to a peer that answers so, what it was told, and what became of it: `delivered 1`. */
function bench(answer: (told: number) => Delivery | 'never') {
  const made = queueBench({ manner: MANNER, answer });
  const told = () => made.messages.map(({ changed }) => changed.map(({ alert }) => alert.target).join());
  return { ...made, told, outcomes: () => made.outcomes.map(({ outcome, count }) => `${outcome} ${count}`) };
}

describe('what is told past a queue', () => {
  it('does not wait behind what the peer has not taken', async () => {
    const { clock, queue, post, told } = bench((count) => (count === 1 ? 'never' : { ok: true }));
    post([notice('waits')]);
    await clock.advance(1);
    queue.tell(notice('beside'));
    await clock.advance(1);
    expect(told()).toEqual(['waits', 'beside']);
  });

  it('is told once only, and counts as no notice', async () => {
    const { clock, queue, told, outcomes } = bench((count) => (count === 1 ? DOWN : { ok: true }));
    queue.tell(notice('first'));
    await clock.advance(300_000);
    queue.tell(notice('second'));
    await clock.advance(300_000);
    expect(told()).toEqual(['first', 'second']);
    expect(outcomes()).toEqual(['failed 0', 'delivered 0']);
  });

  it('is not told while the attempt before is under way, which ends after 10 s', async () => {
    const { clock, queue, told } = bench((count) => (count === 1 ? 'never' : { ok: true }));
    queue.tell(notice('first'));
    await clock.advance(9999);
    queue.tell(notice('second'));
    await clock.advance(2);
    queue.tell(notice('third'));
    expect(told()).toEqual(['first', 'third']);
  });

  it('is no word of a queue that was stopped', async () => {
    const { clock, queue, told, outcomes } = bench((count) => (count === 1 ? 'never' : { ok: true }));
    queue.tell(notice('under way'));
    await queue.stop(0);
    queue.tell(notice('too late'));
    await clock.advance(20_000);
    expect(told()).toEqual(['under way']);
    expect(outcomes()).toEqual([]);
  });
});
