import { describe, expect, it } from 'vitest';
import { enter, isBurning, openLedger } from '../../src/judge/slo.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SLO = { objective: 0.999, windowMs: 30 * DAY_MS };

/** A result every 10 s for so many minutes, of which every `nth` is bad; 0: none. */
function burn(...parts: readonly (readonly [minutes: number, nth: number])[]) {
  const ledger = openLedger();
  let ms = 0;
  for (const [minutes, nth] of parts) {
    for (const until = ms + minutes * MINUTE_MS; ms < until; ms += 10_000)
      enter(ledger, ms, nth === 0 || Math.round(ms / 10_000) % nth !== 0);
  }
  return ledger;
}

describe('an error budget of 99.9 % over 30 days', () => {
  it.each([
    { says: 'does not burn while all is well', parts: [[360, 0]], burning: false },
    {
      says: 'burns when 1 in 30 fails for an hour: 33 times what it allows',
      parts: [
        [300, 0],
        [60, 30],
      ],
      burning: true,
    },
    {
      says: 'does not burn when 1 in 90 fails for an hour: 11 times',
      parts: [
        [300, 0],
        [60, 90],
      ],
      burning: false,
    },
    { says: 'burns when 1 in 90 fails for six hours', parts: [[360, 90]], burning: true },
    {
      says: 'burns no more ten minutes after it stopped',
      parts: [
        [300, 0],
        [50, 30],
        [10, 0],
      ],
      burning: false,
    },
    {
      says: 'burns in an outage from its first minutes on',
      parts: [
        [360, 0],
        [2, 1],
      ],
      burning: true,
    },
    { says: 'says nothing before it knows five results', parts: [[0.5, 1]], burning: false },
  ] as const)('$says', ({ parts, burning }) => {
    expect(isBurning(burn(...parts), SLO)).toBe(burning);
  });

  it('forgets what is longer ago than its longest window', () => {
    const ledger = burn([60, 1]);
    enter(ledger, DAY_MS, true);
    for (let ms = DAY_MS; ms < DAY_MS + 5 * MINUTE_MS; ms += 10_000) enter(ledger, ms, true);
    expect(isBurning(ledger, SLO)).toBe(false);
  });
});
