import { describe, expect, it } from 'vitest';
import { type Scenario, scenario } from '../support/scenario.ts';
import { aTarget, dependsOn, downSpec } from '../support/targets.ts';

const database = aTarget('database', { type: 'postgres', alerts: [downSpec('PostgresDown')] });
const api = aTarget('api', dependsOn('database'));
const web = aTarget('web', dependsOn('api'));

const allUp = (outage: Scenario, ...names: readonly string[]) => {
  for (const name of names) outage.at('0s').probe(name).up();
};

const confirmDown = (outage: Scenario, time: string, target: string) => {
  outage.at(time).probe(target, 'extra').down();
};

describe('a failing dependency', () => {
  it('is looked at out of turn as soon as its dependent fails, at any depth', () => {
    const outage = scenario([database, api, web]);
    allUp(outage, 'database', 'api', 'web');
    outage.at('10s').probe('web').down();
    outage.at('10s').asked('api', 'database', 'web');
  });

  it('is the one alert that is told; its dependent is a symptom, listed under it', () => {
    const outage = scenario([database, api]);
    allUp(outage, 'database', 'api');
    outage.at('10s').probe('api').down();
    outage.at('10.1s').probe('database', 'extra').down();
    confirmDown(outage, '11s', 'api');
    outage.at('11s').told();
    confirmDown(outage, '11.1s', 'database');
    outage.at('11.1s').told('firing PostgresDown/database');
    expect(outage.at('11.1s').states).toEqual({ 'PostgresDown/database': 'firing', 'HttpDown/api': 'suppressed' });
    expect(outage.at('11.1s').annotations('PostgresDown/database')['symptoms']).toBe('api');
    expect(outage.at('11.1s').annotations('HttpDown/api')['root_cause']).toBe('database');
    outage.at('13s').told();
  });

  it('explains failures two levels up', () => {
    const outage = scenario([database, api, web]);
    allUp(outage, 'database', 'api', 'web');
    outage.at('10s').probe('web').down();
    outage.at('10.1s').probe('api', 'extra').down();
    outage.at('10.1s').probe('database', 'extra').down();
    for (const target of ['web', 'api', 'database']) confirmDown(outage, '11s', target);
    outage.at('11s').told('firing PostgresDown/database');
    expect(outage.at('11s').states).toEqual({
      'PostgresDown/database': 'firing',
      'HttpDown/api': 'suppressed',
      'HttpDown/web': 'suppressed',
    });
    expect(outage.at('11s').annotations('HttpDown/web')['root_cause']).toBe('database');
    expect(outage.at('11s').annotations('PostgresDown/database')['symptoms']).toBe('api, web');
  });

  it('explains failures behind a target that is paused', () => {
    const outage = scenario([database, { ...api, enabled: false }, web]);
    allUp(outage, 'database', 'web');
    outage.at('10s').probe('web').down();
    outage.at('10s').asked('database', 'web');
    outage.at('10.1s').probe('database', 'extra').down();
    for (const target of ['web', 'database']) confirmDown(outage, '11s', target);
    outage.at('11s').told('firing PostgresDown/database');
  });

  it('that turns out to be up lets its dependent be told at once', () => {
    const outage = scenario([database, api]);
    allUp(outage, 'database', 'api');
    outage.at('10s').probe('api').down();
    outage.at('10.1s').probe('database', 'extra').up();
    confirmDown(outage, '11s', 'api');
    outage.at('11s').told('firing HttpDown/api');
  });

  it('is up when a probe that was in flight says so', () => {
    const outage = scenario([database, api]);
    allUp(outage, 'database', 'api');
    outage.at('10s').probe('api').down();
    outage.at('10.1s').probe('database', 'scheduled', 500).up();
    confirmDown(outage, '11s', 'api');
    outage.at('11s').told('firing HttpDown/api');
  });

  it('is looked at again when it was well while its dependent waited for an answer in vain', () => {
    const outage = scenario([database, api]);
    allUp(outage, 'database', 'api');
    outage.at('12s').probe('database').up();
    outage.at('15s').probe('api', 'scheduled', 5000).down('timeout');
    outage.at('15s').asked('database', 'api');
    outage.at('17s').probe('api', 'extra', 1000).down('timeout');
    outage.at('17s').told();
    outage.at('20s').probe('database', 'extra', 5000).down('timeout');
    confirmDown(outage, '21s', 'database');
    outage.at('21s').told('firing PostgresDown/database');
  });

  it('that was never seen is not decided by a probe that says nothing', () => {
    const outage = scenario([database, api]);
    allUp(outage, 'api');
    outage.at('10s').probe('api').down();
    outage.at('10.1s').probe('database', 'extra').inconclusive();
    confirmDown(outage, '11s', 'api');
    outage.at('25s').told();
    outage.at('26s').told('firing HttpDown/api');
  });

  it('that cannot be decided holds the dependent back no longer than the hold', () => {
    const outage = scenario([database, api]);
    allUp(outage, 'database', 'api');
    outage.at('10s').probe('api').down();
    confirmDown(outage, '11s', 'api');
    outage.at('25s').told();
    outage.at('27s').told('firing HttpDown/api');
  });

  it('that is found late stops nothing that was told, which ends when it recovers', () => {
    const outage = scenario([database, api]);
    allUp(outage, 'database', 'api');
    outage.at('10s').probe('api').down();
    outage.at('10.1s').probe('database', 'extra').up();
    confirmDown(outage, '11s', 'api');
    outage.at('11s').told('firing HttpDown/api');
    outage.at('15s').probe('database').down();
    confirmDown(outage, '16s', 'database');
    outage.at('16s').told('firing PostgresDown/database');
    expect(outage.at('16s').states).toEqual({ 'PostgresDown/database': 'firing', 'HttpDown/api': 'firing' });
    outage.at('20s').probe('api').up();
    outage.at('30s').probe('api').up();
    outage.at('30s').told('resolved HttpDown/api');
  });

  it('that is soft suppresses nothing', () => {
    const cache = aTarget('cache');
    const outage = scenario([cache, aTarget('api', { dependsOn: [{ name: 'cache', soft: true }] })]);
    allUp(outage, 'cache', 'api');
    outage.at('10s').probe('cache').down();
    confirmDown(outage, '11s', 'cache');
    outage.at('12s').probe('api').down();
    confirmDown(outage, '13s', 'api');
    outage.at('13s').told('firing HttpDown/cache', 'firing HttpDown/api');
  });
});

describe('a symptom', () => {
  const suppressed = () => {
    const outage = scenario([database, api]);
    allUp(outage, 'database', 'api');
    outage.at('5s').probe('database').down();
    confirmDown(outage, '6s', 'database');
    outage.at('10s').probe('api').down();
    confirmDown(outage, '11s', 'api');
    outage.at('11.5s').told('firing PostgresDown/database', 'firing PostgresDown/database');
    return outage;
  };

  it('is told to nobody, neither its beginning nor its end', () => {
    const outage = suppressed();
    outage.at('20s').probe('api').up();
    outage.at('30s').probe('api').up();
    expect(outage.at('30s').states).toEqual({ 'PostgresDown/database': 'firing' });
    outage.at('31s').told('firing PostgresDown/database');
    outage.expectNothingElse();
  });

  it('that outlives its root fires on its own after two of its intervals', () => {
    const outage = suppressed();
    outage.at('15s').probe('database').up();
    outage.at('25s').probe('database').up();
    outage.at('25s').told('resolved PostgresDown/database');
    outage.at('40s').probe('api').down();
    outage.at('44s').told();
    outage.at('46s').told('firing HttpDown/api');
    outage.at('50s').probe('api').up();
    outage.at('60s').probe('api').up();
    outage.at('60s').told('resolved HttpDown/api');
  });

  it('of a root without an alert of its own is told: nobody else would be', () => {
    const quiet = aTarget('database', { alerts: [] });
    const outage = scenario([quiet, api]);
    allUp(outage, 'database', 'api');
    outage.at('5s').probe('database').down();
    confirmDown(outage, '6s', 'database');
    outage.at('10s').probe('api').down();
    confirmDown(outage, '11s', 'api');
    outage.at('11s').told('firing HttpDown/api');
  });
});

describe('a root whose own alert waits for its `for`', () => {
  it('covers nothing meanwhile', () => {
    const late = { ...database, alerts: [{ ...downSpec('PostgresDown'), forMs: 60_000 }] };
    const outage = scenario([late, api]);
    allUp(outage, 'database', 'api');
    outage.at('5s').probe('database').down();
    confirmDown(outage, '6s', 'database');
    outage.at('10s').probe('api').down();
    confirmDown(outage, '11s', 'api');
    outage.at('11s').told('firing HttpDown/api');
  });
});

describe('a storm', () => {
  it('asks for one look at a shared dependency, not one each', () => {
    const many = Array.from({ length: 500 }, (_, index) => aTarget(`api-${index}`, dependsOn('database')));
    const outage = scenario([database, ...many]);
    allUp(outage, 'database', ...many.map((target) => target.name));
    for (const target of many) outage.at('10s').probe(target.name).down();
    outage.at('10s').asked('database', ...many.map((target) => target.name));
  });
});
