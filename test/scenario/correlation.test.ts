import { describe, expect, it } from 'vitest';
import { api, comeUp, database, goDown, recover } from '../support/outage.ts';
import { scenario } from '../support/scenario.ts';
import { alertSpec, aTarget, dependsOn, downSpec } from '../support/targets.ts';

describe('a root', () => {
  it('is told at the gravest severity of itself and its symptoms, in one page', () => {
    const outage = scenario([database, api]);
    comeUp(outage, 'database', 'api');
    outage.at('10s').probe('api').down();
    outage.at('11s').probe('api', 'extra').down();
    goDown(outage, 11, 'database');
    outage.at('12s').toldGravely('firing PostgresDown/database P0');
    expect(outage.at('12s').states).toEqual({ 'HttpDown/api': 'suppressed', 'PostgresDown/database': 'firing' });
  });

  it('is raised by a graver symptom that joins later, and keeps that severity to its end', () => {
    const outage = scenario([database, api]);
    comeUp(outage, 'database', 'api');
    goDown(outage, 10, 'database');
    outage.at('11s').toldGravely('firing PostgresDown/database P2');
    goDown(outage, 12, 'api');
    outage.at('13s').toldGravely('firing PostgresDown/database P0');
    outage.at('73s').toldGravely('resolved PostgresDown/database P2');
    recover(outage, 80, 'api');
    outage.at('91s').toldGravely('firing PostgresDown/database P0'); // without its symptom
    recover(outage, 100, 'database');
    outage.at('110s').toldGravely('resolved PostgresDown/database P0');
    outage.expectNothingElse();
  });

  it('that is found late stops further messages of the symptoms that were told, which end when they recover', () => {
    const outage = scenario([database, { ...api, alerts: [downSpec('HttpDown', 'P2')] }]);
    comeUp(outage, 'database', 'api');
    goDown(outage, 10, 'api');
    outage.at('12s').probe('database', 'extra').up();
    outage.at('30s').told('firing HttpDown/api');
    goDown(outage, 40, 'database');
    outage.at('41s').told('firing PostgresDown/database');
    expect(outage.at('42s').states).toEqual({ 'HttpDown/api': 'firing', 'PostgresDown/database': 'firing' });
    expect(outage.at('42s').annotations('PostgresDown/database')['symptoms']).toBe('api');
    expect(outage.at('42s').annotations('HttpDown/api')['root_cause']).toBe('database');
    recover(outage, 50, 'api');
    outage.at('60s').told('resolved HttpDown/api');
  });

  it('explains every alert of what stands on it, also those on measures', () => {
    const slow = alertSpec('Refused', 'status >= 500', { type: 'http' });
    const outage = scenario([database, { ...api, alerts: [slow] }]);
    comeUp(outage, 'database');
    outage.at('0s').probe('api').up({ status: 200 });
    goDown(outage, 10, 'database');
    outage.at('12s').probe('api').up({ status: 503 });
    outage.at('12s').told('firing PostgresDown/database');
    expect(outage.at('20s').states).toEqual({ 'PostgresDown/database': 'firing', 'Refused/api': 'suppressed' });
  });
});

describe('what explains nothing', () => {
  it('an alert on a measure of a dependency is named as a possible cause', () => {
    const blocked = aTarget('database', { alerts: [alertSpec('Blocked', 'blocked_queries > 0')] });
    const outage = scenario([blocked, api]);
    outage.at('0s').probe('database').up({ blocked_queries: 3 });
    outage.at('0s').probe('api').up();
    outage.at('0s').told('firing Blocked/database');
    goDown(outage, 10, 'api');
    outage.at('12s').probe('database', 'extra').up({ blocked_queries: 3 });
    outage.at('12s').told('firing HttpDown/api');
    expect(outage.at('12s').annotations('HttpDown/api')['possible_causes']).toBe('database (Blocked)');
  });

  it('a soft dependency that is down is named as a possible cause', () => {
    const outage = scenario([database, { ...api, dependsOn: [{ name: 'database', soft: true }] }]);
    comeUp(outage, 'database', 'api');
    goDown(outage, 10, 'database');
    goDown(outage, 12, 'api');
    outage.at('13s').told('firing PostgresDown/database', 'firing HttpDown/api');
    expect(outage.at('13s').annotations('HttpDown/api')['possible_causes']).toBe('database (PostgresDown)');
  });

  it('a dependency that cannot be seen is named as a possible cause, and the alert waits no longer than the hold', () => {
    const outage = scenario([database, api]);
    comeUp(outage, 'database', 'api');
    goDown(outage, 10, 'api');
    for (const time of ['11s', '20s']) outage.at(time).probe('database').inconclusive();
    outage.at('25s').told();
    outage.at('27s').told('firing HttpDown/api');
    expect(outage.at('27s').annotations('HttpDown/api')['possible_causes']).toBe('database (inconclusive)');
  });
});

describe('within one target', () => {
  const measured = () =>
    aTarget('database', {
      alerts: [
        downSpec('PostgresDown', 'P1'),
        alertSpec('High', 'connections_used > 80%', { severity: 'P2', forMs: 20_000 }),
        alertSpec('Exhausted', 'connections_used > 95%', { severity: 'P1' }),
      ],
    });

  it('being down covers its other alerts: nothing but Down is told', () => {
    const outage = scenario([measured()]);
    comeUp(outage, 'database');
    outage.at('10s').probe('database').up({ connections_used: 0.9 });
    goDown(outage, 20, 'database');
    outage.at('60s').told('firing PostgresDown/database');
    expect(outage.at('60s').states).toEqual({ 'PostgresDown/database': 'firing', 'High/database': 'pending' });
  });

  it('the gravest of the alerts on one measure covers the milder ones', () => {
    const full = scenario([measured()]);
    for (const seconds of [0, 10, 20, 30]) full.at(`${seconds}s`).probe('database').up({ connections_used: 0.97 });
    full.at('30s').told('firing Exhausted/database', 'firing Exhausted/database');
    expect(full.at('30s').states).toEqual({ 'Exhausted/database': 'firing', 'High/database': 'suppressed' });
    expect(full.at('30s').annotations('Exhausted/database')['symptoms']).toBe('High');
    full.at('40s').probe('database').up({ connections_used: 0.85 });
    full.at('40s').told('resolved Exhausted/database');
    for (const seconds of [50, 60]) full.at(`${seconds}s`).probe('database').up({ connections_used: 0.85 });
    full.at('60s').told('firing High/database');
  });
});

describe('flapping', () => {
  it('is said once and ended once: while it lasts the alert goes on', () => {
    const outage = scenario([aTarget('api')]);
    outage.at('0s').probe('api').up();
    let seconds = 0;
    const results = ['down', 'down', 'up', 'up'] as const;
    for (let round = 0; round < 8; round++)
      for (const result of results) {
        seconds += 10;
        outage.at(`${seconds}s`).probe('api')[result]();
      }
    const beginnings = ['firing HttpDown/api', 'resolved HttpDown/api'];
    outage.at(`${seconds}s`).told(...beginnings, ...beginnings, 'firing HttpDown/api');
    expect(outage.at(`${seconds}s`).annotations('HttpDown/api')['evidence']).toMatch(/^it goes up and down: \d+% of/);
    for (let calm = 0; calm < 20; calm++) {
      seconds += 10;
      outage.at(`${seconds}s`).probe('api').up();
    }
    outage.at(`${seconds}s`).told('resolved HttpDown/api');
  });

  it('can be an alert of its own', () => {
    const unsteady = aTarget('api', { alerts: [alertSpec('Unsteady', 'flapping', { type: 'http' })] });
    const outage = scenario([unsteady]);
    for (let turn = 0; turn < 6; turn++)
      outage
        .at(`${turn * 10}s`)
        .probe('api')
        [turn % 2 === 0 ? 'up' : 'down']();
    outage.at('50s').told();
    outage.at('60s').probe('api').up();
    outage.at('60s').told('firing Unsteady/api');
  });
});

describe('in one place at one time', () => {
  const inPlace = (name: string, changes = {}) => aTarget(name, { places: ['host-1'], ...changes });

  it('failures are one group, and each stays an alert of its own', () => {
    const outage = scenario([inPlace('a'), inPlace('b'), aTarget('elsewhere')]);
    comeUp(outage, 'a', 'b', 'elsewhere');
    for (const [index, name] of ['a', 'b', 'elsewhere'].entries()) goDown(outage, 10 + index * 2, name);
    outage.at('15s').told('firing HttpDown/a', 'firing HttpDown/b', 'firing HttpDown/a', 'firing HttpDown/elsewhere');
    const groupOf = (name: string) => outage.at('16s').alert(`HttpDown/${name}`)?.group;
    expect(groupOf('b')).toBe(groupOf('a'));
    expect(groupOf('elsewhere')).not.toBe(groupOf('a'));
    expect(outage.at('16s').annotations('HttpDown/b')['same_place']).toBe('a, b');
  });

  it('failures further apart than the window, or with declared dependencies, are not', () => {
    const outage = scenario([inPlace('a'), inPlace('late'), inPlace('api', dependsOn('a'))]);
    comeUp(outage, 'a', 'late', 'api');
    goDown(outage, 10, 'a');
    goDown(outage, 45, 'late');
    const groupOf = (name: string) => outage.at('47s').alert(`HttpDown/${name}`)?.group;
    expect(groupOf('late')).not.toBe(groupOf('a'));
    goDown(outage, 48, 'api');
    expect(outage.at('50s').alert('HttpDown/api')?.group).toBe(outage.at('50s').alert('HttpDown/a')?.group); // its root's
  });
});
