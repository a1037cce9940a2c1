import { expect } from 'vitest';
import type { KillReport } from './kill-scenario.ts';

/** Nothing lost, nothing out of order, nothing of what nobody expects; a repeat only where there is no key, one a kill at most, and marked. */
export function expectPromise({ accounts }: KillReport, kills: number): void {
  const wrong = accounts.flatMap(({ receiver, lost, disorder, unexpected }) =>
    [...lost.map((one) => `lost: ${one}`), ...disorder, ...unexpected].map((one) => `${receiver}: ${one}`),
  );
  expect(wrong).toEqual([]);
  for (const { receiver, repeats, marked } of accounts) {
    if (receiver !== 'slack') expect(repeats, receiver).toEqual([]);
    expect(marked, `${receiver}: every repeat says so`).toBe(repeats.length);
    expect(repeats.length, receiver).toBeLessThanOrEqual(kills);
  }
}
