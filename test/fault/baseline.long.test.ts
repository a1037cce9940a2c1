import { expect, it } from 'vitest';
import { runBaseline } from '../support/fault/baseline.ts';
import { KILL_RATES } from '../support/fault/kill-rates.ts';
import { chooseSeed } from '../support/fault/random.ts';

/** Not a promise of anybody: the figures stand in docs/reliability.md beside ours. */
it.each(KILL_RATES)(
  'Prometheus with Alertmanager, killed $kills times ($name) in the midst of the same outages: what their receivers are told',
  async (rate) => {
    const { outages, accounts, text } = await runBaseline({ seed: chooseSeed(), ...rate });
    process.stdout.write(`${text}\n`);
    expect(new Set(outages.map(({ alert }) => alert)).size).toBe(rate.targets);
    for (const { unexpected, beginnings } of accounts) {
      expect(unexpected).toEqual([]);
      expect(beginnings).toBeGreaterThan(0);
    }
  },
);
