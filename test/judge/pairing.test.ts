import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finder, keyOf } from '../../src/judge/pairing.ts';

/** Values that look like pieces of keys. */
const value = fc.constantFrom('', 'a', 'b', 'ab', '1:a', '1:a1:b', 'b1:a');
const labels = fc.record({ group: value, topic: value }, { requiredKeys: [], noNullPrototype: true });
const names = fc.constantFrom<readonly string[]>([], ['group'], ['topic', 'group']);

describe('instances', () => {
  it('pair where the labels that count are the same, the first where several are, however many there are', () => {
    fc.assert(
      fc.property(fc.array(labels, { maxLength: 30 }), labels, names, (all, wanted, by) => {
        const instances = all.map((each, index) => ({ labels: each, index }));
        const isPair = (one: (typeof instances)[number]) =>
          by.every(
            (name) =>
              ((one.labels as Record<string, string>)[name] ?? '') === ((wanted as Record<string, string>)[name] ?? ''),
          );
        expect(finder(instances, by)(wanted)).toBe(instances.find(isPair));
      }),
      { numRuns: 1000 },
    );
  });

  it('have the same key only where the labels that count are the same', () => {
    fc.assert(
      fc.property(labels, labels, (a, b) => {
        const isSame = (a.group ?? '') === (b.group ?? '') && (a.topic ?? '') === (b.topic ?? '');
        expect(keyOf(a, ['group', 'topic']) === keyOf(b, ['group', 'topic'])).toBe(isSame);
      }),
      { numRuns: 1000 },
    );
  });
});
