import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../src/core/alert.ts';
import type { Severity } from '../../../src/core/severity.ts';
import type { Delivery, DeliveryManner, Message } from '../../../src/notify/contract.ts';
import { DIGEST, type GroupRules } from '../../../src/notify/delivery/groups.ts';
import { queueBench } from '../../support/peer-queue.ts';
import { ALERT } from '../../support/receiver.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const MANNER: DeliveryManner = {
  batch: 10_000,
  grouped: true,
  people: true,
  resendMs: undefined,
  keepResolvedMs: 0,
  longestBackoffMs: 5 * M,
};
const RULES: Partial<GroupRules> = {
  waitMs: 5 * S,
  gravestWaitMs: 0,
  intervalMs: 5 * M,
  repeatMs: 4 * H,
  batch: 10_000,
  isForPeople: true,
};

/** `a1` is the alert of target a in group 1. */
function notice(status: Notice['status'], name: string, severity: Severity = 'P1', startsAtMs = 0): Notice {
  const labels = { alertname: 'HttpDown', service: 'shop', target: name[0] ?? '', severity };
  const about = { target: name[0] ?? '', group: name.slice(1), severity, labels, startsAtMs };
  const alert = { ...ALERT, ...about, fingerprint: `${name[0]} ${severity}` };
  return status === 'firing' ? { status, alert } : { status, alert, endsAtMs: startsAtMs + 1 };
}
const firing = (name: string, severity?: Severity) => notice('firing', name, severity);
const resolved = (name: string, severity?: Severity) => notice('resolved', name, severity);

/** A queue to people, and what they were told and when: `5s first: firing a (b)`. */
function bench(rules: Partial<GroupRules> = {}, answer?: (attempt: number) => Delivery | undefined) {
  const times: number[] = [];
  const made = queueBench({
    manner: MANNER,
    groups: { ...RULES, ...rules },
    answer(attempt) {
      times.push(made.clock.monoMs());
      return answer?.(attempt);
    },
  });
  const said = ({ step, changed, standing }: Message, index: number) => {
    const what = changed.map(({ status, alert }) => `${status} ${alert.target}`).join(', ');
    const beside = standing.length === 0 ? '' : ` (${standing.map(({ target }) => target).join(', ')})`;
    return `${(times[index] ?? 0) / S}s ${step}: ${what}${beside}`;
  };
  return { ...made, told: () => made.messages.map(said) };
}

describe('a group', () => {
  it('waits for more of it before its first message', async () => {
    const { clock, post, told } = bench();
    post([firing('a1')]);
    await clock.advance(4 * S);
    post([firing('b1'), firing('c2')]);
    await clock.advance(10 * S);
    expect(told()).toEqual(['5s first: firing a, firing b', '9s first: firing c']);
  });

  it('does not wait where it is of the gravest severity', async () => {
    const { clock, post, told } = bench();
    post([firing('a1')]);
    await clock.advance(S);
    post([firing('b1', 'P0')]);
    await clock.advance(S);
    post([firing('c1', 'P0')]);
    await clock.advance(S);
    expect(told()).toEqual(['1s first: firing a, firing b', '2s more: firing c (a, b)']);
  });

  it('is told of what changed only after an interval, all at once', async () => {
    const { clock, post, told } = bench();
    post([firing('a1'), firing('b1')]);
    await clock.advance(M);
    post([firing('c1')]);
    post([resolved('a1')]);
    await clock.advance(H);
    post([resolved('b1'), resolved('c1')]);
    await clock.advance(H);
    expect(told()).toEqual([
      '5s first: firing a, firing b',
      '305s more: firing c, resolved a (b)',
      '3660s over: resolved b, resolved c',
    ]);
  });

  it('is told again where it goes on, with since when', async () => {
    const { clock, post, told, messages } = bench();
    post([firing('a1')]);
    await clock.advance(9 * H);
    post([resolved('a1')]);
    await clock.advance(9 * H);
    expect(told()).toEqual([
      '5s first: firing a',
      '14405s reminder:  (a)',
      '28805s reminder:  (a)',
      '32400s over: resolved a',
    ]);
    expect(messages[1]?.sinceMs).toBe(0);
    expect(messages[1]?.key).not.toBe(messages[2]?.key);
  });

  it('is made of labels where the receiver says so', async () => {
    const { clock, post, messages } = bench({ by: ['service', 'team'] });
    post([firing('a1'), firing('b2')]);
    await clock.advance(M);
    expect(messages.map(({ groupLabels, changed }) => [groupLabels, changed.length])).toEqual([
      [{ service: 'shop', team: '' }, 2],
    ]);
  });

  it('goes on in the thread that its first message began', async () => {
    const { clock, post, messages } = bench({}, (attempt) => ({ ok: true, thread: `thread ${attempt}` }));
    post([firing('a1')]);
    await clock.advance(M);
    post([resolved('a1')]);
    await clock.advance(H);
    post([notice('firing', 'a1', 'P1', 9)]);
    await clock.advance(H);
    expect(messages.map(({ thread }) => thread)).toEqual([undefined, 'thread 1', undefined]);
  });
});

describe('people', () => {
  it('are not told of what ends before it was held long enough', async () => {
    const { clock, post, told, recorded, outcomes } = bench();
    post([firing('a1'), firing('b1')], M);
    await clock.advance(30 * S);
    post([resolved('a1')]);
    await clock.advance(M);
    expect(told()).toEqual(['65s first: firing b']);
    expect(recorded[0]).toBe('settled 1');
    expect(outcomes[0]).toEqual({ outcome: 'blip', count: 1 });
  });

  it('are told of a beginning and an end where both wait for the group alone', async () => {
    const { clock, post, told } = bench();
    post([firing('a1')]);
    await clock.advance(S);
    post([resolved('a1')]);
    await clock.advance(M);
    expect(told()).toEqual(['5s first: firing a', '5s over: resolved a']);
  });

  it('do not hear that a milder severity ends where a graver one takes its place', async () => {
    const { clock, post, told, recorded } = bench();
    post([firing('a1', 'P2')]);
    await clock.advance(M);
    post([firing('a1', 'P0')]);
    await clock.advance(M);
    post([resolved('a1', 'P2')]);
    await clock.advance(H);
    post([resolved('a1', 'P0')]);
    await clock.advance(H);
    expect(told()).toEqual(['5s first: firing a', '60s more: firing a (a)', '3720s over: resolved a']);
    expect(recorded).toContain('forgotten a P2');
  });

  it('are told of a flood as one digest that lists everything, and of its end too', async () => {
    const { clock, post, messages, told } = bench();
    const names = [...'abcdefghijklmnop'].map((name) => `${name}${name}`);
    post(names.map((name) => firing(name)));
    await clock.advance(M);
    post([resolved('aa')]);
    await clock.advance(H);
    post(names.slice(1).map((name) => resolved(name)));
    await clock.advance(H);
    expect(messages.map(({ group, step, changed }) => [group, step, changed.length])).toEqual([
      [DIGEST, 'first', 16],
      ['a', 'over', 1],
      [DIGEST, 'over', 15],
    ]);
    expect(told()[0]).toMatch(/^5s first: firing a, firing b, .*firing p$/);
  });
});

describe('a peer that is not there', () => {
  const DOWN: Delivery = { ok: false, retry: true, reason: 'network', message: 'refused' };
  const WRONG: Delivery = { ok: false, retry: false, reason: 'auth', message: 'answered 401' };

  it('is told when it is back what it was to be told, then what piled up in one message', async () => {
    let isDown = true;
    const { clock, post, told } = bench({}, () => (isDown ? DOWN : undefined));
    post([firing('a1')]);
    await clock.advance(H);
    post([firing('b1')]);
    post([firing('c1')]);
    await clock.advance(10 * M);
    isDown = false;
    await clock.advance(10 * M);
    expect(
      told()
        .slice(-2)
        .map((line) => line.replace(/^\S+ /, '')),
    ).toEqual(['first: firing a', 'more: firing b, firing c (a)']);
  });

  it('is asked again every few minutes where it is set up wrongly and nobody else can be told', async () => {
    const { clock, post, messages, outcomes } = bench({}, (attempt) => (attempt < 20 ? WRONG : undefined));
    post([firing('a1')]);
    await clock.advance(H);
    expect(messages.length).toBe(20);
    expect(outcomes.at(-1)?.outcome).toBe('delivered');
  });

  it('is told nothing of an end whose beginning it refused for good', async () => {
    const refuses: Delivery = { ok: false, retry: false, reason: 'client', message: 'answered 400' };
    const { clock, post, told } = bench({}, (attempt) => (attempt === 1 ? refuses : undefined));
    post([firing('a1')]);
    await clock.advance(M);
    post([resolved('a1')]);
    await clock.advance(H);
    expect(told()).toEqual(['5s first: firing a']);
  });

  it('loses what waited for more than seven days', async () => {
    const { clock, post, outcomes, recorded } = bench({}, () => DOWN);
    post([firing('a1')]);
    await clock.advance(8 * 24 * H);
    expect(outcomes.at(-1)?.outcome).toBe('dropped');
    expect(recorded.at(-1)).toBe('settled 1');
  });
});
