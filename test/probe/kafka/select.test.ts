import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseGroups, namePattern } from '../../../src/probe/kafka/select.ts';

describe('a name pattern', () => {
  it.each([
    ['eval-*', 'eval-workers', true],
    ['eval-*', 'eval-', true],
    ['eval-*', 're-eval-workers', false],
    ['*-workers', 'eval-workers', true],
    ['*', 'anything\nat all', true],
    ['a*c*e', 'abcde', true],
    ['a*c*e', 'abcd', false],
    ['worker', 'workers', false],
    ['w.rker', 'worker', false],
    ['a|b', 'b', false],
    ['ab*ba', 'aba', false],
    ['a**b', 'ab', true],
  ])('%s and %s: %s', (pattern, name, matches) => {
    expect(namePattern([pattern])(name)).toBe(matches);
  });

  it('says what a regular expression would say, without its patience for hostile names', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 });
    fc.assert(
      fc.property(text, name, (pattern, tried) => {
        const same = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 's');
        expect(namePattern([pattern])(tried)).toBe(same.test(tried));
      }),
    );
    expect(namePattern(['*a*a*a*a*a*b'])('a'.repeat(100_000))).toBe(false);
  });

  it('without a wildcard matches itself alone', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !text.includes('*'));
    fc.assert(fc.property(name, name, (a, b) => namePattern([a])(b) === (a === b)));
  });
});

const listed = (...names: readonly string[]) => names.map((groupId) => ({ groupId, protocolType: 'consumer' }));
const names = (chosen: readonly { readonly name: string }[]) => chosen.map(({ name }) => name);

describe('the groups to measure', () => {
  it('are all that exist where none is named, by name, without share groups', () => {
    const { chosen } = chooseGroups(
      [...listed('b', 'a'), { groupId: 'share', protocolType: 'share' }, { groupId: 'bare', protocolType: '' }],
      undefined,
      10,
    );
    expect(names(chosen)).toEqual(['a', 'b', 'bare']);
    expect(chosen.every(({ named }) => !named)).toBe(true);
  });

  it('are those named, whether they exist or not, and those that a pattern matches', () => {
    const { chosen } = chooseGroups(listed('eval-2', 'eval-1', 'other', 'worker'), ['worker', 'ghost', 'eval-*'], 10);
    expect(names(chosen)).toEqual(['worker', 'ghost', 'eval-1', 'eval-2']);
    expect(chosen.every(({ named }) => named)).toBe(true);
    expect(chosen.map((group) => group.listed !== undefined)).toEqual([true, false, true, true]);
  });

  it('are no more than the limit, those written out first', () => {
    const { chosen, matching } = chooseGroups(listed('a', 'b', 'c'), ['*', 'z'], 2);
    expect(names(chosen)).toEqual(['z', 'a']);
    expect(matching).toBe(4);
  });
});
