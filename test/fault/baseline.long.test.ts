import { expect, it } from 'vitest';
import { runBaseline } from '../support/fault/baseline.ts';
import { chooseSeed } from '../support/fault/random.ts';

const KILLS = 200;

/** Not a promise of anybody: the figures stand in docs/reliability.md beside ours. */
it(`Prometheus with Alertmanager, killed ${KILLS} times in the midst of the same outages: what their receivers are told`, async () => {
  const { outages, accounts, text } = await runBaseline({
    seed: chooseSeed(),
    kills: KILLS,
    targets: 50,
    lastsMs: 420_000,
    shortMs: 1500,
    longMs: 2500,
  });
  process.stdout.write(`${text}\n`);
  expect(new Set(outages.map(({ alert }) => alert)).size).toBe(50);
  for (const { unexpected, beginnings } of accounts) {
    expect(unexpected).toEqual([]);
    expect(beginnings).toBeGreaterThan(0);
  }
});
