import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Heap } from '../../src/schedule/heap.ts';

describe('the heap', () => {
  it('gives back whatever was put in, earliest first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), (dues) => {
        const heap = new Heap<{ dueMs: number }>();
        for (const dueMs of dues) heap.push({ dueMs });
        const out: number[] = [];
        for (let item = heap.pop(); item !== undefined; item = heap.pop()) out.push(item.dueMs);
        expect(out).toEqual(dues.toSorted((a, b) => a - b));
      }),
    );
  });

  it('shows the earliest without taking it', () => {
    const heap = new Heap<{ dueMs: number }>();
    expect(heap.peek()).toBeUndefined();
    heap.push({ dueMs: 2 });
    heap.push({ dueMs: 1 });
    expect(heap.peek()).toEqual({ dueMs: 1 });
    expect(heap.size).toBe(2);
  });
});
