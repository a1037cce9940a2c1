import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Target } from '../../src/core/target.ts';
import { RULES } from '../support/scenario.ts';
import { alertSpec, aTarget, downSpec } from '../support/targets.ts';
import { openAuditor } from './auditor.ts';
import { type Health, openWorld } from './world.ts';

const MOST_TARGETS = 12;
const INTERVALS_MS = [5000, 10_000, 30_000] as const;
const HOLDS_MS = [0, 15_000] as const;
const GRACES = [0, 2] as const;
/** The longest hold and grace, and for an alert with `for` the result that comes after it. */
const PATIENCE_MS = 15_000 + 2 * 30_000 + 35_000;

const ALERTS = {
  usual: [downSpec('HttpDown')],
  grave: [downSpec('HttpDown', 'P0')],
  none: [],
  two: [downSpec('HttpDown'), { ...downSpec('DownForLong', 'P2'), forMs: 20_000 }],
  late: [{ ...downSpec('HttpDown'), forMs: 20_000 }],
  measured: [downSpec('HttpDown'), alertSpec('Blocked', 'blocked_queries > 0', { severity: 'P3' })],
  gravelyMeasured: [downSpec('HttpDown', 'P2'), alertSpec('Blocked', 'blocked_queries > 0', { severity: 'P0' })],
} as const;

const settings = {
  enabled: fc.constantFrom(true, true, true, true, true, true, false),
  there: fc.constantFrom(true, true, true, true, true, true, false),
  type: fc.constantFrom('http', 'http', 'redis'),
  intervalMs: fc.constantFrom(...INTERVALS_MS),
  confirm: fc.integer({ min: 0, max: 2 }),
  recover: fc.integer({ min: 1, max: 3 }),
  startupGraceMs: fc.constantFrom(0, 60_000),
  alerts: fc.constantFrom<keyof typeof ALERTS>(...(Object.keys(ALERTS) as (keyof typeof ALERTS)[]), 'usual', 'usual'),
  team: fc.constantFrom('core', 'core', 'web'),
  /** How many targets further on. */
  dependsOn: fc.uniqueArray(
    fc.record({ further: fc.integer({ min: 1, max: 4 }), soft: fc.constantFrom(false, false, false, true) }),
    { maxLength: 3, selector: ({ further }) => further },
  ),
};
type Settings = {
  readonly [Key in keyof typeof settings]: (typeof settings)[Key] extends fc.Arbitrary<infer T> ? T : never;
};

const index = fc.nat(MOST_TARGETS - 1);
const rules = fc.record({
  holdMs: fc.constantFrom(...HOLDS_MS),
  grace: fc.constantFrom(...GRACES),
  service: fc.constantFrom('shop', 'shop', 'store'),
});
const change = fc.tuple(index, fc.record(settings, { requiredKeys: [] }));
const quietly = fc.constantFrom('silence' as const, 'maintenance' as const);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ waitMs: fc.integer({ min: 1, max: 40_000 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      target: index,
      health: fc.constantFrom<Health>('well', 'broken', 'broken', 'strained', 'blind'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ quiet: index, how: quietly, forMs: fc.integer({ min: 1, max: 60_000 }) }) },
  { weight: 1, arbitrary: fc.record({ restartMs: fc.constantFrom(0, 0, 3000, 200_000, 400_000) }) },
  { weight: 1, arbitrary: fc.record({ reload: fc.array(change, { maxLength: 4 }), rules }) },
);
const outage = fc.record({
  targets: fc.array(fc.record(settings), { minLength: 1, maxLength: MOST_TARGETS, size: 'max' }),
  tookMs: fc.array(fc.constantFrom(0, 5, 5, 3000), { minLength: MOST_TARGETS, maxLength: MOST_TARGETS }),
  rules,
  steps: fc.array(step, { maxLength: 40, size: 'max' }),
});

const nameOf = (at: number): string => `t${at}`;

/** Targets depend on later ones alone, so that there is no circle. */
const targetsOf = (all: readonly Settings[]): readonly Target[] =>
  all.flatMap(({ there, dependsOn, alerts, team, ...rest }, at) => {
    const later = dependsOn.filter(({ further }) => all[at + further]?.there === true);
    const dependencies = later.map(({ further, soft }) => ({ name: nameOf(at + further), soft }));
    const own = { labels: { team }, alerts: ALERTS[alerts], dependsOn: dependencies };
    return there ? [aTarget(nameOf(at), { ...rest, ...own })] : [];
  });

function play({ targets, tookMs, rules, steps }: typeof outage extends fc.Arbitrary<infer T> ? T : never): void {
  const auditor = openAuditor(PATIENCE_MS);
  const world = openWorld((target) => tookMs[Number(target.slice(1))] ?? 0, auditor);
  auditor.watch(world);
  const all = [...targets];
  world.retarget(targetsOf(all), { ...RULES, ...rules });
  for (const each of steps) {
    if ('waitMs' in each) world.advance(each.waitMs);
    else if ('health' in each) world.setHealth(nameOf(each.target), each.health);
    else if ('restartMs' in each) {
      auditor.restarts(each.restartMs);
      world.restart(each.restartMs);
    } else if ('quiet' in each) world.quiet(nameOf(each.quiet), each.how, each.forMs);
    else {
      for (const [at, changed] of each.reload) {
        const before = all[at];
        if (before !== undefined) all[at] = { ...before, ...changed };
      }
      world.retarget(targetsOf(all), { ...RULES, ...each.rules });
    }
  }
  for (let at = 0; at < MOST_TARGETS; at++) world.setHealth(nameOf(at), 'well');
  world.advance(300_000);
  auditor.expectPeace();
}

describe('any outage', () => {
  it('is told by the rules, whatever fails, recovers and is reloaded', () => {
    const numRuns = Number(process.env['OUTAGES'] ?? 1000);
    fc.assert(fc.property(outage, play), { numRuns });
  }, 120_000);
});
