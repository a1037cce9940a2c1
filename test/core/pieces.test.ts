import { describe, expect, it } from 'vitest';
import { atOnce, inSlices, type Pieces } from '../../src/core/pieces.ts';

/** Work of so many pieces, each of which takes `eachMs` of its clock. */
function work(pieces: number, eachMs: number) {
  let nowMs = 0;
  function* count(): Pieces<number> {
    for (let piece = 0; piece < pieces; piece++) {
      nowMs += eachMs;
      yield;
    }
    return pieces;
  }
  return { clock: { monoMs: () => nowMs }, pieces: count() };
}

describe('work in pieces', () => {
  it('is done at once where nobody else has to wait for it', () => expect(atOnce(work(1000, 1).pieces)).toBe(1000));

  it('lets others have a turn after every 10 ms', async () => {
    const { clock, pieces } = work(1000, 1);
    const seen: number[] = [];
    let done = false;
    const other = () => {
      seen.push(clock.monoMs());
      if (!done) setImmediate(other);
    };
    setImmediate(other);
    expect(await inSlices(pieces, clock)).toBe(1000);
    done = true;
    expect(seen.slice(0, 5)).toEqual([10, 20, 30, 40, 50]);
    expect(seen.length).toBeGreaterThanOrEqual(100);
  });

  it('that is short is done without a turn', async () => {
    const { clock, pieces } = work(9, 1);
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    await inSlices(pieces, clock);
    expect(turned).toBe(false);
  });

  it('that fails fails for whoever waits', async () => {
    function* failing(): Pieces<never> {
      yield;
      throw new Error('a bug');
    }
    expect(() => atOnce(failing())).toThrow('a bug');
    await expect(inSlices(failing(), { monoMs: () => 0 })).rejects.toThrow('a bug');
  });
});
