import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextTurn, spread } from '../../src/schedule/timetable.ts';

const targets = (count: number, intervalMs: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `t${index}`, intervalMs }));

describe('the timetable', () => {
  it.each([
    { intervalMs: 10_000, withinMs: 3000 },
    { intervalMs: 60_000, withinMs: 3000 },
    { intervalMs: 1000, withinMs: 1000 },
  ])('spreads the first round of $intervalMs ms evenly over $withinMs ms', ({ intervalMs, withinMs }) => {
    const turns = [...spread(targets(100, intervalMs)).values()];
    const gaps = turns.slice(1).map((turn, index) => turn.firstMs - (turns[index]?.firstMs ?? 0));
    expect(Math.max(...turns.map((turn) => turn.firstMs))).toBeLessThan(withinMs);
    for (const gap of gaps) expect(gap).toBeCloseTo(withinMs / 100, 6);
  });

  it('spreads later rounds evenly over the interval', () => {
    const turns = [...spread(targets(100, 10_000)).values()];
    expect(turns.map((turn) => Math.round(turn.phaseMs))).toEqual(turns.map((_, index) => index * 100));
  });

  it('spreads each interval among its own', () => {
    const turns = spread([...targets(2, 1000), { name: 'slow', intervalMs: 60_000 }]);
    expect(turns.get('slow')).toEqual({ firstMs: 0, phaseMs: 0 });
    expect(turns.get('t1')).toEqual({ firstMs: 500, phaseMs: 500 });
  });

  it('never leaves a gap longer than an interval and a breath, nor repeats a probe at once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 100, max: 3_600_000 }), (count, intervalMs) => {
        for (const { firstMs, phaseMs } of spread(targets(count, intervalMs)).values()) {
          const gap = nextTurn(phaseMs, intervalMs, firstMs) - firstMs;
          const breath = Math.min(50, intervalMs / 10);
          expect(gap).toBeGreaterThanOrEqual(breath - 1e-6);
          expect(gap).toBeLessThanOrEqual(intervalMs + breath + 1e-6);
        }
      }),
    );
  });

  it('keeps to its grid, however late a turn was served', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 1000, max: 60_000 }),
        fc.double({ min: 0, max: 1e7, noNaN: true }),
        (phaseMs, intervalMs, afterMs) => {
          const turn = nextTurn(phaseMs, intervalMs, afterMs);
          const offGrid = Math.abs((turn - phaseMs) / intervalMs - Math.round((turn - phaseMs) / intervalMs));
          expect(offGrid).toBeLessThan(1e-9);
          expect(turn).toBeGreaterThan(afterMs);
        },
      ),
    );
  });
});
