import { expect, it } from 'vitest';
import { runKillScenario } from '../support/fault/kill-scenario.ts';
import { expectPromise } from '../support/fault/promise.ts';
import { chooseSeed } from '../support/fault/random.ts';

const KILLS = 200;

it(`a daemon that is killed ${KILLS} times in the midst of outages of 50 targets loses nothing, and repeats nothing but what it marks`, async () => {
  const report = await runKillScenario({
    seed: chooseSeed(),
    kills: KILLS,
    targets: 50,
    lastsMs: 420_000,
    shortMs: 1500,
    longMs: 2500,
  });
  process.stdout.write(`${report.text}\n`);
  expect(new Set(report.outages.map(({ alert }) => alert)).size).toBe(50);
  expectPromise(report, KILLS);
});
