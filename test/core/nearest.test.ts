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

  it.each(['', 'x', 'u', 'db', 'latency', 'queue'])('has no answer for %s', (name) => {
    expect(nearest(name, MEASURES)).toBeUndefined();
  });

  it('does not compare names without end', () => {
    const endless = 'x'.repeat(100_000);
    expect(nearest(endless, [`${endless}y`])).toBeUndefined();
  });

  it('prefers the exact name to one of another case', () => {
    expect(nearest('API', ['api', 'API'])).toBe('API');
  });

  it('takes the first of equally near names', () => {
    expect(nearest('cat', ['bat', 'hat'])).toBe('bat');
  });

  it('prefers fewer edits to an earlier place', () => {
    expect(nearest('connectoins', ['connectors', 'connections'])).toBe('connections');
  });

  it('is quick among ten thousand names that are alike', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `target-${index}-of-the-service`);
    const before = process.cpuUsage();
    for (let index = 0; index < 20; index++) nearest(`target-${index}-off-the-servise`, names);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
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

  /** The plain algorithm, every cell of it. */
  function everyCell(a: string, b: string): number {
    const cell = (i: number, j: number): number => {
      if (i === 0 || j === 0) return i + j;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      return Math.min(
        cell(i - 1, j) + 1,
        cell(i, j - 1) + 1,
        cell(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
        swapped ? cell(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    };
    return cell(a.length, b.length);
  }

  it('is that of the plain algorithm, within the limit', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 6 }).map((all) => all.join(''));
    fc.assert(
      fc.property(text, text, fc.nat(6), (a, b, limit) => {
        const distance = everyCell(a, b);
        expect(editDistance(a, b, limit)).toBe(distance <= limit ? distance : undefined);
      }),
      { numRuns: 1000 },
    );
  });
});
