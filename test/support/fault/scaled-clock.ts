import type { Clock } from '../../../src/core/clock.ts';

/** A clock that a test drives: time passes this many times faster, and the wall clock may be set. */
export interface ScaledClock extends Clock {
  /** From now on. Timers that are set keep their moment. */
  speed(factor: number): void;
  /** Sets the wall clock this far ahead, or back; intervals do not notice. */
  step(ms: number): void;
}

interface Timer {
  readonly dueMs: number;
  readonly fn: () => void;
  handle: NodeJS.Timeout | undefined;
}

/** Starts at that time. */
export function scaledClock(factor: number, startWallMs: number): ScaledClock {
  let scale = factor;
  let realMs = performance.now();
  let monoMs = 0;
  let wallOffsetMs = startWallMs;
  const timers = new Set<Timer>();

  const now = (): number => monoMs + (performance.now() - realMs) * scale;
  const arm = (timer: Timer) => {
    clearTimeout(timer.handle);
    timer.handle = setTimeout(
      () => {
        timers.delete(timer);
        timer.fn();
      },
      Math.max(0, (timer.dueMs - now()) / scale),
    );
  };
  return {
    now: () => ({ monoMs: now(), wallMs: wallOffsetMs + now() }),
    monoMs: now,
    after(delayMs, fn) {
      const timer: Timer = { dueMs: now() + Math.max(0, delayMs), fn, handle: undefined };
      timers.add(timer);
      arm(timer);
      return {
        [Symbol.dispose]() {
          clearTimeout(timer.handle);
          timers.delete(timer);
        },
      };
    },
    speed(next) {
      monoMs = now();
      realMs = performance.now();
      scale = next;
      for (const timer of timers) arm(timer);
    },
    step(ms) {
      wallOffsetMs += ms;
    },
  };
}
