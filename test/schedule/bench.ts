import type { ProbeResult, Turn } from '../../src/core/result.ts';
import type { Target } from '../../src/core/target.ts';
import { openLanes } from '../../src/schedule/lanes.ts';
import { openScheduler } from '../../src/schedule/scheduler.ts';
import { virtualClock } from '../support/virtual-clock.ts';

export interface Start {
  readonly target: string;
  readonly atMs: number;
  readonly turn: Turn;
}

/** A scheduler over probes that take as long as they are told to, with a record of what ran when. */
export function bench(tookMs: (target: string, start: number) => number, limit = 100) {
  const clock = virtualClock();
  const starts: Start[] = [];
  const results: ProbeResult[] = [];
  const errors: { readonly error: unknown; readonly target: string }[] = [];
  const delays: number[] = [];
  const running = new Map<string, number>();
  let inFlight = 0;
  let most = 0;
  let twice = 0;
  const lanes = openLanes();
  const hooks = {
    onResult: (result: ProbeResult): void => void results.push(result),
    onStart: (delayMs: number): void => void delays.push(delayMs),
  };
  const scheduler = openScheduler(clock, lanes, {
    async probe(target, turn) {
      const at = clock.now();
      starts.push({ target: target.name, atMs: at.monoMs, turn: turn() });
      running.set(target.name, (running.get(target.name) ?? 0) + 1);
      if (running.get(target.name) !== 1) twice++;
      most = Math.max(most, ++inFlight);
      try {
        await new Promise<void>((resolve) => clock.after(tookMs(target.name, starts.length), resolve));
      } finally {
        inFlight--;
        running.set(target.name, (running.get(target.name) ?? 0) - 1);
      }
      return { target: target.name, turn: turn(), at, outcome: 'up', durationMs: 1, measures: [], series: [] };
    },
    onResult: (result) => hooks.onResult(result),
    onStart: (delayMs) => hooks.onStart(delayMs),
    onError: (error, target) => errors.push({ error, target }),
  });
  const replace = (targets: readonly Target[], most = limit) => {
    lanes.arrange(most, targets);
    scheduler.replace(targets);
  };
  const skips = (why: string) => results.filter((result) => result.outcome === 'skipped' && result.why === why);
  return {
    clock,
    scheduler,
    starts,
    results,
    errors,
    delays,
    hooks,
    replace,
    skips,
    most: () => most,
    /** How often a target ran while it ran already. */
    twice: () => twice,
  };
}

export const startsOf = (starts: readonly Start[], target: string): readonly number[] =>
  starts.filter((start) => start.target === target).map((start) => start.atMs);
