/** Random numbers that are the same for the same seed, so that a run can be had again. Source: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export interface Random {
  /** From `least` up to below `most`. */
  between(least: number, most: number): number;
  /** True this often, 0 to 1. */
  chance(ratio: number): boolean;
}

/** A generator (mulberry32) that begins with this seed. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    between: (least, most) => least + next() * (most - least),
    chance: (ratio) => next() < ratio,
  };
}

/** The seed that `FAULT_SEED` asks for, else one of the moment. */
export const chooseSeed = (): number => Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
