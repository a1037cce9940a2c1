import { expect, it } from 'vitest';
import { openClockSteps } from '../../src/observe/clock-steps.ts';

const HOUR_MS = 3_600_000;

it.each([
  ['an hour ahead', HOUR_MS, HOUR_MS],
  ['an hour back', -HOUR_MS, -HOUR_MS],
  ['twenty years ahead', 20 * 365 * 24 * HOUR_MS, 20 * 365 * 24 * HOUR_MS],
  ['by half a second, as NTP brings it into line', 500, 0],
  ['not at all', 0, 0],
])('a wall clock that is set %s is noticed once', (_, setMs, noticedMs) => {
  const steps = openClockSteps();
  const look = (monoMs: number, offsetMs: number) => steps.look({ monoMs, wallMs: monoMs + 1e12 + offsetMs });
  expect([look(0, 0), look(500, setMs), look(1000, setMs)]).toEqual([0, noticedMs, 0]);
});
