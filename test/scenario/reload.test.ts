import { describe, expect, it } from 'vitest';
import type { AlertSpec } from '../../src/core/alert.ts';
import type { Target } from '../../src/core/target.ts';
import { type Scenario, scenario } from '../support/scenario.ts';
import { alertSpec, aTarget, downSpec } from '../support/targets.ts';

const WHEN = 'connections_used > 80%';

/** The same database with an alert that waits half a minute, and one that looks back through a window. */
const database = (changes: Partial<Target> = {}, full: Partial<AlertSpec> = {}, when = WHEN) =>
  aTarget('database', {
    type: 'postgres',
    alerts: [
      downSpec('PostgresDown'),
      alertSpec('Full', when, { forMs: 30_000, ...full }),
      alertSpec('Busy', 'avg(connections_used) over 5m > 85%'),
    ],
    ...changes,
  });

/** Probes every 10 s that see nine tenths of the connections in use. */
function busy(outage: Scenario, fromSeconds: number, toSeconds: number): void {
  for (let seconds = fromSeconds; seconds <= toSeconds; seconds += 10)
    outage.at(`${seconds}s`).probe('database').up({ connections_used: 0.9 });
}

describe('what a target waits for goes on through a reload', () => {
  it.each<[string, Target]>([
    ['that changes nothing', database()],
    ['that changes its interval', database({ intervalMs: 5000, timeoutMs: 1000 })],
    ['that changes what it is called for people', database({ description: 'the shop’s', runbook: 'https://wiki/db' })],
    ['that changes its labels', database({ labels: { team: 'core' } })],
    ['that changes who depends on whom', database({ dependsOn: [{ name: 'disk', soft: true }] })],
    ['that changes the severity of the alert', database({}, { severity: 'P1' })],
  ])('%s', (_, target) => {
    const outage = scenario([database()]);
    busy(outage, 0, 20);
    expect(outage.at('20s').states).toEqual({ 'Full/database': 'pending' });
    outage.at('25s').retarget([target, aTarget('disk')]);
    expect(outage.at('25s').states).toEqual({ 'Full/database': 'pending' });
    busy(outage, 30, 30);
    outage.at('30s').told('firing Full/database');
    expect(outage.at('30s').alert('Full/database')?.startsAtMs).toBe(Date.UTC(2026, 0, 1));
  });

  it('with a shorter or a longer `for`, which counts from the same beginning', () => {
    const outage = scenario([database()]);
    busy(outage, 0, 20);
    outage.at('21s').retarget([database({}, { forMs: 60_000 })]);
    busy(outage, 30, 40);
    outage.at('40s').told();
    outage.at('41s').retarget([database({}, { forMs: 45_000 })]);
    busy(outage, 50, 50);
    outage.at('50s').told('firing Full/database');
  });

  it('but not with another condition, which has not held yet', () => {
    const outage = scenario([database()]);
    busy(outage, 0, 20);
    outage.at('25s').retarget([database({}, {}, 'connections_used > 70%')]);
    busy(outage, 30, 50);
    outage.at('50s').told();
    busy(outage, 60, 60);
    outage.at('60s').told('firing Full/database');
  });
});

describe('what fires goes on firing, and nobody hears of it twice, through a reload', () => {
  it.each<[string, Target]>([
    ['that changes nothing', database()],
    ['that changes its interval', database({ intervalMs: 5000, timeoutMs: 1000 })],
    ['that changes its threshold', database({}, {}, 'connections_used > 85%')],
    ['that changes its `for`', database({}, { forMs: 300_000 })],
  ])('%s', (_, target) => {
    const outage = scenario([database()]);
    busy(outage, 0, 30);
    outage.at('30s').told('firing Full/database');
    outage.at('31s').retarget([target]);
    busy(outage, 40, 40);
    outage.at('40s').told();
    expect(outage.at('40s').alert('Full/database')).toMatchObject({
      state: 'firing',
      startsAtMs: Date.UTC(2026, 0, 1),
    });
  });
});

it('windows are not filled anew for a new interval, nor for a new threshold', () => {
  const alone = (when: string, intervalMs = 10_000) => database({ intervalMs, alerts: [alertSpec('Busy', when)] });
  const outage = scenario([alone('avg(connections_used) over 5m > 95%')]);
  busy(outage, 0, 140);
  outage.at('141s').retarget([alone('avg(connections_used) over 5m > 95%', 5000)]);
  outage.at('145s').probe('database').up({ connections_used: 0.9 });
  outage.at('146s').retarget([alone('avg(connections_used) over 5m > 85%')]);
  outage.at('155s').told();
  outage.at('155s').probe('database').up({ connections_used: 0.9 });
  outage.at('155s').told('firing Busy/database');
});

it('a silence stays, also of a target that changed', () => {
  const outage = scenario([database()]);
  outage.at('0s').silence([{ name: 'target', value: 'database', isRegex: false, isEqual: true }], '1h');
  busy(outage, 0, 20);
  outage.at('25s').retarget([database({ intervalMs: 5000, labels: { team: 'core' } })]);
  busy(outage, 30, 40);
  outage.at('40s').told();
  expect(outage.at('40s').states).toEqual({ 'Full/database': 'silenced' });
});

it('a verdict stays: a target that was up has no second grace, one that was down recovers', () => {
  const outage = scenario([aTarget('api')]);
  outage.at('0s').probe('api').up();
  outage.at('1s').retarget([aTarget('api', { intervalMs: 5000 })]);
  outage.at('10s').probe('api').down();
  outage.at('11s').probe('api', 'extra').down();
  outage.at('11s').told('firing HttpDown/api');
  outage.at('12s').retarget([aTarget('api', { recover: 1 })]);
  outage.at('20s').probe('api').up();
  outage.at('20s').told('resolved HttpDown/api');
});
