import { describe, expect, it } from 'vitest';
import { openLookouts } from '../../src/correlate/lookouts.ts';

describe('looks at dependencies', () => {
  it('are asked for at once', () => {
    expect(openLookouts().ask(['database', 'cache'], 1000)).toEqual([
      { target: 'database', afterMs: 0 },
      { target: 'cache', afterMs: 0 },
    ]);
  });

  it('are shared by all that fail in the same moment', () => {
    const lookouts = openLookouts();
    lookouts.ask(['database'], 1000);
    expect(lookouts.ask(['database'], 1000)).toEqual([]);
  });

  it('come at most twice a second for one dependency, and one serves all who failed before it', () => {
    const lookouts = openLookouts();
    const asked = [];
    for (let nowMs = 1000; nowMs <= 2000; nowMs++)
      for (const { afterMs } of lookouts.ask(['database'], nowMs)) asked.push(nowMs + afterMs);
    expect(asked).toEqual([1000, 1500, 2000]);
  });

  it('are asked for at once again when the last was long ago', () => {
    const lookouts = openLookouts();
    lookouts.ask(['database'], 1000);
    expect(lookouts.ask(['database'], 9000)).toEqual([{ target: 'database', afterMs: 0 }]);
  });

  it('at a target that left are forgotten', () => {
    const lookouts = openLookouts();
    lookouts.ask(['database', 'cache'], 1000);
    lookouts.retain(new Set(['cache']));
    expect(lookouts.ask(['database', 'cache'], 1000)).toEqual([{ target: 'database', afterMs: 0 }]);
  });
});
