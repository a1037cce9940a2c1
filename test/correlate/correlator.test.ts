import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/core/target.ts';
import type { Stand } from '../../src/correlate/causes.ts';
import { openChanges } from '../../src/correlate/changes.ts';
import type { Finding } from '../../src/correlate/contract.ts';
import { openCorrelator } from '../../src/correlate/correlator.ts';
import { openMutes } from '../../src/correlate/mutes.ts';
import { RULES } from '../support/scenario.ts';
import { alertSpec, aTarget, dependsOn } from '../support/targets.ts';

const at = (ms: number) => ({ monoMs: ms, wallMs: ms });
const stand = (verdict: Stand['verdict'], lookedMs = 0): Stand => ({
  verdict,
  failing: verdict === 'down' ? {} : undefined,
  successes: 0,
  lookedMs,
  blindMs: undefined,
});
const firing = (target: Target): Finding => ({
  target,
  active: target.alerts.map((spec) => ({
    spec,
    instance: '',
    labels: {},
    severity: spec.severity,
    phase: 'firing',
    since: at(0),
    seenMs: 0,
    message: 'refused',
  })),
});

const correlatorOf = (standing: (target: string) => Stand | undefined) =>
  openCorrelator({ standing, mutes: openMutes(() => 'id'), changes: openChanges(() => 'id') });

describe('an alert of a dependency that is up', () => {
  it('explains nothing: it is at most a possible cause', () => {
    const database = aTarget('database', { alerts: [alertSpec('PostgresConnectionsHigh', 'connections_used > 80%')] });
    const api = aTarget('api', dependsOn('database'));
    const stands: Readonly<Record<string, Stand>> = { database: stand('up', 1000), api: stand('down') };
    const correlator = correlatorOf((target) => stands[target]);
    const findings = [firing(database), firing(api)];
    correlator.retarget([database, api], [], RULES, at(0));
    const { notices } = correlator.retarget([database, api], findings, RULES, at(1000));
    expect(notices.map(({ alert }) => alert.target)).toEqual(['database', 'api']);
  });
});

describe('an outage of thousands', () => {
  it('is one alert, whose symptoms cost little to keep', () => {
    const database = aTarget('database');
    const crowd = Array.from({ length: 10_000 }, (_, index) => aTarget(`api-${index}`, dependsOn('database')));
    let looks = 0;
    const correlator = correlatorOf(() => {
      looks++;
      return stand('down');
    });
    const all = [database, ...crowd];
    correlator.retarget(all, [], RULES, at(0));
    const { notices } = correlator.retarget(all, all.map(firing), RULES, at(0));
    expect(notices.map(({ alert }) => alert.target)).toEqual(['database']);
    expect(notices[0]?.alert.annotations['symptoms']).toMatch(/ and 9980 more$/);
    const asked = looks;
    for (let tick = 1; tick <= 20; tick++) expect(correlator.onTick(at(tick * 500)).notices).toEqual([]);
    expect(looks - asked, 'time alone is no reason to look at who explains whom').toBe(0);
    const [one = database] = crowd;
    for (let result = 1; result <= 20; result++)
      expect(correlator.onFinding(firing(one), at(11_000)).notices).toEqual([]);
    expect(looks - asked, 'one symptom is no reason to look at the others').toBeLessThan(200);
  });
});
