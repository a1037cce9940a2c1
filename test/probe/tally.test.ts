import { beforeEach, describe, expect, it } from 'vitest';
import { openTally, type Tally } from '../../src/probe/tally.ts';
import { type VirtualClock, virtualClock } from '../support/virtual-clock.ts';

let clock: VirtualClock;
let tally: Tally;
beforeEach(() => {
  clock = virtualClock();
  tally = openTally(clock);
});

/** These answer probes that begin now. */
const answer = (where: 'near' | 'far', ...targets: string[]) => {
  for (const target of targets) tally.answered(target, where, clock.monoMs());
};
const fail = (where: 'near' | 'far', ...targets: string[]) => {
  for (const target of targets) tally.unanswered(target, where);
};

describe('most fail', () => {
  it('where the only target does', () => {
    fail('near', 'db');
    expect(tally.mostFail('db')).toBe(true);
  });

  it('although others answered before the first failure: nobody has asked them since', async () => {
    answer('near', 'a', 'b', 'c');
    await clock.advance(10_000);
    fail('near', 'db');
    expect(tally.mostFail('db')).toBe(true);
  });

  it('where more of those nearby fail than answer since', async () => {
    fail('near', 'a', 'b', 'c');
    await clock.advance(1000);
    answer('near', 'd', 'e');
    expect(tally.mostFail('a')).toBe(true);
  });

  it('again in a second outage, whatever was answered between the two', async () => {
    fail('far', 'a', 'b');
    await clock.advance(60_000);
    answer('far', 'a', 'b', 'c');
    await clock.advance(60_000);
    fail('far', 'a');
    expect(tally.mostFail('a')).toBe(true);
  });

  it('where a target that moved is the last of those nearby', async () => {
    fail('far', 'a', 'b');
    fail('near', 'b');
    await clock.advance(1000);
    answer('far', 'c');
    expect(tally.mostFail('a')).toBe(false);
    expect(tally.mostFail('b')).toBe(false);
  });
});

describe('it is the target alone', () => {
  it('where another has answered since', async () => {
    fail('near', 'db');
    await clock.advance(1000);
    answer('near', 'a');
    expect(tally.mostFail('db')).toBe(false);
  });

  it('also when it fails again: what counts is its first failure', async () => {
    fail('near', 'db');
    await clock.advance(1000);
    answer('near', 'a');
    await clock.advance(1000);
    fail('near', 'db');
    expect(tally.mostFail('db')).toBe(false);
  });

  it('where those far away fail, and as many nearby answer', async () => {
    fail('far', 'x', 'y', 'z');
    fail('near', 'db');
    await clock.advance(1000);
    answer('near', 'a');
    expect(tally.mostFail('db')).toBe(false);
    expect(tally.mostFail('x')).toBe(true);
  });

  it('where the others have been failing for long', async () => {
    fail('near', 'a', 'b', 'c');
    await clock.advance(5 * 60_000 + 1);
    fail('near', 'db');
    await clock.advance(1000);
    answer('near', 'd');
    expect(tally.mostFail('db')).toBe(false);
  });

  it('where one far away answers', async () => {
    fail('near', 'db');
    await clock.advance(1000);
    answer('far', 'x');
    expect(tally.mostFail('db')).toBe(false);
  });

  it('where those that failed with it have left the config', async () => {
    fail('near', 'db', 'a', 'b');
    await clock.advance(1000);
    answer('near', 'c');
    expect(tally.mostFail('db')).toBe(true);
    tally.retain(new Set(['db', 'c']));
    expect(tally.mostFail('db')).toBe(false);
  });

  it('where it does not fail', () => {
    answer('near', 'db');
    expect(tally.mostFail('db')).toBe(false);
    expect(tally.mostFail('nobody')).toBe(false);
  });
});

it('a storm is counted in a moment', () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `t${i}`);
  answer('near', ...names.slice(5000));
  const beganMs = performance.now();
  for (const name of names.slice(0, 5000)) {
    fail('near', name);
    tally.mostFail(name);
  }
  expect(performance.now() - beganMs).toBeLessThan(250);
});
