import { describe, expect, it } from 'vitest';
import { api, comeUp, database, goDown } from '../support/outage.ts';
import { RULES, type Scenario, scenario } from '../support/scenario.ts';
import { aTarget, dependsOn, downSpec } from '../support/targets.ts';

describe('what changed', () => {
  it('is attached to the alert, the nearest first, from the last 24 h', () => {
    const outage = scenario([database]);
    outage.at('0s').deploy({ service: 'shop', version: '1' });
    comeUp(outage, 'database');
    outage.at('1h').deploy({ service: 'shop', version: '2' });
    outage.at('1h').deploy({ service: 'blog', version: '9', targets: ['elsewhere'] });
    goDown(outage, 3660, 'database');
    expect(outage.at('1h2m').annotations('PostgresDown/database')['changes']).toMatch(
      /^1m before: deployment of shop 2 by alice; 1h1m before: deployment of shop 1 by alice$/,
    );
  });

  it('by a deployment with grace holds the alert back until the grace is over', () => {
    const outage = scenario([database]);
    comeUp(outage, 'database');
    outage.at('5s').deploy({ targets: ['database'], graceMs: 60_000 });
    goDown(outage, 10, 'database');
    outage.at('64s').told();
    expect(outage.at('64s').because('PostgresDown/database')).toContain('a deployment has grace until');
    outage.at('66s').told('firing PostgresDown/database');
  });

  it('by a deployment has no grace after the first success that follows a failure', () => {
    const outage = scenario([database]);
    comeUp(outage, 'database');
    outage.at('5s').deploy({ targets: ['database'], graceMs: 60_000 });
    outage.at('10s').probe('database').down();
    outage.at('12s').probe('database').up();
    goDown(outage, 20, 'database');
    outage.at('21s').told('firing PostgresDown/database');
  });
});

describe('an alert from outside', () => {
  const labels = { alertname: 'ApiErrorsHigh', target: 'api', severity: 'warning' };

  it('is an alert of the target that it names, and ends when its sender says so', () => {
    const outage = scenario([database, api]);
    comeUp(outage, 'database', 'api');
    outage.at('5s').receive({ labels });
    outage.at('30s').told('firing ApiErrorsHigh/api');
    expect(outage.at('30s').alert('ApiErrorsHigh/api')).toMatchObject({ origin: 'external', severity: 'P2', labels });
    outage.at('40s').receive({ labels, endsAtMs: Date.UTC(2026, 0, 1, 0, 0, 40) });
    outage.at('40s').told('resolved ApiErrorsHigh/api');
  });

  it('is a symptom while what its target stands on is down', () => {
    const outage = scenario([database, api]);
    comeUp(outage, 'database', 'api');
    goDown(outage, 10, 'database');
    outage.at('12s').told('firing PostgresDown/database');
    outage.at('13s').receive({ labels });
    expect(outage.at('20s').states).toMatchObject({ 'ApiErrorsHigh/api': 'suppressed' });
    expect(outage.at('20s').annotations('PostgresDown/database')['symptoms']).toBe('api');
  });

  it('is over when it was not sent again for five minutes', () => {
    const outage = scenario([api, database]);
    outage.at('0s').receive({ labels: { alertname: 'Alone' } });
    outage.at('30s').told('firing Alone');
    outage.at('4m').receive({ labels: { alertname: 'Alone' } });
    outage.at('8m').told();
    outage.at('9m').told('resolved Alone');
  });
});

describe('Outrider’s own trouble', () => {
  const blind = (outage: Scenario, from: number, to: number) => {
    for (let seconds = from; seconds <= to; seconds += 10)
      for (const name of ['database', 'api']) outage.at(`${seconds}s`).probe(name).inconclusive();
  };

  it('that passes pages nobody, and asks for another look at once', () => {
    const outage = scenario([database, api]);
    comeUp(outage, 'database', 'api');
    blind(outage, 10, 20);
    outage.at('20s').asked('database', 'api', 'database', 'api');
    outage.at('5m').told();
  });

  it('that lasts is one alert, about Outrider and no target, and ends when it can see again', () => {
    const outage = scenario([database, api]);
    comeUp(outage, 'database', 'api');
    blind(outage, 10, 120);
    outage.at('121s').told('firing OutriderImpaired');
    expect(outage.at('121s').alert('OutriderImpaired')?.labels).toEqual({
      alertname: 'OutriderImpaired',
      service: 'shop',
      severity: 'P1',
    });
    for (let seconds = 130; seconds <= 200; seconds += 10)
      for (const name of ['database', 'api']) outage.at(`${seconds}s`).probe(name).up();
    outage.at('200s').told('resolved OutriderImpaired');
  });
});

describe('Redis and Postgres that fail together', () => {
  it('are two roots of one symptom, each told once', () => {
    const cache = aTarget('cache', { type: 'redis', alerts: [downSpec('RedisDown')] });
    const both = { ...api, ...dependsOn('database', 'cache') };
    const outage = scenario([database, cache, both], { ...RULES, grace: 0 });
    comeUp(outage, 'database', 'cache', 'api');
    goDown(outage, 10, 'database');
    goDown(outage, 11, 'cache');
    goDown(outage, 13, 'api');
    outage
      .at('14s')
      .toldGravely(
        'firing PostgresDown/database P2',
        'firing RedisDown/cache P1',
        'firing PostgresDown/database P0',
        'firing RedisDown/cache P0',
      );
    expect(outage.at('15s').states['HttpDown/api']).toBe('suppressed');
  });
});
