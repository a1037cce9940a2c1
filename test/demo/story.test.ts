import { describe, expect, it } from 'vitest';
import type { SeenAlert, SeenTarget, Snapshot } from '../../demo/snapshot.ts';
import { eventsBetween, isCalm, NOTHING, summary } from '../../demo/story.ts';

const up = (name: string): SeenTarget => ({ name, status: 'up' });
const down = (name: string, message: string): SeenTarget => ({ name, status: 'down', message });
const alert = (target: string, state: SeenAlert['state'], suppressedBy: string[] = []): SeenAlert => ({
  alertname: 'Down',
  target,
  severity: 'P0',
  state,
  fingerprint: `print-of-${target}`,
  suppressedBy,
});
const moment = (targets: SeenTarget[], alerts: SeenAlert[] = [], delivered: string[] = []): Snapshot => ({
  targets,
  alerts,
  delivered,
});
const told = (before: Snapshot, after: Snapshot) =>
  eventsBetween(before, after).map(({ who, text }) => `${who} ${text}`);

const calm = moment([up('database'), up('api')]);
const broken = moment(
  [down('database', 'connection refused by 127.0.0.1:5432'), down('api', 'expected status 200, got 503')],
  [alert('database', 'firing'), alert('api', 'suppressed', ['print-of-database'])],
  ['Down database'],
);

describe('the story', () => {
  it('says nothing while nothing changes', () => {
    expect(told(broken, broken)).toEqual([]);
  });

  it('says nothing of a target that has not been seen yet', () => {
    expect(told(NOTHING, moment([{ name: 'database', status: 'unknown' }]))).toEqual([]);
  });

  it('tells what is down and why, who is only a symptom, and what arrived', () => {
    expect(told(calm, broken)).toEqual([
      'database is down: connection refused by 127.0.0.1:5432',
      'api is down: expected status 200, got 503',
      'database ALERT Down (P0)',
      'api Down is a symptom of database: nobody is told',
      'Alertmanager has Down database',
    ]);
  });

  it('tells the end', () => {
    expect(told(broken, calm)).toEqual([
      'database is up',
      'api is up',
      'database Down is over',
      'api Down is over',
      'Alertmanager has no Down database any more',
    ]);
  });

  it('says nothing of an alert that was only pending', () => {
    const pending = moment([up('database'), up('api')], [alert('api', 'pending')]);
    expect([...told(calm, pending), ...told(pending, calm)]).toEqual([]);
  });

  it('tells a symptom that became an alert of its own', () => {
    const own = moment(
      broken.targets.slice(),
      [alert('database', 'firing'), alert('api', 'firing')],
      ['Down database'],
    );
    expect(told(broken, own)).toEqual(['api ALERT Down (P0)']);
  });
});

describe('calm', () => {
  it.each([
    ['everything is up without alerts', calm, true],
    ['without Alertmanager', { ...calm, delivered: undefined }, true],
    ['nothing is known yet', NOTHING, false],
    ['a target is unknown', moment([up('api'), { name: 'database', status: 'unknown' }]), false],
    ['an alert still holds', moment([up('api')], [alert('api', 'firing')]), false],
    ['Alertmanager still has one', moment([up('api')], [], ['Down api']), false],
  ])('%s: %#', (_, snapshot, expected) => {
    expect(isCalm(snapshot)).toBe(expected);
  });
});

describe('the summary', () => {
  it.each([
    [calm, '2 of 2 targets up, 0 alerts firing'],
    [broken, '0 of 2 targets up, 1 alert firing; down: database, api'],
  ])('counts: %#', (snapshot, text) => {
    expect(summary(snapshot)).toBe(text);
  });
});
