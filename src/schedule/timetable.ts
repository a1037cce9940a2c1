/** The first round is spread over at most this, so that a fresh start knows everything soon without a burst. */
const FIRST_ROUND_MS = 3000;
/** A second probe this close to the first would tell nothing new. */
const TOO_CLOSE_MS = 50;

export interface Timed {
  readonly name: string;
  readonly intervalMs: number;
}

/** When a target is probed, in ms after the start of its timetable: once at `firstMs`, then at `phaseMs` + k × interval. */
export interface Turns {
  readonly firstMs: number;
  readonly phaseMs: number;
}

/**
 * Spreads targets evenly: the first round over min(interval, 3 s), later ones over the interval.
 * Targets of one interval are spread among themselves, so that no two groups beat against each other.
 */
export function spread(targets: readonly Timed[]): ReadonlyMap<string, Turns> {
  const turns = new Map<string, Turns>();
  for (const [intervalMs, group] of Map.groupBy(targets, (target) => target.intervalMs)) {
    for (const [index, target] of group.entries()) {
      const share = index / group.length;
      turns.set(target.name, { firstMs: share * Math.min(intervalMs, FIRST_ROUND_MS), phaseMs: share * intervalMs });
    }
  }
  return turns;
}

/**
 * The next turn after `afterMs` on the grid `phaseMs` + k × `intervalMs`; all on one clock.
 * A turn that is all but now is left out, so that the first probe is not repeated at once.
 */
export function nextTurn(phaseMs: number, intervalMs: number, afterMs: number): number {
  const notBeforeMs = afterMs + Math.min(TOO_CLOSE_MS, intervalMs / 10);
  return phaseMs + Math.ceil((notBeforeMs - phaseMs) / intervalMs) * intervalMs;
}
