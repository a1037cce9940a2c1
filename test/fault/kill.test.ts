import { expect, it } from 'vitest';
import { runKillScenario } from '../support/fault/kill-scenario.ts';
import { expectPromise } from '../support/fault/promise.ts';
import { chooseSeed } from '../support/fault/random.ts';

const KILLS = 20;

it(`a daemon that is killed ${KILLS} times in the midst of outages loses nothing, and repeats nothing but what it marks`, async () => {
  const report = await runKillScenario({
    seed: chooseSeed(),
    kills: KILLS,
    targets: 20,
    lastsMs: 50_000,
    shortMs: 1500,
    longMs: 2500,
  });
  process.stdout.write(`${report.text}\n`);
  expect(report.outages.length).toBeGreaterThanOrEqual(10);
  expectPromise(report, KILLS);
});
