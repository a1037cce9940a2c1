import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../src/core/result.ts';
import { openFamilies } from '../../src/observe/family.ts';
import { fits, openShapes } from '../../src/observe/shape.ts';

const families = openFamilies(
  [{ type: 'kafka', measures: [], series: [{ name: 'lag', kind: 'gauge', help: 'Lag.', labels: ['topic'] }] }],
  () => true,
);
const place = (name: string) => families.place('kafka', name);

const sample = fc.record(
  {
    name: fc.constantFrom('lag', 'up'),
    value: fc.double(),
    labels: fc.record(
      { topic: fc.constantFrom('a', 'b"'), group: fc.constantFrom('a', '') },
      { requiredKeys: [], noNullPrototype: true },
    ),
  },
  { requiredKeys: ['name', 'value'], noNullPrototype: true },
);
const samples = fc.array(sample, { maxLength: 2 });

describe('a shape', () => {
  it('fits samples of the same names and labels, whatever their values, and no others', () => {
    const withoutValues = (all: readonly Sample[]) => all.map(({ name, labels }) => ({ name, labels }));
    fc.assert(
      fc.property(samples, samples, (one, other) => {
        const shape = openShapes().of(one, 'kafka', place);
        expect(fits(shape, structuredClone(one))).toBe(true);
        expect(fits(shape, other)).toBe(isDeepStrictEqual(withoutValues(one), withoutValues(other)));
      }),
      { numRuns: 1000 },
    );
  });

  it('is shared by all targets that measure the same without labels', () => {
    const shapes = openShapes();
    const samples = [
      { name: 'up', value: 1 },
      { name: 'lag', value: 2 },
    ];
    expect(shapes.of(samples, 'kafka', place)).toBe(shapes.of(structuredClone(samples), 'kafka', place));
    expect(shapes.of(samples, 'redis', place)).not.toBe(shapes.of(samples, 'kafka', place));
  });

  it('is found again, however many there were in between, and not all are kept', () => {
    const shapes = openShapes();
    const first = shapes.of([{ name: 'lag', value: 1 }], 'kafka', place);
    for (let index = 0; index < 5000; index++) shapes.of([{ name: `own_${index}`, value: 1 }], 'kafka', place);
    const again = shapes.of([{ name: 'lag', value: 1 }], 'kafka', place);
    expect(again).toEqual(first);
    expect(again).not.toBe(first);
  });
});
