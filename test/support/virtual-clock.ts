import type { Clock, Instant } from '../../src/core/clock.ts';

/** Time that only passes when it is told to; what is due runs in order, and promises settle in between. */
export interface VirtualClock extends Clock {
  /** Lets `ms` pass. */
  advance(ms: number): Promise<void>;
}

/** Settled promises run their continuations before time goes on: a few turns of the loop are enough for any chain here. */
const TURNS = 5;

interface Timer {
  readonly dueMs: number;
  readonly fn: () => void;
}

export function virtualClock(startWallMs = Date.UTC(2026, 0, 1)): VirtualClock {
  let nowMs = 0;
  let timers: Timer[] = [];
  const settle = async () => {
    for (let i = 0; i < TURNS; i++) await new Promise<void>((resolve) => setImmediate(resolve));
  };
  const now = (): Instant => ({ monoMs: nowMs, wallMs: startWallMs + nowMs });
  return {
    now,
    monoMs: () => nowMs,
    after(delayMs, fn) {
      const timer = { dueMs: nowMs + Math.max(0, delayMs), fn };
      timers.push(timer);
      return {
        [Symbol.dispose]: () => {
          timers = timers.filter((one) => one !== timer);
        },
      };
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (;;) {
        const next = timers.filter((timer) => timer.dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        nowMs = Math.max(nowMs, next.dueMs);
        next.fn();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}
