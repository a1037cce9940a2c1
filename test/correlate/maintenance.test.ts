import { describe, expect, it } from 'vitest';
import { accepted, alertOf, HOUR, MINUTE, matchers, NOON, nightly, openCounted, planOf } from './mute-case.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const DATABASE = alertOf('database');
const GROUPED = alertOf('replica', {}, 'storage');
const CORE = alertOf('api', { team: 'core' });

describe('a maintenance that is planned by hand', () => {
  it.each([
    ['its targets', { targets: ['database'] }, DATABASE],
    ['the targets of its groups', { targets: [], groups: ['storage'] }, GROUPED],
    ['what fits its matchers', { targets: [], matchers: matchers('team=core') }, CORE],
  ])('covers %s', (_, given, covered) => {
    const mutes = openCounted();
    mutes.plan(planOf(given), NOON);
    const muted = [DATABASE, GROUPED, CORE].filter((alert) => mutes.of(alert, NOON).maintenance.length > 0);
    expect(muted).toEqual([covered]);
  });

  it('covers targets as such by name and group, never by the labels of an alert', () => {
    const mutes = openCounted();
    mutes.plan(planOf({ groups: ['storage'], matchers: matchers('team=core') }), NOON);
    expect(mutes.maintenanceOf('database', undefined, NOON)).toEqual(['id-1']);
    expect(mutes.maintenanceOf('replica', 'storage', NOON)).toEqual(['id-1']);
    expect(mutes.maintenanceOf('api', undefined, NOON)).toEqual([]);
  });

  it('lasts from its start until before its end, and is gone then', () => {
    const mutes = openCounted();
    mutes.plan(planOf({ startsAtMs: NOON + MINUTE }), NOON);
    const isMuted = (nowMs: number) => mutes.of(DATABASE, nowMs).maintenance.length > 0;
    expect([NOON, NOON + MINUTE, NOON + HOUR - 1, NOON + HOUR].map(isMuted)).toEqual([false, true, true, false]);
    expect(mutes.maintenance(NOON).map(({ name }) => name)).toEqual(['upgrade']);
    expect(mutes.maintenance(NOON + HOUR)).toEqual([]);
  });

  it.each([
    [{ name: ' ' }, 'a maintenance needs a name'],
    [{ endsAtMs: NOON }, 'it must end after it starts'],
    [{ startsAtMs: NOON - HOUR, endsAtMs: NOON - 1 }, 'its end is past'],
    [{ targets: [] }, 'it covers nothing: name targets, groups or matchers'],
    [
      { matchers: matchers('team!=core') },
      'it would cover everything: at least one matcher must not match an empty label',
    ],
  ])('is refused: %j', (given, wrong) => {
    expect(openCounted().plan(planOf(given), NOON)).toEqual({ wrong });
  });

  it('can be ended, once', () => {
    const mutes = openCounted();
    const { id } = accepted(mutes.plan(planOf(), NOON));
    expect(mutes.cancel(id, NOON + 1)).toBe('ended');
    expect(mutes.of(DATABASE, NOON + 1).maintenance).toEqual([]);
    expect(mutes.cancel(id, NOON + 1)).toBe('unknown');
  });
});

describe('a maintenance that comes again', () => {
  it('is shown with its present or next occurrence, soonest first beside what is planned', () => {
    const mutes = openCounted();
    mutes.retarget([nightly(), nightly({ name: 'weekly', cron: '0 4 * * sun' })], NOON);
    mutes.plan(planOf({ startsAtMs: NOON + HOUR, endsAtMs: NOON + 2 * HOUR }), NOON);
    expect(mutes.maintenance(NOON).map(({ id }) => id)).toEqual([
      'id-1',
      'nightly backup@2027-03-02T03:00:00Z',
      'weekly@2027-03-07T04:00:00Z',
    ]);
    const [present] = mutes.maintenance(at('2027-03-02T03:10'));
    expect(present).toEqual({
      ...{ id: 'nightly backup@2027-03-02T03:00:00Z', name: 'nightly backup' },
      ...{ targets: ['database'], groups: [], matchers: [] },
      ...{ startsAtMs: at('2027-03-02T03:00'), endsAtMs: at('2027-03-02T03:30') },
      recurring: { cron: '0 3 * * *', timezone: 'UTC' },
    });
  });

  it('covers its targets each time under another id', () => {
    const mutes = openCounted();
    mutes.retarget([nightly()], NOON);
    expect(mutes.of(DATABASE, at('2027-03-02T02:59')).maintenance).toEqual([]);
    for (const day of ['2027-03-02', '2027-03-03'])
      expect(mutes.of(DATABASE, at(`${day}T03:29`)).maintenance).toEqual([`nightly backup@${day}T03:00:00Z`]);
    expect(mutes.of(DATABASE, at('2027-03-03T03:30')).maintenance).toEqual([]);
  });

  it('goes by the wall clock of its zone', () => {
    const mutes = openCounted();
    mutes.retarget([nightly({ timezone: 'Europe/Berlin', cron: '30 2 * * *' })], NOON);
    expect(mutes.maintenanceOf('database', undefined, at('2027-03-28T01:00'))).toEqual([
      'nightly backup@2027-03-28T01:00:00Z',
    ]);
    expect(mutes.maintenanceOf('database', undefined, at('2027-10-31T00:30'))).toEqual([
      'nightly backup@2027-10-31T00:30:00Z',
    ]);
    expect(mutes.maintenanceOf('database', undefined, at('2027-10-31T01:30'))).toEqual([]);
  });

  it('cannot be ended by hand', () => {
    const mutes = openCounted();
    mutes.retarget([nightly()], NOON);
    expect(mutes.cancel('nightly backup@2027-03-02T03:00:00Z', NOON)).toBe('recurring');
    expect(mutes.cancel('another@2027-03-02T03:00:00Z', NOON)).toBe('unknown');
  });

  it('is gone with the config that had it; what was set by hand stays', () => {
    const mutes = openCounted();
    const nowMs = at('2027-03-02T03:10');
    mutes.retarget([nightly()], nowMs);
    mutes.plan(planOf({ startsAtMs: nowMs, endsAtMs: nowMs + HOUR }), nowMs);
    expect(mutes.of(DATABASE, nowMs).maintenance).toEqual(['id-1', 'nightly backup@2027-03-02T03:00:00Z']);
    mutes.retarget([], nowMs);
    expect(mutes.of(DATABASE, nowMs).maintenance).toEqual(['id-1']);
  });
});
