import { describe, expect, it } from 'vitest';
import { inFlightLimit } from '../../src/schedule/descriptors.ts';

const limits = (soft: string) => () =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${soft}                20000                files\n`;

describe('the bound of probes in flight', () => {
  it.each([
    { soft: '1000', most: 4000, bound: 800 },
    { soft: '20000', most: 4000, bound: 4000 },
    { soft: 'unlimited', most: 4000, bound: 4000 },
    { soft: '1', most: 4000, bound: 1 },
  ])('is $bound of $soft descriptors and a limit of $most', ({ soft, most, bound }) => {
    expect(inFlightLimit(most, limits(soft))).toBe(bound);
  });

  it('takes the usual limit where the system does not tell', () => {
    const unreadable = () => {
      throw new Error('ENOENT');
    };
    expect(inFlightLimit(4000, unreadable)).toBe(819);
  });
});
