import { expect, it } from 'vitest';
import { KILL_RATES } from '../support/fault/kill-rates.ts';
import { runKillScenario } from '../support/fault/kill-scenario.ts';
import { expectPromise } from '../support/fault/promise.ts';
import { chooseSeed } from '../support/fault/random.ts';

it.each(KILL_RATES)(
  'a daemon that is killed $kills times ($name) in the midst of outages of $targets targets loses nothing, and repeats nothing but what it marks',
  async (rate) => {
    const report = await runKillScenario({ seed: chooseSeed(), ...rate });
    process.stdout.write(`${report.text}\n`);
    expect(new Set(report.outages.map(({ alert }) => alert)).size).toBe(rate.targets);
    expectPromise(report, rate.kills);
  },
);
