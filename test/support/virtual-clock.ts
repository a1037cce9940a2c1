import type { Clock, Instant } from '../../src/core/clock.ts';
import { Heap } from '../../src/schedule/heap.ts';

/** Time that only passes when it is told to; what is due runs in order, and promises settle in between. */
export interface VirtualClock extends Clock {
  /** Lets `ms` pass. */
  advance(ms: number): Promise<void>;
  /** Jumps ahead as after a suspend: what was due on the way runs late, now. */
  jump(ms: number): Promise<void>;
  /** How many timers are set. */
  pending(): number;
}

/** Settled promises run their continuations before time goes on: a few turns of the loop are enough for any chain here. */
const TURNS = 5;

interface Timer {
  readonly dueMs: number;
  fn: (() => void) | undefined;
}

export function virtualClock(startWallMs = Date.UTC(2026, 0, 1)): VirtualClock {
  let nowMs = 0;
  const moments = new Heap<{ readonly dueMs: number }>();
  /** By the moment, in the order of their setting. */
  const timers = new Map<number, Timer[]>();

  const settle = async () => {
    for (let i = 0; i < TURNS; i++) await new Promise<void>((resolve) => setImmediate(resolve));
  };
  const now = (): Instant => ({ monoMs: nowMs, wallMs: startWallMs + nowMs });
  const advance = async (ms: number) => {
    const untilMs = nowMs + ms;
    await settle();
    for (let next = moments.peek(); next !== undefined && next.dueMs <= untilMs; next = moments.peek()) {
      const due = timers.get(next.dueMs) ?? [];
      nowMs = Math.max(nowMs, next.dueMs);
      // A timer that is set for this very moment joins the end of the list.
      for (let timer = due.shift(); timer !== undefined; timer = due.shift()) {
        if (timer.fn === undefined) continue;
        timer.fn();
        await settle();
      }
      moments.pop();
      timers.delete(next.dueMs);
    }
    nowMs = untilMs;
  };
  return {
    now,
    monoMs: () => nowMs,
    after(delayMs, fn) {
      const timer: Timer = { dueMs: nowMs + Math.max(0, delayMs), fn };
      const same = timers.get(timer.dueMs);
      if (same === undefined) {
        timers.set(timer.dueMs, [timer]);
        moments.push(timer);
      } else same.push(timer);
      return {
        [Symbol.dispose]: () => {
          timer.fn = undefined;
        },
      };
    },
    advance,
    pending: () => [...timers.values()].flat().filter((timer) => timer.fn !== undefined).length,
    async jump(ms) {
      nowMs += ms;
      await advance(0);
    },
  };
}
