import { describe, expect, it } from 'vitest';
import { accepted, alertOf, HOUR, MINUTE, NOON, openCounted, silenceOf } from './mute-case.ts';

const CORE = alertOf('api', { team: 'core' });
const WEB = alertOf('site', { team: 'web' });

describe('a silence', () => {
  it('silences what fits it from its start until before its end', () => {
    const mutes = openCounted();
    mutes.silence(silenceOf({ startsAtMs: NOON + MINUTE }), NOON);
    expect(mutes.of(CORE, NOON + MINUTE - 1).silences).toEqual([]);
    expect(mutes.of(CORE, NOON + MINUTE)).toEqual({ silences: ['id-1'], maintenance: [] });
    expect(mutes.of(WEB, NOON + MINUTE).silences).toEqual([]);
    expect(mutes.of(CORE, NOON + HOUR - 1).silences).toEqual(['id-1']);
    expect(mutes.of(CORE, NOON + HOUR).silences).toEqual([]);
  });

  it('that should have begun begins now', () => {
    const mutes = openCounted();
    expect(mutes.silence(silenceOf({ startsAtMs: NOON - HOUR }), NOON)).toMatchObject({ startsAtMs: NOON });
  });

  it('is one of several that an alert names', () => {
    const mutes = openCounted();
    mutes.silence(silenceOf(), NOON);
    mutes.silence(silenceOf({ text: 'severity=~"P0|P1"' }), NOON);
    mutes.silence(silenceOf({ text: 'severity=P3' }), NOON);
    expect(mutes.of(CORE, NOON).silences).toEqual(['id-1', 'id-2']);
  });

  it('puts no target into maintenance', () => {
    const mutes = openCounted();
    mutes.silence(silenceOf({ text: 'target=api' }), NOON);
    expect(mutes.maintenanceOf('api', undefined, NOON)).toEqual([]);
  });

  it.each([
    [{ endsAtMs: NOON }, 'it must end after it starts'],
    [{ endsAtMs: NOON - 1 }, 'it must end after it starts'],
    [{ startsAtMs: NOON - 2 * HOUR, endsAtMs: NOON - HOUR }, 'its end is past'],
    [{ startsAtMs: Number.NaN }, 'its beginning and its end must be moments'],
    [{ text: 'team=~".*"' }, 'it would cover everything: at least one matcher must not match an empty label'],
    [{ text: 'team!=core, env=""' }, 'it would cover everything: at least one matcher must not match an empty label'],
    [{ id: 'unknown' }, 'there is no silence "unknown"'],
  ])('is refused: %j', (given, wrong) => {
    const mutes = openCounted();
    expect(mutes.silence(silenceOf(given), NOON)).toEqual({ wrong });
    expect(mutes.silences(NOON)).toEqual([]);
  });

  it('is refused with an expression that is none, and without a matcher', () => {
    const broken = [{ name: 'team', value: 'a(', isRegex: true, isEqual: true }];
    expect(openCounted().silence({ ...silenceOf(), matchers: broken }, NOON)).toEqual({
      wrong: 'the matcher on team is not a regular expression in RE2’s syntax: missing closing )',
    });
    expect(openCounted().silence({ ...silenceOf(), matchers: [] }, NOON)).toEqual({
      wrong: 'a silence needs a matcher',
    });
  });
});

describe('a silence that is set again by its id', () => {
  const LATER = NOON + 10 * MINUTE;

  it('keeps its id where only its end or its words are others', () => {
    const mutes = openCounted();
    const { id } = accepted(mutes.silence(silenceOf(), NOON));
    const changed = { ...silenceOf({ id, endsAtMs: NOON + 2 * HOUR }), comment: 'takes longer' };
    expect(mutes.silence(changed, LATER)).toEqual(changed);
    expect(mutes.silences(LATER)).toEqual([changed]);
    expect(mutes.of(CORE, NOON + HOUR).silences).toEqual([id]);
  });

  it.each([
    ['another start', { startsAtMs: NOON + 5 * MINUTE }],
    ['other matchers', { text: 'team=web' }],
  ])('is expired for a new one where it is active and has %s', (_, given) => {
    const mutes = openCounted();
    const { id } = accepted(mutes.silence(silenceOf(), NOON));
    expect(mutes.silence(silenceOf({ id, ...given }), LATER)).toMatchObject({ id: 'id-2', startsAtMs: LATER });
    expect(mutes.silences(LATER)).toMatchObject([{ id: 'id-1', endsAtMs: LATER }, { id: 'id-2' }]);
  });

  it('may begin at another time while it has not begun', () => {
    const mutes = openCounted();
    const { id } = accepted(mutes.silence(silenceOf({ startsAtMs: NOON + 30 * MINUTE }), NOON));
    const sooner = silenceOf({ id, startsAtMs: NOON + 20 * MINUTE });
    expect(mutes.silence(sooner, LATER)).toMatchObject({ id, startsAtMs: NOON + 20 * MINUTE });
  });

  it('is a new one where it has expired', () => {
    const mutes = openCounted();
    const { id } = accepted(mutes.silence(silenceOf(), NOON));
    const again = silenceOf({ id, endsAtMs: NOON + 4 * HOUR });
    expect(mutes.silence(again, NOON + 2 * HOUR)).toMatchObject({ id: 'id-2', startsAtMs: NOON + 2 * HOUR });
    expect(mutes.silences(NOON + 2 * HOUR)).toMatchObject([{ id: 'id-1', endsAtMs: NOON + HOUR }, { id: 'id-2' }]);
  });

  it('stays as it is where the change is refused', () => {
    const mutes = openCounted();
    const { id } = accepted(mutes.silence(silenceOf(), NOON));
    expect(mutes.silence(silenceOf({ id, endsAtMs: LATER - 1 }), LATER)).toEqual({ wrong: 'its end is past' });
    expect(mutes.of(CORE, LATER).silences).toEqual([id]);
  });
});

describe('a silence that is ended by hand', () => {
  it('ends now, also where it has not begun', () => {
    const mutes = openCounted();
    mutes.silence(silenceOf(), NOON);
    mutes.silence(silenceOf({ startsAtMs: NOON + 30 * MINUTE }), NOON);
    expect(mutes.expire('id-1', NOON + MINUTE)).toBe(true);
    expect(mutes.expire('id-2', NOON + MINUTE)).toBe(true);
    expect(mutes.of(CORE, NOON + MINUTE).silences).toEqual([]);
    expect(mutes.of(CORE, NOON + 31 * MINUTE).silences).toEqual([]);
    expect(mutes.silences(NOON + MINUTE)).toMatchObject([
      { startsAtMs: NOON, endsAtMs: NOON + MINUTE },
      { startsAtMs: NOON + MINUTE, endsAtMs: NOON + MINUTE },
    ]);
  });

  it('cannot be ended twice, and what is unknown not at all', () => {
    const mutes = openCounted();
    mutes.silence(silenceOf(), NOON);
    mutes.expire('id-1', NOON + MINUTE);
    expect(mutes.expire('id-1', NOON + MINUTE)).toBe(false);
    expect(mutes.expire('id-2', NOON)).toBe(false);
  });

  it('is kept for five days', () => {
    const mutes = openCounted();
    mutes.silence(silenceOf(), NOON);
    const forgottenMs = NOON + HOUR + 5 * 24 * HOUR;
    expect(mutes.silences(forgottenMs - 1).length).toBe(1);
    expect(mutes.silences(forgottenMs)).toEqual([]);
  });
});
