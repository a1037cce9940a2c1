import { describe, expect, it } from 'vitest';
import type { Alert, Notice } from '../../../src/core/alert.ts';
import { type About, messageOf } from '../../../src/notify/delivery/message.ts';
import { ALERT, NOW_MS } from '../../support/receiver.ts';

const ABOUT: About = {
  receiver: 'ops',
  group: 'g',
  groupLabels: {},
  standing: [],
  isKnown: false,
  isRepeat: false,
  thread: undefined,
  toldMs: 0,
};
const named = (fingerprint: string, changes: Partial<Alert> = {}): Alert => ({ ...ALERT, fingerprint, ...changes });
const firing = (fingerprint: string, changes?: Partial<Alert>): Notice => ({
  status: 'firing',
  alert: named(fingerprint, changes),
});
const resolved = (fingerprint: string, endsAtMs = NOW_MS): Notice => ({
  status: 'resolved',
  alert: named(fingerprint),
  endsAtMs,
});

describe('the step of a message', () => {
  const known = { isKnown: true };
  const beside = { isKnown: true, standing: [named('other')] };
  it.each<[string, readonly Notice[], Partial<About>, string]>([
    ['a beginning that nobody knows', [firing('a')], {}, 'first'],
    ['a beginning beside what is known', [firing('a')], beside, 'more'],
    ['a beginning and an end', [firing('a'), resolved('b')], known, 'more'],
    ['an end beside what goes on', [resolved('a')], beside, 'fewer'],
    ['the last end', [resolved('a')], known, 'over'],
    ['nothing that changed', [], beside, 'reminder'],
  ])('of %s', (_, changed, about, step) => {
    expect(messageOf(changed, { ...ABOUT, ...about }).step).toBe(step);
  });
});

it('a message tells since when its trouble lasts, whoever began it', () => {
  const early = named('early', { startsAtMs: 5 });
  expect(messageOf([firing('a')], { ...ABOUT, isKnown: true, standing: [early] }).sinceMs).toBe(5);
});

describe('the key of a message', () => {
  const keyOf = (changed: readonly Notice[], about: Partial<About> = {}) =>
    messageOf(changed, { ...ABOUT, ...about }).key;

  it('is the same for the same change, in whatever words and order it is told', () => {
    const other = firing('one', { annotations: { summary: 'other words' } });
    const key = keyOf([firing('one'), firing('two')]);
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(keyOf([firing('two'), other], { isRepeat: true, isKnown: true, toldMs: NOW_MS })).toBe(key);
  });

  it('is another for every other change, group, receiver and reminder', () => {
    const keys = [
      keyOf([firing('one')]),
      keyOf([firing('two')]),
      keyOf([firing('one'), firing('two')]),
      keyOf([firing('one', { startsAtMs: NOW_MS })]),
      keyOf([firing('one')], { group: 'other' }),
      keyOf([firing('one')], { receiver: 'other' }),
      keyOf([resolved('one')]),
      keyOf([resolved('one', NOW_MS + 1)]),
      keyOf([]),
      keyOf([], { toldMs: NOW_MS }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
