import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../src/core/alert.ts';
import type { Delivery, Message } from '../../../src/notify/contract.ts';
import { webhook } from '../../../src/notify/webhook/type.ts';
import { queueBench } from '../../support/peer-queue.ts';
import { ALERT } from '../../support/receiver.ts';

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
  const made = queueBench({ manner: webhook.manner, answer: (attempt) => answers[attempt - 1] });
  return { ...made, told: () => made.messages.map(said) };
}

const said = ({ group, changed, standing }: Message): string => {
  const what = changed.map(({ status, alert }) => `${status} ${alert.target}${alert.annotations['summary']}`);
  const beside = standing.length === 0 ? '' : ` (${standing.map(({ target }) => target).join(', ')})`;
  return `${group}: ${what.join(', ')}${beside}`;
};

describe('a peer that is told group by group', () => {
  it('gets one message for each group, in the order in which they began', async () => {
    const { clock, post, told } = bench();
    post(['a1', 'b2', 'c1'].map((name) => firing(name)));
    await clock.advance(1);
    expect(told()).toEqual(['1: firing a, firing c', '2: firing b']);
  });

  it.each([
    ['cannot be told for now', DOWN, ['1: firing a', '2: firing b', '2: firing b', '3: firing c']],
    ['is refused for good', WRONG, ['1: firing a', '2: firing b', '3: firing c']],
  ])('is told nothing twice when the second of its groups %s', async (_, answer, expected) => {
    const { clock, post, told } = bench(undefined, answer);
    post(['a1', 'b2', 'c3'].map((name) => firing(name)));
    await clock.advance(10_000);
    expect(told()).toEqual(expected);
  });

  it('is told again just what it was told, whatever joins meanwhile', async () => {
    const { clock, post, told } = bench(DOWN, DOWN);
    post([firing('a1')]);
    await clock.advance(10);
    post([firing('b1'), firing('a1', ' in other words')]);
    await clock.advance(10_000);
    expect(told()).toEqual(['1: firing a', '1: firing a', '1: firing a', '1: firing b (a)']);
  });

  it('hears of a change what else of its group fires', async () => {
    const { clock, post, told } = bench();
    post(['a1', 'b1', 'c2'].map((name) => firing(name)));
    await clock.advance(1);
    post([resolved('a1')]);
    await clock.advance(1);
    post([resolved('b1')]);
    await clock.advance(1);
    expect(told().slice(2)).toEqual(['1: resolved a (b)', '1: resolved b']);
  });

  it('does not count among what fires what was refused', async () => {
    const { clock, post, told } = bench(WRONG);
    post([firing('a1')]);
    await clock.advance(1);
    post([firing('b1')]);
    await clock.advance(1);
    expect(told()).toEqual(['1: firing a', '1: firing b']);
  });

  it('is told of beginnings and ends alone, in the newest words that there are then', async () => {
    const { clock, post, told } = bench();
    post([firing('a1'), firing('a1', ' with symptoms')]);
    await clock.advance(1);
    post([firing('a1', ' with more symptoms')]);
    await clock.advance(5 * 3_600_000);
    post([resolved('a1')]);
    await clock.advance(1);
    post([firing('a1', ' again', 100)]);
    await clock.advance(1);
    expect(told()).toEqual(['1: firing a with symptoms', '1: resolved a', '1: firing a again']);
  });

  it('hears of an end in the group in which it heard of the beginning', async () => {
    const { clock, post, told } = bench();
    post([firing('a1')]);
    await clock.advance(1);
    post([resolved('a2')]);
    await clock.advance(1);
    expect(told()).toEqual(['1: firing a', '1: resolved a']);
  });

  it('that was away hears of every beginning and every end, group by group', async () => {
    const { clock, post, told } = bench(DOWN);
    post([firing('a1')]);
    await clock.advance(1);
    post([firing('b2'), resolved('a1'), resolved('b2')]);
    await clock.advance(10_000);
    expect(told()).toEqual(['1: firing a', '1: firing a', '1: resolved a', '2: firing b', '2: resolved b']);
  });

  it('is not told again by the queue that follows, which knows what fires', async () => {
    const { clock, queue, post, told, heir: open } = bench();
    post([firing('a1'), firing('b1')]);
    await clock.advance(1);
    const heir = open();
    const { legacy, closed } = queue.handOver();
    heir.inherit(legacy);
    const put = (notice: Notice) => {
      const terms = {
        entries: [],
        nowMs: clock.monoMs(),
        sinceMs: clock.monoMs(),
        dueMs: clock.monoMs(),
        isKept: true,
      };
      return heir.put(notice, terms) ?? [];
    };
    expect([firing('a1'), firing('b1')].flatMap(put)).toEqual([]);
    await closed;
    await clock.advance(1);
    heir.release([resolved('a1')].flatMap(put));
    await clock.advance(1);
    expect(told()).toEqual(['1: firing a, firing b', '1: resolved a (b)']);
  });
});
