import { describe, expect, it } from 'vitest';
import { changesOf, type Flap, flap, STEADY } from '../../src/judge/flapping.ts';

const RULES = { high: 0.3, low: 0.2 };

/** `u`p and `d`own, the oldest first. */
const flapOf = (results: string): Flap =>
  [...results].reduce((before, letter) => flap(before, letter === 'u', RULES), STEADY);

describe('the weighted part of changes', () => {
  it.each([
    { results: 'u', part: 0 },
    { results: 'uuuuuuuuuuuuuuuuuuuuu', part: 0 },
    { results: 'ud', part: 1.2 / 20 },
    { results: `ud${'d'.repeat(19)}`, part: 0.8 / 20 },
    { results: `ud${'d'.repeat(20)}`, part: 0 },
    { results: 'ududududududududududu', part: 1 },
  ])('of $results is $part', ({ results, part }) => {
    expect(changesOf(flapOf(results))).toBeCloseTo(part, 10);
  });
});

describe('a target', () => {
  it('flaps from the high threshold on until it is below the low one', () => {
    const beginning = flapOf('ududud');
    expect([changesOf(beginning) < 0.3, beginning.flapping]).toEqual([true, false]);
    const flaps = flapOf('udududu');
    expect(flaps.flapping).toBe(true);
    const calmer = flapOf(`udududu${'u'.repeat(14)}`);
    expect([changesOf(calmer) < 0.3, calmer.flapping]).toEqual([true, true]);
    expect(flapOf(`udududu${'u'.repeat(18)}`).flapping).toBe(false);
  });

  it('that goes down once and comes back does not flap', () => {
    expect(flapOf('uuuuuudddddduuuuuu').flapping).toBe(false);
  });
});
