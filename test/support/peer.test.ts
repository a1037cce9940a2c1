import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareExpositions, parseExposition } from './peer.ts';

const compare = (ours: string, before: string, after = before, rest = {}) =>
  compareExpositions({
    ours: parseExposition(ours),
    before: parseExposition(before),
    after: parseExposition(after),
    exceptions: [],
    ...rest,
  });

describe('parseExposition', () => {
  it('gives back names, labels and values as they were written', () => {
    const value = fc.double({ noDefaultInfinity: true }).map((n) => n + 0);
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), value, (label, number) => {
        const escaped = label.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
        const parsed = parseExposition(`# TYPE a gauge\na{b="${escaped}",c="}"} ${number}\n`);
        expect(parsed.get('a')).toEqual([{ labels: { b: label, c: '}' }, value: number }]);
      }),
    );
  });

  it('throws at what is no line', () => {
    expect(() => parseExposition('<html>')).toThrow('no line of an exposition');
  });
});

describe('compareExpositions', () => {
  it('agrees where every shared series is between the two', () => {
    expect(
      compare('a{target="x",instance="x",l="1"} 5\nours 1', 'a{l="1"} 4\ntheirs 1', 'a{l="1"} 6\ntheirs 1'),
    ).toEqual({
      compared: ['a'],
      differences: [],
      idle: [],
    });
  });

  it.each([
    ['a value outside', 'a 7', 'a 4', 'a 6', 'a{}: Outrider says 7, the exporter 4, then 6'],
    [
      'a series that only the exporter has',
      'a{l="1"} 1',
      'a{l="1"} 1\na{l="2"} 1',
      undefined,
      'only the exporter has it',
    ],
    ['a series that only Outrider has', 'a{l="1"} 1\na{l="2"} 1', 'a{l="1"} 1', undefined, 'only Outrider has it'],
    ['a label of another value', 'a{l="1"} 1', 'a{l="2"} 1', undefined, 'only Outrider has it'],
  ])('finds %s', (_, ours, before, after, difference) => {
    expect(compare(ours, before, after).differences).toContainEqual(expect.stringContaining(difference));
  });

  it('allows what the tolerance allows, and no more', () => {
    expect(compare('a 6', 'a 5', 'a 5', { tolerances: { a: { absolute: 1 } } }).differences).toEqual([]);
    expect(compare('a 6', 'a 5', 'a 5', { tolerances: { a: { relative: 0.1 } } }).differences).toHaveLength(1);
  });

  it('joins series that the exporter splits further', () => {
    const theirs = 'a{l="1",m="1"} 2\na{l="1",m="2"} 3';
    expect(compare('a{l="1"} 5', theirs, theirs, { joins: { a: 'sum' } }).differences).toEqual([]);
    expect(compare('a{l="1"} 3', theirs, theirs, { joins: { a: 'max' } }).differences).toEqual([]);
  });

  it('looks past labels that only one of the two has, where it is told which', () => {
    const labels = { targetLabels: ['server'], ownLabels: { a: ['serial'] } };
    expect(compare('a{l="1",serial="9"} 5', 'a{l="1",server="x"} 5', undefined, labels).differences).toEqual([]);
    expect(compare('a{l="1",serial="9"} 5', 'a{l="1",server="x"} 5').differences).toHaveLength(2);
  });

  it('leaves out what is excepted, and tells of what excuses nothing', () => {
    const exceptions = [
      { name: 'a', reason: '' },
      { name: 'b', reason: '', series: ({ l }: Record<string, string>) => l === '2' },
      { name: 'c', reason: '' },
    ];
    expect(compare('a 1\nb{l="1"} 1', 'a 2\nb{l="1"} 1\nb{l="2"} 1', undefined, { exceptions })).toEqual({
      compared: ['b'],
      differences: [],
      idle: ['c'],
    });
  });
});
