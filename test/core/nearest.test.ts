import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../src/core/nearest.ts';

const MEASURES = ['up', 'failed', 'duration', 'connections', 'connections_used', 'memory_used', 'memory_used_ratio'];

describe('nearest', () => {
  it.each([
    ['duraton', 'duration'],
    ['duartion', 'duration'],
    ['Duration', 'duration'],
    ['connection', 'connections'],
    ['connections-used', 'connections_used'],
    ['memory_use', 'memory_used'],
    ['memory_used_ration', 'memory_used_ratio'],
    ['upp', 'up'],
  ])('takes %s for %s', (name, meant) => {
    expect(nearest(name, MEASURES)).toBe(meant);
  });

  it.each(['', 'x', 'u', 'db', 'latency', 'queue', 'x'.repeat(100_000)])('has no answer for %s', (name) => {
    expect(nearest(name, MEASURES)).toBeUndefined();
  });

  it('prefers the exact name to one of another case', () => {
    expect(nearest('API', ['api', 'API'])).toBe('API');
  });

  it('takes the first of equally near names', () => {
    expect(nearest('cat', ['bat', 'hat'])).toBe('bat');
  });

  it('finds a name after any one edit of a longer name', () => {
    const edited = fc.tuple(
      fc.constantFrom(...MEASURES.filter((m) => m.length > 5)),
      fc.nat(),
      fc.constantFrom('x', ''),
    );
    fc.assert(
      fc.property(edited, ([name, seed, letter]) => {
        const at = seed % name.length;
        expect(editDistance(`${name.slice(0, at)}${letter}${name.slice(at + 1)}`, name, 1)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
    ['abc', '', 3],
    ['ca', 'abc', 3],
  ])('from %j to %j is %i', (a, b, distance) => {
    expect(editDistance(a, b, 9)).toBe(distance);
    expect(editDistance(b, a, 9)).toBe(distance);
    if (distance > 0) expect(editDistance(a, b, distance - 1)).toBeUndefined();
  });
});
