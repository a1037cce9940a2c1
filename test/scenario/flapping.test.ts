import { describe, expect, it } from 'vitest';
import { goDown, recover } from '../support/outage.ts';
import { type Scenario, scenario } from '../support/scenario.ts';
import { aTarget, dependsOn, downSpec } from '../support/targets.ts';

const database = aTarget('database', { type: 'postgres', alerts: [downSpec('PostgresDown')] });
const shop = () => scenario([database, aTarget('api', dependsOn('database'))]);

/** Outages of 20 s, each followed by 20 s without trouble, of the database and what stands on it. */
function outages(outage: Scenario, fromSeconds: number, count: number): number {
  let seconds = fromSeconds;
  for (let round = 0; round < count; round++, seconds += 40) {
    goDown(outage, seconds, 'database');
    goDown(outage, seconds + 2, 'api');
    for (const target of ['database', 'api'])
      outage
        .at(`${seconds + 10}s`)
        .probe(target)
        .down();
    for (const after of [20, 30])
      for (const target of ['database', 'api'])
        outage
          .at(`${seconds + after}s`)
          .probe(target)
          .up();
  }
  return seconds;
}

/** Both answer for so long that they count as steady again. */
function calmDown(outage: Scenario, fromSeconds: number): number {
  for (let seconds = fromSeconds; seconds < fromSeconds + 200; seconds += 10)
    for (const target of ['database', 'api']) outage.at(`${seconds}s`).probe(target).up();
  return fromSeconds + 200;
}

/** Of what was told: what tells of a target. */
const toldOf = (told: readonly string[], target: string) => told.filter((each) => each.endsWith(`/${target}`));

describe('a symptom that flaps with its root', () => {
  const flapped = () => {
    const outage = shop();
    for (const target of ['database', 'api']) outage.at('0s').probe(target).up();
    const calm = outages(outage, 10, 6);
    expect(outage.at(`${calm}s`).states).toEqual({ 'PostgresDown/database': 'firing', 'HttpDown/api': 'suppressed' });
    return { outage, calm };
  };

  it('is not told while it is up, whatever its last results were', () => {
    const { outage, calm } = flapped();
    expect(outage.at(`${calm + 40}s`).because('HttpDown/api')).toContain('its target is up for now');
    const end = calmDown(outage, calm + 40);
    expect(outage.at(`${end}s`).states).toEqual({});
    expect(toldOf(outage.at(`${end}s`).heard(), 'api')).toEqual([]);
  });

  it('waits for its root when it fails again, also where it is the first to be seen', () => {
    const { outage, calm } = flapped();
    for (const target of ['database', 'api'])
      outage
        .at(`${calm + 50}s`)
        .probe(target)
        .up();
    goDown(outage, calm + 60, 'api');
    outage
      .at(`${calm + 62}s`)
      .probe('database', 'extra')
      .down();
    outage
      .at(`${calm + 63}s`)
      .probe('database', 'extra')
      .down();
    expect(outage.at(`${calm + 64}s`).states).toMatchObject({ 'HttpDown/api': 'suppressed' });
    expect(toldOf(outage.at(`${calm + 64}s`).heard(), 'api')).toEqual([]);
  });

  it('is told when it fails without its root', () => {
    const { outage, calm } = flapped();
    for (const target of ['database', 'api'])
      outage
        .at(`${calm + 50}s`)
        .probe(target)
        .up();
    goDown(outage, calm + 60, 'api');
    outage
      .at(`${calm + 62}s`)
      .probe('database', 'extra')
      .up();
    expect(toldOf(outage.at(`${calm + 63}s`).heard(), 'api')).toEqual(['firing HttpDown/api']);
  });
});

describe('a symptom that `keep_firing_for` keeps', () => {
  it('is not told while it is up', () => {
    const kept = { ...downSpec('HttpDown'), keepFiringForMs: 300_000 };
    const outage = scenario([database, aTarget('api', { ...dependsOn('database'), alerts: [kept] })]);
    for (const target of ['database', 'api']) outage.at('0s').probe(target).up();
    goDown(outage, 10, 'database');
    goDown(outage, 12, 'api');
    expect(outage.at('14s').states).toEqual({ 'PostgresDown/database': 'firing', 'HttpDown/api': 'suppressed' });
    recover(outage, 20, 'database');
    outage.at('31s').probe('api').up();
    outage.at('41s').probe('api').up();
    outage.at('10m').probe('api').up();
    expect(toldOf(outage.at('10m').heard(), 'api')).toEqual([]);
    expect(outage.at('10m').states).toEqual({});
  });
});
