import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitsPattern } from '../../src/config/alert-name.ts';

describe('fitsPattern', () => {
  it.each([
    ['HttpSlow', 'HttpSlow', true],
    ['HttpSlow', 'HttpSlower', false],
    ['*', 'HttpSlow', true],
    ['*Slow', 'HttpSlow', true],
    ['*Slow', 'Slow', true],
    ['*Slow', 'SlowHttp', false],
    ['Http*', 'HttpSlow', true],
    ['H*p*w', 'HttpSlow', true],
    ['H*x*w', 'HttpSlow', false],
    ['A*A', 'A', false],
    ['*low*low', 'HttpSlow', false],
    ['**', 'HttpSlow', true],
  ])('%s and %s: %s', (pattern, name, fits) => {
    expect(fitsPattern(pattern, name)).toBe(fits);
  });

  it('answers as a regular expression does', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '*'), { maxLength: 8 }).map((all) => all.join(''));
    const name = fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }).map((all) => all.join(''));
    fc.assert(
      fc.property(text, name, (pattern, each) => {
        const regex = new RegExp(`^${pattern.split('*').join('.*')}$`);
        expect(fitsPattern(pattern, each)).toBe(regex.test(each));
      }),
      { numRuns: 2000 },
    );
  });
});
