import { describe, expect, it } from 'vitest';
import { type Measured, type Scenario, scenario } from '../support/scenario.ts';
import { alertSpec, aTarget, downSpec, generalSpec } from '../support/targets.ts';

/** Probes every 10 s that all measure the same. */
function steady(outage: Scenario, fromSeconds: number, toSeconds: number, measured: Measured, tookMs = 0): void {
  for (let seconds = fromSeconds; seconds <= toSeconds; seconds += 10)
    outage.at(`${seconds}s`).probe('database', 'scheduled', tookMs).up(measured);
}

const database = (...alerts: Parameters<typeof alertSpec>[]) =>
  aTarget('database', {
    type: 'postgres',
    alerts: [downSpec('PostgresDown'), ...alerts.map((each) => alertSpec(...each))],
  });

describe('an alert on a measure', () => {
  it('is pending for its `for`, then fires with the moment since when it has held, and ends at once', () => {
    const full = scenario([database(['Full', 'connections_used > 80%', { forMs: 30_000 }])]);
    full.at('0s').probe('database').up({ connections_used: 0.5 });
    steady(full, 10, 30, { connections_used: 0.93 });
    expect(full.at('30s').states).toEqual({ 'Full/database': 'pending' });
    full.at('39s').told();
    full.at('40s').probe('database').up({ connections_used: 0.91 });
    full.at('40s').told('firing Full/database');
    expect(full.at('40s').alert('Full/database')).toMatchObject({
      startsAtMs: Date.UTC(2026, 0, 1, 0, 0, 10),
      value: 0.91,
      threshold: 0.8,
      annotations: {
        summary: 'Full of database: 91%',
        evidence: 'connections_used is 91%; the threshold is 80%',
      },
    });
    full.at('50s').probe('database').up({ connections_used: 0.8 });
    full.at('50s').told('resolved Full/database');
  });

  it('whose `for` ends before the next turn asks for another look then', () => {
    const full = scenario([database(['Full', 'connections_used > 80%', { forMs: 4000 }])]);
    full.at('0s').probe('database').up({ connections_used: 0.9 });
    full.at('0s').asked('database');
    full.at('4s').probe('database', 'extra').up({ connections_used: 0.9 });
    full.at('4s').told('firing Full/database');
  });

  it('begins anew where it did not hold for its whole `for`', () => {
    const blip = scenario([database(['Full', 'connections_used > 80%', { forMs: 20_000 }])]);
    for (const [seconds, used] of [0.9, 0.9, 0.7, 0.9, 0.9].entries())
      blip
        .at(`${seconds * 10}s`)
        .probe('database')
        .up({ connections_used: used });
    blip.at('49s').told();
    blip.at('50s').probe('database').up({ connections_used: 0.9 });
    blip.at('50s').told('firing Full/database');
  });

  it('goes on firing for `keep_firing_for` after its condition stopped holding', () => {
    const kept = scenario([database(['Full', 'connections_used > 80%', { keepFiringForMs: 20_000 }])]);
    kept.at('0s').probe('database').up({ connections_used: 0.9 });
    kept.at('0s').told('firing Full/database');
    kept.at('10s').probe('database').up({ connections_used: 0.5 });
    kept.at('20s').probe('database').up({ connections_used: 0.9 });
    steady(kept, 30, 40, { connections_used: 0.5 });
    kept.at('40s').told();
    kept.at('50s').probe('database').up({ connections_used: 0.5 });
    kept.at('50s').told('resolved Full/database');
  });

  it('rises by `raise`: the graver one is told first, and the milder one ends a minute later', () => {
    const raise = [{ afterMs: 60_000, severity: 'P1' as const }];
    const rising = scenario([database(['Full', 'connections_used > 80%', { raise }])]);
    steady(rising, 0, 50, { connections_used: 0.9 });
    rising.at('50s').toldGravely('firing Full/database P2');
    rising.at('60s').probe('database').up({ connections_used: 0.9 });
    rising.at('60s').toldGravely('firing Full/database P1');
    steady(rising, 70, 110, { connections_used: 0.9 });
    rising.at('119s').toldGravely();
    rising.at('120s').toldGravely('resolved Full/database P2');
    rising.at('125s').probe('database').up({ connections_used: 0.1 });
    rising.at('125s').toldGravely('resolved Full/database P1');
    rising.expectNothingElse();
  });

  it('ends both severities at once when the trouble ends before the milder one did', () => {
    const raise = [{ afterMs: 10_000, severity: 'P1' as const }];
    const rising = scenario([database(['Full', 'connections_used > 80%', { raise }])]);
    steady(rising, 0, 10, { connections_used: 0.9 });
    rising.at('20s').probe('database').up({ connections_used: 0.1 });
    const told = ['firing Full/database P2', 'firing Full/database P1'];
    rising.at('20s').toldGravely(...told, 'resolved Full/database P2', 'resolved Full/database P1');
    rising.at('5m').toldGravely();
  });

  it('is one alert for each instance, with its labels', () => {
    const dead = scenario([database(['Deadlocks', 'max(deadlocks) by (database) > 5'])]);
    const seen = [
      [{ database: 'shop' }, 9],
      [{ database: 'blog' }, 1],
    ] as const;
    dead.at('0s').probe('database').up({ deadlocks: seen });
    expect(dead.at('0s').alert('Deadlocks/database')?.labels).toMatchObject({ database: 'shop', severity: 'P2' });
    dead.at('0s').told('firing Deadlocks/database');
    dead
      .at('10s')
      .probe('database')
      .up({
        deadlocks: [
          [{ database: 'shop' }, 9],
          [{ database: 'blog' }, 7],
        ],
      });
    dead.at('10s').told('firing Deadlocks/database');
    dead
      .at('20s')
      .probe('database')
      .up({ deadlocks: [[{ database: 'blog' }, 7]] });
    dead.at('20s').told('resolved Deadlocks/database');
    expect(dead.at('20s').alert('Deadlocks/database')?.labels).toMatchObject({ database: 'blog' });
  });

  it('ends where its measure is absent', () => {
    const lag = scenario([database(['Behind', 'replication_lag > 60s'])]);
    lag.at('0s').probe('database').up({ replication_lag: 90 });
    lag.at('0s').told('firing Behind/database');
    lag.at('10s').probe('database').up({});
    lag.at('10s').told('resolved Behind/database');
  });

  it('on what is absent says nothing of a probe that failed', () => {
    const lag = scenario([database(['NoLag', 'absent(replication_lag)'])]);
    lag.at('0s').probe('database').up({ replication_lag: 1 });
    lag.at('10s').probe('database').down();
    expect(lag.at('10s').states).toEqual({ 'PostgresDown/database': 'pending' });
    lag.at('20s').probe('database').up({});
    lag.at('20s').told('firing NoLag/database');
  });

  it('is held while its target fails and while nothing can be seen of it', () => {
    const held = scenario([database(['Full', 'connections_used > 80%'])]);
    held.at('0s').probe('database').up({ connections_used: 0.9 });
    held.at('0s').told('firing Full/database');
    held.at('10s').probe('database').down();
    held.at('11s').probe('database', 'extra').up({ connections_used: 0.9 });
    held.at('20s').probe('database').inconclusive();
    held.at('30s').probe('database').inconclusive();
    held.at('30s').told();
    expect(held.at('30s').states).toEqual({ 'Full/database': 'firing' });
  });

  it('does not fire before its window holds five results and half of what it should', () => {
    const slow = scenario([database(['Slow', 'p95(duration) over 5m > 500ms'])]);
    steady(slow, 10, 140, {}, 900);
    slow.at('149s').told();
    slow.at('150s').probe('database', 'scheduled', 900).up({});
    slow.at('150s').told('firing Slow/database');
  });

  it('joins its tests by their labels', () => {
    const two = scenario([
      database(['Odd', 'connections{state=idle} / sum(connections) > 50% and blocked_queries > 0']),
    ]);
    const connections = [
      [{ state: 'idle' }, 6],
      [{ state: 'active' }, 4],
    ] as const;
    two.at('0s').probe('database').up({ connections, blocked_queries: 0 });
    two.at('0s').told();
    two.at('10s').probe('database').up({ connections, blocked_queries: 1 });
    two.at('10s').told('firing Odd/database');
    expect(two.at('10s').alert('Odd/database')).toMatchObject({ value: 0.6, labels: { state: 'idle' } });
  });

  it('is judged anew after a reload that changes its threshold, and stays where it goes on holding', () => {
    const changed = scenario([database(['Full', 'connections_used > 80%'])]);
    changed.at('0s').probe('database').up({ connections_used: 0.9 });
    changed.at('0s').told('firing Full/database');
    changed.at('5s').retarget([database(['Full', 'connections_used > 85%'])]);
    changed.at('10s').probe('database').up({ connections_used: 0.9 });
    changed.at('10s').told();
    changed.at('15s').retarget([database(['Full', 'connections_used > 95%'])]);
    changed.at('20s').probe('database').up({ connections_used: 0.9 });
    changed.at('20s').told('resolved Full/database');
  });
});

describe('the results of a confirmed outage', () => {
  const failing = () => database(['Failing', 'avg(failed) over 2m > 10%']);

  it('belong to the outage: they are left out of the windows of failed and duration', () => {
    const outage = scenario([failing()]);
    steady(outage, 0, 120, {});
    for (const seconds of [130, 140, 150]) outage.at(`${seconds}s`).probe('database').down();
    outage.at('150s').told('firing PostgresDown/database');
    outage.at('160s').probe('database').up({});
    outage.at('170s').probe('database').up({});
    outage.at('170s').told('resolved PostgresDown/database');
    steady(outage, 180, 300, {});
    outage.expectNothingElse();
  });

  it('are not those of failures that a re-probe did not confirm', () => {
    const blips = scenario([failing()]);
    steady(blips, 0, 110, {});
    blips.at('120s').probe('database').down();
    blips.at('121s').probe('database', 'extra').up({});
    blips.at('130s').probe('database').up({});
    blips.at('135s').told();
    blips.at('140s').probe('database').down();
    blips.at('140s').told('firing Failing/database');
  });
});

describe('what was not measured', () => {
  const target = () =>
    aTarget('database', {
      type: 'postgres',
      alerts: [
        downSpec('PostgresDown'),
        alertSpec('Blocked', 'blocked_queries > 0'),
        generalSpec('TargetNotMeasured', 'unmeasured'),
        { ...generalSpec('MeasureMissing', 'missing'), forMs: 30_000 },
      ],
    });
  const gap = { measures: ['blocked_queries', 'dead_tuples'], why: 'permission denied for pg_stat_activity' };

  it('is an alert where an alert watches it, with the reason', () => {
    const missing = scenario([target()]);
    for (const time of ['0s', '10s', '20s']) missing.at(time).probe('database').up({}, [gap]);
    expect(missing.at('20s').states).toEqual({ 'MeasureMissing/database': 'pending' });
    missing.at('30s').probe('database').up({}, [gap]);
    missing.at('30s').told('firing MeasureMissing/database');
    const alert = missing.at('30s').alert('MeasureMissing/database');
    expect(alert?.labels).toMatchObject({ measure: 'blocked_queries' });
    expect(alert?.annotations['evidence']).toBe(gap.why);
    missing.at('40s').probe('database').up({ blocked_queries: 0 });
    missing.at('40s').told('resolved MeasureMissing/database');
  });

  it('waits for the `for` of that alert', () => {
    const late = aTarget('database', {
      alerts: [{ ...generalSpec('TargetNotMeasured', 'unmeasured'), forMs: 60_000 }],
    });
    const silent = scenario([late]);
    silent.at('0s').probe('database').up();
    silent.at('50s').told();
    silent.at('70s').told('firing TargetNotMeasured/database');
  });

  it('is an alert where the target was not probed for three intervals', () => {
    const silent = scenario([target()]);
    silent.at('0s').probe('database').up();
    silent.at('30s').told();
    silent.at('45s').told('firing TargetNotMeasured/database');
    silent.at('50s').probe('database').up();
    silent.at('50s').told('resolved TargetNotMeasured/database');
  });
});
