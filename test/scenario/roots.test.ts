import { describe, expect, it } from 'vitest';
import { type Scenario, scenario } from '../support/scenario.ts';
import { aTarget, dependsOn, downSpec } from '../support/targets.ts';

const database = aTarget('database', { type: 'postgres', alerts: [downSpec('PostgresDown')] });
const api = aTarget('api', { ...dependsOn('database'), recover: 3 });

const goDown = (outage: Scenario, seconds: number, target: string) => {
  outage.at(`${seconds}s`).probe(target).down();
  outage
    .at(`${seconds + 1}s`)
    .probe(target, 'extra')
    .down();
};

const comeUp = (outage: Scenario, seconds: number, target: string) => {
  outage
    .at(`${seconds - 1}s`)
    .probe(target)
    .up();
  outage.at(`${seconds}s`).probe(target).up();
};

/** The database fails, then everything on it; the database is told, the others are its symptoms. */
const outageOf = (...targets: readonly ReturnType<typeof aTarget>[]) => {
  const outage = scenario([database, ...targets]);
  for (const { name } of [database, ...targets]) outage.at('0s').probe(name).up();
  goDown(outage, 5, 'database');
  for (const [index, { name }] of targets.entries()) goDown(outage, 7 + 2 * index, name);
  outage.at('20s').told('firing PostgresDown/database', ...targets.map(() => 'firing PostgresDown/database'));
  return outage;
};

describe('a root that recovers', () => {
  it('leaves the nearest of its symptoms that stay as the root of the others', () => {
    const slow = { ...api, intervalMs: 60_000 };
    const outage = outageOf(slow, aTarget('web', dependsOn('api')));
    comeUp(outage, 30, 'database');
    outage.at('30s').told('resolved PostgresDown/database');
    outage.at('149s').told();
    outage.at('151s').told('firing HttpDown/api');
    expect(outage.at('151s').states).toEqual({ 'HttpDown/api': 'firing', 'HttpDown/web': 'suppressed' });
    expect(outage.at('151s').annotations('HttpDown/api')['symptoms']).toBe('web');
  });

  it('and fails again before the grace is over keeps its symptoms', () => {
    const outage = outageOf(api);
    for (const seconds of [30, 60]) {
      comeUp(outage, seconds, 'database');
      goDown(outage, seconds + 10, 'database');
      outage
        .at(`${seconds + 12}s`)
        .probe('api')
        .down();
    }
    const flap = ['resolved PostgresDown/database', 'firing PostgresDown/database'];
    outage.at('80s').told(...flap, ...flap);
    expect(outage.at('80s').states).toEqual({ 'PostgresDown/database': 'firing', 'HttpDown/api': 'suppressed' });
  });

  it('leaves nobody to be told who is on the way up', () => {
    const outage = outageOf(api);
    comeUp(outage, 30, 'database');
    outage.at('30s').told('resolved PostgresDown/database');
    for (const time of ['35s', '45s', '55s']) outage.at(time).probe('api').up();
    expect(outage.at('60s').states).toEqual({});
    outage.expectNothingElse();
  });

  it('leaves one to be told who was on the way up and failed again', () => {
    const outage = outageOf(api);
    comeUp(outage, 30, 'database');
    outage.at('30s').told('resolved PostgresDown/database');
    for (const time of ['35s', '45s']) outage.at(time).probe('api').up();
    outage.at('54s').told();
    outage.at('55s').probe('api').down();
    outage.at('55s').told('firing HttpDown/api');
  });
});

describe('a root that comes and goes before anybody is told of it', () => {
  const doubtful = (recover = 2) => {
    const disk = aTarget('disk');
    const outage = scenario([disk, { ...database, ...dependsOn('disk'), recover }, api]);
    for (const name of ['disk', 'database', 'api']) outage.at('0s').probe(name).up();
    goDown(outage, 5, 'database');
    goDown(outage, 7, 'api');
    comeUp(outage, 16, 'database');
    goDown(outage, 18, 'database');
    return outage;
  };

  it('covers its symptom no longer than one grace', () => {
    const outage = doubtful();
    comeUp(outage, 29, 'database');
    goDown(outage, 31, 'database');
    outage.at('36s').told();
    comeUp(outage, 42, 'database');
    outage.at('42s').told('firing HttpDown/api');
  });

  it('leaves its symptom a whole grace once somebody was told of it', () => {
    const outage = doubtful(1);
    outage.at('34s').told('firing PostgresDown/database');
    outage.at('35s').probe('database').up();
    outage.at('35s').told('resolved PostgresDown/database');
    outage.at('54s').told();
    outage.at('55s').told('firing HttpDown/api');
  });
});

describe('a symptom with two alerts', () => {
  it('is listed while one of them is left', () => {
    const two = { ...api, alerts: [downSpec('HttpDown'), downSpec('ApiGone', 'P0')] };
    const outage = outageOf(two);
    expect(outage.at('20s').annotations('PostgresDown/database')['symptoms']).toBe('api');
    outage.at('21s').retarget([database, api]);
    expect(outage.at('21s').annotations('PostgresDown/database')['symptoms']).toBe('api');
    expect(outage.at('21s').states).toEqual({ 'PostgresDown/database': 'firing', 'HttpDown/api': 'suppressed' });
  });
});

describe('a reload', () => {
  it('that takes a root away leaves its symptoms to be told after their grace', () => {
    const outage = outageOf(api);
    outage.at('21s').retarget([{ ...api, dependsOn: [] }]);
    outage.at('21s').told('resolved PostgresDown/database');
    expect(outage.at('40s').states).toEqual({ 'HttpDown/api': 'suppressed' });
    outage.at('40.5s').told();
    outage.at('41s').told('firing HttpDown/api');
  });

  it('that changes the labels of a symptom tells nobody', () => {
    const outage = outageOf(api);
    outage.at('21s').retarget([database, { ...api, labels: { team: 'core' } }]);
    expect(outage.at('21s').states).toEqual({ 'PostgresDown/database': 'firing', 'HttpDown/api': 'suppressed' });
    outage.at('60s').told();
  });

  it('that changes the labels of all tells each trouble on under its new ones, and keeps the symptoms', () => {
    const outage = outageOf(api);
    const labels = { team: 'core' };
    outage.at('21s').retarget([
      { ...api, labels },
      { ...database, labels },
    ]);
    outage.at('21s').told('resolved PostgresDown/database', 'firing PostgresDown/database');
    expect(outage.at('21s').states).toEqual({ 'HttpDown/api': 'suppressed', 'PostgresDown/database': 'firing' });
    expect(outage.at('21s').annotations('PostgresDown/database')['symptoms']).toBe('api');
  });
});
