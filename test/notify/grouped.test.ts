import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../src/core/alert.ts';
import type { Delivery } from '../../src/notify/contract.ts';
import { openLine } from '../../src/notify/line.ts';
import { openQueue } from '../../src/notify/queue.ts';
import { webhook } from '../../src/notify/webhook.ts';
import { ALERT } from '../support/receiver.ts';
import { virtualClock } from '../support/virtual-clock.ts';

/** `a1` is the alert a of group 1. */
const notice = (status: Notice['status'], name: string, summary = '', startsAtMs = 0): Notice => {
  const alert = {
    ...ALERT,
    fingerprint: name[0] ?? '',
    target: name[0] ?? '',
    group: name.slice(1),
    startsAtMs,
    annotations: { summary },
  };
  return status === 'firing' ? { status, alert } : { status, alert, endsAtMs: startsAtMs + 1 };
};
const firing = (name: string, summary?: string, startsAtMs?: number) => notice('firing', name, summary, startsAtMs);
const resolved = (name: string) => notice('resolved', name);

const DOWN: Delivery = { ok: false, retry: true, reason: 'network', message: 'refused' };
const WRONG: Delivery = { ok: false, retry: false, reason: 'client', message: 'answered 400' };

/** A queue to a webhook whose answers are these, then good ones; and what it was told: `1: firing a (b)`. */
function bench(...answers: readonly (Delivery | undefined)[]) {
  const clock = virtualClock(0);
  const told: string[] = [];
  const left = [...answers];
  const open = () =>
    openQueue(
      {
        name: 'peer',
        async send({ changed: notices, standing }) {
          const what = notices.map(({ status, alert }) => `${status} ${alert.target}${alert.annotations['summary']}`);
          const beside = standing.length === 0 ? '' : ` (${standing.map(({ target }) => target).join(', ')})`;
          told.push(`${notices[0]?.alert.group}: ${what.join(', ')}${beside}`);
          return left.shift() ?? { ok: true };
        },
        async [Symbol.asyncDispose]() {},
      },
      webhook.manner,
      clock,
      { random: () => 0.5, onLength() {}, onClosed() {}, onAttempt() {} },
    );
  return { clock, told, open, queue: open() };
}

describe('a peer that is told group by group', () => {
  it('gets one message for each group, in the order in which they began', async () => {
    const { clock, queue, told } = bench();
    queue.post(['a1', 'b2', 'c1'].map((name) => firing(name)));
    await clock.advance(1);
    expect(told).toEqual(['1: firing a, firing c', '2: firing b']);
  });

  it.each([
    ['cannot be told for now', DOWN, ['1: firing a', '2: firing b', '2: firing b', '3: firing c']],
    ['is refused for good', WRONG, ['1: firing a', '2: firing b', '3: firing c']],
  ])('is told nothing twice when the second of its groups %s', async (_, answer, expected) => {
    const { clock, queue, told } = bench(undefined, answer);
    queue.post(['a1', 'b2', 'c3'].map((name) => firing(name)));
    await clock.advance(10_000);
    expect(told).toEqual(expected);
  });

  it('is told again just what it was told, whatever joins meanwhile', async () => {
    const { clock, queue, told } = bench(DOWN, DOWN);
    queue.post([firing('a1')]);
    await clock.advance(10);
    queue.post([firing('b1'), firing('a1', ' in other words')]);
    await clock.advance(10_000);
    expect(told).toEqual(['1: firing a', '1: firing a', '1: firing a', '1: firing b (a)']);
  });

  it('hears of a change what else of its group fires', async () => {
    const { clock, queue, told } = bench();
    queue.post(['a1', 'b1', 'c2'].map((name) => firing(name)));
    await clock.advance(1);
    queue.post([resolved('a1')]);
    await clock.advance(1);
    queue.post([resolved('b1')]);
    await clock.advance(1);
    expect(told.slice(2)).toEqual(['1: resolved a (b)', '1: resolved b']);
  });

  it('does not count among what fires what was refused', async () => {
    const { clock, queue, told } = bench(WRONG);
    queue.post([firing('a1')]);
    await clock.advance(1);
    queue.post([firing('b1')]);
    await clock.advance(1);
    expect(told).toEqual(['1: firing a', '1: firing b']);
  });

  it('is told of beginnings and ends alone, in the newest words that there are then', async () => {
    const { clock, queue, told } = bench();
    queue.post([firing('a1'), firing('a1', ' with symptoms')]);
    await clock.advance(1);
    queue.post([firing('a1', ' with more symptoms')]);
    await clock.advance(5 * 3_600_000);
    queue.post([resolved('a1')]);
    await clock.advance(1);
    queue.post([firing('a1', ' again', 100)]);
    await clock.advance(1);
    expect(told).toEqual(['1: firing a with symptoms', '1: resolved a', '1: firing a again']);
  });

  it('hears of an end in the group in which it heard of the beginning', async () => {
    const { clock, queue, told } = bench();
    queue.post([firing('a1')]);
    await clock.advance(1);
    queue.post([resolved('a2')]);
    await clock.advance(1);
    expect(told).toEqual(['1: firing a', '1: resolved a']);
  });

  it('that was away hears of every beginning and every end, group by group', async () => {
    const { clock, queue, told } = bench(DOWN);
    queue.post([firing('a1')]);
    await clock.advance(1);
    queue.post([firing('b2'), resolved('a1'), resolved('b2')]);
    await clock.advance(10_000);
    expect(told).toEqual(['1: firing a', '1: firing a', '2: firing b', '1: resolved a', '2: resolved b']);
  });

  it('is not told again by the queue that follows, which knows what fires', async () => {
    const { clock, queue, told, open } = bench();
    queue.post([firing('a1'), firing('b1')]);
    await clock.advance(1);
    const heir = open();
    const { heritage, closed } = queue.handOver();
    heir.inherit(heritage);
    heir.post([firing('a1'), firing('b1')]);
    await closed;
    await clock.advance(1);
    heir.post([resolved('a1')]);
    await clock.advance(1);
    expect(told).toEqual(['1: firing a, firing b', '1: resolved a (b)']);
  });
});

it('a line taken group by group tells all of every alert and of every group in order', () => {
  const step = fc.record({ alert: fc.constantFrom('a', 'b', 'c'), group: fc.constantFrom('1', '2') });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (steps, most) => {
      const line = openLine();
      const active = new Set<string>();
      const put: string[] = [];
      for (const { alert, group } of steps) {
        const status = active.has(alert) ? 'resolved' : 'firing';
        if (status === 'firing') active.add(alert);
        else active.delete(alert);
        line.put(notice(status, alert + group), 0);
        put.push(`${alert}${group} ${status}`);
      }
      const told: string[] = [];
      while (line.length > 0) {
        const message = line.take(most, true);
        expect(new Set(message.map((item) => item.notice.alert.group)).size).toBe(1);
        told.push(...message.map(({ notice: { alert, status } }) => `${alert.fingerprint}${alert.group} ${status}`));
        line.done(message);
      }
      for (const at of [0, 1])
        for (const key of 'abc12') {
          const of = (all: readonly string[]) => all.filter((one) => one[at] === key);
          expect(of(told)).toEqual(of(put));
        }
    }),
  );
});
