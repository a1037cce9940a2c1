import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginningOf, openRoll } from '../../src/correlate/roll.ts';

const name = fc.nat({ max: 40 }).map((number) => `t${number}`);
const steps = fc.array(fc.record({ name, joins: fc.boolean(), isAsked: fc.boolean() }), { maxLength: 200 });

const beginning = (names: Iterable<string>, most: number) => {
  const sorted = [...new Set(names)].sort();
  const shown = sorted.slice(0, most).join(', ');
  const text = sorted.length > most ? `${shown} and ${sorted.length - most} more` : shown;
  return { count: sorted.length, text };
};

describe('a roll', () => {
  it('shows the first of its names in their order, however they came and went', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 3 }), (all, shown) => {
        const roll = openRoll(shown);
        const plain: string[] = [];
        for (const { name, joins, isAsked } of all) {
          if (joins) {
            roll.add(name);
            plain.push(name);
          } else if (plain.includes(name)) {
            roll.remove(name);
            plain.splice(plain.indexOf(name), 1);
          }
          if (isAsked) expect(roll.beginning()).toEqual(beginning(plain, shown));
        }
        expect(roll.beginning()).toEqual(beginning(plain, shown));
      }),
      { numRuns: 500 },
    );
  });

  it('takes no notice of a name that is not on it', () => {
    const roll = openRoll(2);
    roll.add('a');
    roll.remove('b');
    expect(roll.beginning()).toEqual({ count: 1, text: 'a' });
  });
});

describe('the beginning of a set of names', () => {
  it('is that of the sorted list', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 5 }), (names, most) => {
        expect(beginningOf(new Set(names), most)).toEqual(beginning(names, most));
      }),
    );
  });
});
