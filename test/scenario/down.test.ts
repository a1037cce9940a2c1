import { describe, expect, it } from 'vitest';
import { scenario } from '../support/scenario.ts';
import { aTarget, dependsOn, downSpec } from '../support/targets.ts';

describe('a target that goes down', () => {
  it('is told after one quick re-probe failed too, with the first failure as its start', () => {
    const outage = scenario([aTarget('api')]);
    outage.at('0s').probe('api').up();
    outage.at('10s').probe('api').down();
    outage.at('10s').asked('api');
    expect(outage.at('10s').states).toEqual({ 'HttpDown/api': 'pending' });
    outage.at('11s').probe('api', 'extra').down();
    outage.at('11s').told('firing HttpDown/api');
    expect(outage.at('11s').states).toEqual({ 'HttpDown/api': 'firing' });
  });

  it('is not told when the re-probe succeeds', () => {
    const blip = scenario([aTarget('api')]);
    blip.at('0s').probe('api').up();
    blip.at('10s').probe('api').down('timeout');
    blip.at('11s').probe('api', 'extra').up();
    expect(blip.at('30s').states).toEqual({});
    blip.expectNothingElse();
  });

  it('waits for as many re-probes as `confirm` says', () => {
    const outage = scenario([aTarget('api', { confirm: 2 })]);
    outage.at('0s').probe('api').up();
    outage.at('10s').probe('api').down();
    outage.at('11s').probe('api', 'extra').down();
    outage.at('11s').told();
    outage.at('12s').probe('api', 'extra').down();
    outage.at('12s').told('firing HttpDown/api');
  });

  it('ends after `recover` scheduled successes in a row, and re-probes are none of them', () => {
    const outage = scenario([aTarget('api')]);
    outage.at('0s').probe('api').up();
    outage.at('10s').probe('api').down();
    outage.at('11s').probe('api', 'extra').down();
    outage.at('11s').told('firing HttpDown/api');
    outage.at('20s').probe('api').up();
    outage.at('21s').probe('api', 'extra').up();
    outage.at('21s').told();
    outage.at('30s').probe('api').down();
    outage.at('40s').probe('api').up();
    outage.at('40s').told();
    outage.at('50s').probe('api').up();
    outage.at('50s').told('resolved HttpDown/api');
    expect(outage.at('50s').states).toEqual({});
  });

  it('that was never up stays pending for its startup grace', () => {
    const start = scenario([aTarget('api')]);
    for (const time of ['0s', '1s', '10s', '20s', '30s', '40s', '50s']) start.at(time).probe('api').down();
    expect(start.at('50s').states).toEqual({ 'HttpDown/api': 'pending' });
    start.at('50s').told();
    start.at('60s').probe('api').down();
    start.at('60s').told('firing HttpDown/api');
  });

  it('that comes up within its startup grace is told of nothing', () => {
    const start = scenario([aTarget('api')]);
    start.at('0s').probe('api').down();
    start.at('1s').probe('api', 'extra').down();
    start.at('10s').probe('api').up();
    expect(start.at('10s').states).toEqual({});
    start.expectNothingElse();
  });

  it('is not judged by an inconclusive result', () => {
    const own = scenario([aTarget('api')]);
    own.at('0s').probe('api').up();
    own.at('10s').probe('api').inconclusive();
    own.at('20s').probe('api').inconclusive();
    expect(own.at('20s').states).toEqual({});
    own.expectNothingElse();
  });

  it('waits for the `for` of its alert', () => {
    const outage = scenario([aTarget('api', { alerts: [{ ...downSpec('HttpDown'), forMs: 60_000 }] })]);
    outage.at('0s').probe('api').up();
    for (const time of ['10s', '11s', '20s', '60s']) outage.at(time).probe('api').down();
    outage.at('60s').told();
    outage.at('70s').probe('api').down();
    outage.at('70s').told('firing HttpDown/api');
  });
});

describe('a reload', () => {
  const failing = () => {
    const outage = scenario([aTarget('api'), aTarget('web')]);
    outage.at('0s').probe('api').up();
    outage.at('10s').probe('api').down();
    outage.at('11s').probe('api', 'extra').down();
    outage.at('11s').told('firing HttpDown/api');
    return outage;
  };

  it('ends the alert of a target that left', () => {
    const outage = failing();
    outage.at('12s').retarget([aTarget('web')]);
    outage.at('12s').told('resolved HttpDown/api');
    expect(outage.at('12s').states).toEqual({});
  });

  it('ends the alert of a target that was paused', () => {
    const outage = failing();
    outage.at('12s').retarget([aTarget('api', { enabled: false }), aTarget('web')]);
    outage.at('12s').told('resolved HttpDown/api');
  });

  it('keeps the alert of an unchanged target and tells nobody again', () => {
    const outage = failing();
    outage.at('12s').retarget([aTarget('api'), aTarget('web')]);
    expect(outage.at('12s').states).toEqual({ 'HttpDown/api': 'firing' });
    outage.expectNothingElse();
  });

  it('that changes a severity ends the old alert and tells the new one', () => {
    const outage = failing();
    outage.at('12s').retarget([aTarget('api', { alerts: [downSpec('HttpDown', 'P0')] })]);
    outage.at('12s').told('resolved HttpDown/api', 'firing HttpDown/api');
  });

  it('that changes the labels of a symptom that was told lets it go on under the new ones', () => {
    const late = aTarget('web', dependsOn('api'));
    const outage = scenario([aTarget('api'), late]);
    for (const name of ['api', 'web']) outage.at('0s').probe(name).up();
    outage.at('10s').probe('web').down();
    outage.at('10.1s').probe('api', 'extra').up();
    outage.at('11s').probe('web', 'extra').down();
    outage.at('12s').probe('api').down();
    outage.at('13s').probe('api', 'extra').down();
    outage.at('13s').told('firing HttpDown/web', 'firing HttpDown/api');
    outage.at('14s').retarget([aTarget('api'), { ...late, labels: { team: 'core' } }]);
    outage.at('14s').told('resolved HttpDown/web', 'firing HttpDown/web');
  });

  it('that changes the labels of what was told holds nothing back, though a dependency is in doubt', () => {
    const web = aTarget('web', dependsOn('api'));
    const outage = scenario([aTarget('api'), web]);
    for (const name of ['api', 'web']) outage.at('0s').probe(name).up();
    outage.at('10s').probe('web').down();
    outage.at('10.1s').probe('api', 'extra').up();
    outage.at('11s').probe('web', 'extra').down();
    outage.at('12s').probe('api').down();
    outage.at('12s').told('firing HttpDown/web');
    outage.at('12.5s').retarget([aTarget('api'), { ...web, labels: { team: 'core' } }]);
    outage.at('12.5s').told('resolved HttpDown/web', 'firing HttpDown/web');
  });

  it('that takes an alert away ends it at once', () => {
    const outage = failing();
    outage.at('12s').retarget([aTarget('api', { alerts: [] }), aTarget('web')]);
    outage.at('12s').told('resolved HttpDown/api');
  });

  it('that makes it a target of another type ends what was told of the old one', () => {
    const outage = failing();
    outage.at('12s').retarget([aTarget('api', { type: 'redis' }), aTarget('web')]);
    outage.at('12s').told('resolved HttpDown/api');
    expect(outage.at('12s').states).toEqual({});
  });

  it('that changes what an alert says is seen in the alert that fires', () => {
    const outage = failing();
    const said = { ...downSpec('HttpDown'), summary: 'No {{ target }}!', runbook: 'https://runbooks.example/api' };
    outage.at('12s').retarget([aTarget('api', { alerts: [said] }), aTarget('web')]);
    expect(outage.at('12s').annotations('HttpDown/api')).toMatchObject({
      summary: 'No api!',
      runbook_url: 'https://runbooks.example/api',
    });
  });

  it('that takes a target away for a moment begins its life anew', () => {
    const outage = failing();
    outage.at('12s').retarget([aTarget('web')]);
    outage.at('13s').retarget([aTarget('api'), aTarget('web')]);
    outage.at('13s').told('resolved HttpDown/api');
    outage.at('14s').probe('api').down();
    outage.at('15s').probe('api', 'extra').down();
    expect(outage.at('15s').states).toEqual({ 'HttpDown/api': 'pending' });
    outage.at('24s').probe('api').up();
    outage.expectNothingElse();
  });
});
