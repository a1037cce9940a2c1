import { expect, it } from 'vitest';
import type { Message, Peer } from '../../../src/notify/contract.ts';
import { type TrialOptions, tryPeer } from '../../../src/notify/delivery/trial.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const MANNER = { batch: 1, resendMs: undefined, keepResolvedMs: 0, longestBackoffMs: 0 };
const options = (changes: Partial<TrialOptions>): TrialOptions => ({
  clock: virtualClock(),
  ...{ receiver: 'ops', service: 'shop', labels: {}, externalUrl: undefined, manner: MANNER },
  ...changes,
});
const peerOf = (send: Peer['send']): Peer => ({ name: 'ops', send, async [Symbol.asyncDispose]() {} });

it.each([
  ['machines hear that it began and that it ended', {}, ['test firing', 'over resolved']],
  ['people hear it once', { people: true as const }, ['test firing']],
  [
    'a pager, which keeps it, hears that it ended',
    { people: true, keyed: true } as const,
    ['test firing', 'over resolved'],
  ],
])('%s', async (_, manner, expected) => {
  const heard: Message[] = [];
  const peer = peerOf(async (message) => {
    heard.push(message);
    return { ok: true };
  });
  await tryPeer(peer, options({ manner: { ...MANNER, ...manner } }));
  expect(heard.map(({ step, changed }) => `${step} ${changed[0]?.status}`)).toEqual(expected);
});

it('a peer that does not answer is not waited for longer than a queue would', async () => {
  const clock = virtualClock();
  const asked = Promise.withResolvers<AbortSignal>();
  const peer = peerOf((_message, { signal }) => {
    asked.resolve(signal);
    return new Promise(() => {});
  });
  const tried = tryPeer(peer, options({ clock }));
  const signal = await asked.promise;
  await clock.advance(10_000);
  expect(await tried).toEqual({
    peer: 'ops',
    delivery: { ok: false, retry: true, reason: 'timeout', message: 'no answer within 10s', maybeTaken: true },
    tookMs: 10_000,
  });
  expect(signal.aborted).toBe(true);
});
