import type { Scenario } from './scenario.ts';
import { aTarget, dependsOn, downSpec } from './targets.ts';

/** Everything answers at the beginning. */
export const comeUp = (outage: Scenario, ...targets: readonly string[]): void => {
  for (const target of targets) outage.at('0s').probe(target).up();
};

/** A target fails, and its re-probe a second later too. */
export const goDown = (outage: Scenario, seconds: number, target: string): void => {
  outage.at(`${seconds}s`).probe(target).down();
  outage
    .at(`${seconds + 1}s`)
    .probe(target, 'extra')
    .down();
};

/** A target answers twice, 10 s apart. */
export const recover = (outage: Scenario, seconds: number, target: string): void => {
  for (const at of [seconds, seconds + 10]) outage.at(`${at}s`).probe(target).up();
};

/** A mild dependency, and what stands on it: grave. */
export const database = aTarget('database', { type: 'postgres', alerts: [downSpec('PostgresDown', 'P2')] });
export const api = aTarget('api', { ...dependsOn('database'), alerts: [downSpec('HttpDown', 'P0')] });
