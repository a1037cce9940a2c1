import { describe, expect, it } from 'vitest';
import { firstOf } from '../../../src/probe/kafka/hedge.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

/** Attempts that end when told to, and which of them have begun. */
function attempts(count: number) {
  const begun: number[] = [];
  const ends = Array.from({ length: count }, () => Promise.withResolvers<string>());
  const all = ends.map(({ promise }, index) => () => {
    begun.push(index);
    return promise;
  });
  return { all, begun, ends };
}

describe('attempts one after another', () => {
  it('begin no second one while the first answers in time', async () => {
    const clock = virtualClock();
    const { all, begun, ends } = attempts(2);
    const first = firstOf(all, 100, clock);
    await clock.advance(99);
    ends[0]?.resolve('a');
    expect(await first).toEqual({ ok: true, value: 'a' });
    await clock.advance(1000);
    expect(begun).toEqual([0]);
  });

  it('begin the next one beside one that takes too long, and take whichever answers first', async () => {
    const clock = virtualClock();
    const { all, begun, ends } = attempts(3);
    const first = firstOf(all, 100, clock);
    await clock.advance(150);
    expect(begun).toEqual([0, 1]);
    ends[0]?.resolve('slow');
    expect(await first).toEqual({ ok: true, value: 'slow' });
    await clock.advance(1000);
    expect(begun).toEqual([0, 1]);
  });

  it('begin the next one at once when all that run have failed', async () => {
    const clock = virtualClock();
    const { all, begun, ends } = attempts(2);
    const first = firstOf(all, 100, clock);
    ends[0]?.reject(new Error('refused'));
    await clock.advance(0);
    expect(begun).toEqual([0, 1]);
    ends[1]?.resolve('b');
    expect(await first).toEqual({ ok: true, value: 'b' });
  });

  it('fail with every error in the order of the attempts, each begun once', async () => {
    const clock = virtualClock();
    const { all, begun, ends } = attempts(2);
    const first = firstOf(all, 100, clock);
    await clock.advance(100);
    ends[1]?.reject('second');
    ends[0]?.reject('first');
    expect(await first).toEqual({ ok: false, errors: ['first', 'second'] });
    await clock.advance(1000);
    expect(begun).toEqual([0, 1]);
  });

  it('fail where there are none', async () => {
    expect(await firstOf([], 100, virtualClock())).toEqual({ ok: false, errors: [] });
  });
});
