/** How many results are looked at: 20 possible changes. */
const RESULTS = 21;
const MASK = 2 ** RESULTS - 1;
const OLDEST_WEIGHT = 0.8;
const NEWEST_WEIGHT = 1.2;

/** From which part of changes on a target counts as flapping, and below which part no longer; ratios. */
export interface FlappingRules {
  readonly high: number;
  readonly low: number;
}

/** What is remembered of a target's last results. */
export interface Flap {
  /** The last results, the newest in the lowest bit, 1 for up. */
  readonly bits: number;
  readonly count: number;
  readonly flapping: boolean;
}

export const STEADY: Flap = { bits: 0, count: 0, flapping: false };

/**
 * The weighted part of the last 20 steps from result to result that changed, 0 to about 1: recent changes weigh 1.2, old ones 0.8.
 * Source: https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/flapping.html
 */
export function changesOf({ bits, count }: Flap): number {
  const steps = RESULTS - 1;
  let changes = (bits ^ (bits >>> 1)) & (2 ** Math.max(0, count - 1) - 1);
  let weighted = 0;
  for (let age = 0; changes !== 0; age++, changes >>>= 1) {
    if ((changes & 1) === 1) weighted += NEWEST_WEIGHT - (age * (NEWEST_WEIGHT - OLDEST_WEIGHT)) / (steps - 1);
  }
  return weighted / steps;
}

/** What is remembered after one more result. */
export function flap(before: Flap, up: boolean, { high, low }: FlappingRules): Flap {
  const bits = ((before.bits << 1) | (up ? 1 : 0)) & MASK;
  const count = Math.min(RESULTS, before.count + 1);
  const next = { bits, count, flapping: before.flapping };
  const part = changesOf(next);
  return { ...next, flapping: before.flapping ? part >= low : part >= high };
}
