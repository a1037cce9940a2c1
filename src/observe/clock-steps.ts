import type { Instant } from '../core/clock.ts';

/** Less between two looks is a clock that is brought into line slowly. */
const STEP_MS = 1000;

/** Notices that the wall clock was set, or that the machine slept: it ran apart from the monotonic one. */
export interface ClockSteps {
  /** By how much the wall clock stepped since the last look, ms, ahead or (negative) back; 0 where it did not. */
  look(now: Instant): number;
}

/** Knows no clock yet: the first look is where it begins. */
export function openClockSteps(): ClockSteps {
  let apartMs: number | undefined;
  return {
    look({ wallMs, monoMs }) {
      const before = apartMs ?? wallMs - monoMs;
      apartMs = wallMs - monoMs;
      const stepMs = apartMs - before;
      return Math.abs(stepMs) < STEP_MS ? 0 : stepMs;
    },
  };
}
