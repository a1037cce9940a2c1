import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { Notice } from '../../../src/core/alert.ts';
import { alertmanager } from '../../../src/notify/alertmanager.ts';
import type { Delivery, Peer, ReceiverType } from '../../../src/notify/contract.ts';
import { type NamedReceiver, openOutbox } from '../../../src/notify/delivery/outbox.ts';
import { webhook } from '../../../src/notify/webhook/type.ts';
import { ALERT, environment } from '../../support/receiver.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

interface Keys {
  readonly type: string;
  readonly peers: readonly string[];
}

const named = (name: string) => ({ ...ALERT, fingerprint: name, target: name });
const firing = (name: string): Notice => ({ status: 'firing', alert: named(name) });
const resolved = (name: string): Notice => ({ status: 'resolved', alert: named(name), endsAtMs: 0 });

const { manner: MANNER } = alertmanager;

const AUDIENCE = {
  filesFrom: '/',
  externalUrl: undefined,
  timezone: 'UTC',
  fallback: undefined,
  severityLabel: (severity: string) => severity,
};
const routingTo = (receivers: readonly NamedReceiver[]) => ({
  of: () => receivers.map(({ name }) => ({ receiver: name, notBeforeMs: undefined })),
  holdMsOf: () => 0,
});

const BROKEN: NamedReceiver = { name: 'broken', settings: { type: 'test' }, revision: '1' };

/** An outbox to peers that answer as the table says, and what they were told: `one: firing a`. */
function bench(answers: Record<string, Delivery>, manner = MANNER) {
  const clock = virtualClock(0);
  const told: string[] = [];
  const open = new Set<string>();
  const closed: string[] = [];
  const peer = (name: string): Peer => {
    open.add(name);
    return {
      name,
      async send({ changed: notices }) {
        const answer = answers[name] ?? { ok: true };
        if (answer.ok) told.push(`${name}: ${notices.map((one) => `${one.status} ${one.alert.target}`).join(', ')}`);
        return answer;
      },
      async [Symbol.asyncDispose]() {
        open.delete(name);
      },
    };
  };
  const type: Pick<ReceiverType, 'manner' | 'open'> = {
    manner,
    open: async (settings: z.output<ReceiverType['schema']>) => (settings as Keys).peers.map(peer),
  };
  const outbox = openOutbox({
    ...environment(),
    clock,
    typeOf: () => type as ReceiverType,
    commit: async () => {},
    hooks: { random: () => 0.5, onLength() {}, onAttempt() {}, onClosed: (name) => closed.push(name) },
  });
  const receiver = (revision: string, ...peers: readonly string[]): NamedReceiver => {
    const settings = { type: 'test', peers, group_wait: 0, group_interval: 0 };
    return { name: 'alertmanager', settings, revision };
  };
  const replace = async (receivers: readonly NamedReceiver[], now: readonly Notice[] = []) => {
    const done = outbox.replace({ ...AUDIENCE, receivers, routing: routingTo(receivers) }, () => now);
    await clock.advance(1);
    await done;
    await clock.advance(1);
  };
  return { clock, outbox, told, open, closed, receiver, replace };
}

const WRONG: Delivery = { ok: false, retry: true, reason: 'auth', message: 'answered 401' };

describe('new receivers', () => {
  it('are told what fires when they join', async () => {
    const { told, receiver, replace } = bench({});
    await replace([receiver('1', 'one', 'two')], [firing('a')]);
    expect(told).toEqual(['one: firing a', 'two: firing a']);
  });

  it('that are the old ones are not told again', async () => {
    const { told, closed, receiver, replace } = bench({});
    await replace([receiver('1', 'one')], [firing('a')]);
    await replace([receiver('1', 'one')], [firing('a')]);
    expect(told).toEqual(['one: firing a']);
    expect(closed).toEqual([]);
  });

  it('tell what their former selves could not: beginning, then end', async () => {
    const answers = { one: WRONG as Delivery };
    const { clock, outbox, told, receiver, replace } = bench(answers);
    await replace([receiver('1', 'one')]);
    outbox.post([firing('a')]);
    await clock.advance(10);
    outbox.post([resolved('a'), firing('b')]);
    await clock.advance(10_000);
    expect(told).toEqual([]);
    answers.one = { ok: true };
    await replace([receiver('2', 'one')], [firing('b')]);
    expect(told).toEqual(['one: firing a', 'one: resolved a, firing b']);
  });

  it('go on telling of what ended before they changed', async () => {
    const { clock, outbox, told, receiver, replace } = bench({});
    await replace([receiver('1', 'one')]);
    outbox.post([firing('a')]);
    await clock.advance(10);
    outbox.post([resolved('a')]);
    await clock.advance(10);
    await replace([receiver('2', 'one')]);
    await clock.advance(61_000);
    expect(told).toEqual(['one: firing a', 'one: resolved a', 'one: resolved a', 'one: resolved a']);
  });

  it('leave nothing open of those before, and say which peers are gone', async () => {
    const { open, closed, receiver, replace } = bench({});
    await replace([receiver('1', 'one', 'two')]);
    await replace([receiver('2', 'two', 'three')]);
    expect([...closed].sort()).toEqual(['one', 'two']);
    expect(open.has('one')).toBe(false);
    await replace([]);
    expect([...open]).toEqual([]);
  });

  it('that cannot be opened at the start cost the others nothing', async () => {
    const { told, receiver, replace } = bench({});
    await replace([BROKEN, receiver('1', 'one')], [firing('a')]);
    expect(told).toEqual(['one: firing a']);
  });

  it('that cannot be opened later leave everything as it was, and nothing open', async () => {
    const { outbox, told, open, closed, receiver, replace } = bench({});
    await replace([receiver('1', 'one')]);
    const receivers = [receiver('2', 'two', 'three'), BROKEN];
    const routing = routingTo(receivers);
    await expect(outbox.replace({ ...AUDIENCE, receivers, routing }, () => [])).rejects.toMatchObject({
      code: 'config_invalid',
      message: expect.stringMatching(/^notify\.broken: the receiver cannot be opened: ./),
    });
    expect([[...open], closed]).toEqual([['one'], []]);
    outbox.post([firing('a')]);
    await replace([receiver('1', 'one')]);
    expect(told).toEqual(['one: firing a']);
  });
});

describe('alerts from outside', () => {
  const external: Notice = { status: 'firing', alert: { ...named('x'), origin: 'external' } };

  it.each([
    ['never told to an Alertmanager: it may be where they come from', alertmanager.manner, ['one: firing a']],
    ['told to a webhook', webhook.manner, ['one: firing x', 'one: firing a']],
  ])('are %s', async (_, manner, expected) => {
    const apart = { status: 'firing', alert: { ...named('a'), group: 'a' } } as const;
    const posted = bench({}, manner);
    await posted.replace([posted.receiver('1', 'one')]);
    posted.outbox.post([external, apart]);
    await posted.clock.advance(1);
    expect(posted.told).toEqual(expected);

    const joined = bench({}, manner);
    await joined.replace([joined.receiver('1', 'one')], [external, apart]);
    expect(joined.told).toEqual(expected);
  });
});
