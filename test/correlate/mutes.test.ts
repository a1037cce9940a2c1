import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertOf, HOUR, MINUTE, matchers, NOON, nightly, openCounted, planOf, silenceOf } from './mute-case.ts';

const ALERT = alertOf('database', { team: 'core' });

describe('the version', () => {
  it('stays the same while nothing begins or ends', () => {
    const mutes = openCounted();
    mutes.retarget([nightly()], NOON);
    mutes.silence(silenceOf({ startsAtMs: NOON + HOUR, endsAtMs: NOON + 2 * HOUR }), NOON);
    const before = mutes.version(NOON);
    expect(mutes.version(NOON + HOUR - 1)).toBe(before);
    expect(mutes.version(NOON + 10)).toBe(before);
  });

  it.each([
    ['a silence begins', 'silence', NOON + HOUR],
    ['a silence ends', 'silence', NOON + 2 * HOUR],
    ['a maintenance begins', 'plan', NOON + HOUR],
    ['a maintenance ends', 'plan', NOON + 2 * HOUR],
    ['a recurring maintenance begins', 'recurring', Date.UTC(2027, 2, 2, 3)],
    ['a recurring maintenance ends', 'recurring', Date.UTC(2027, 2, 2, 3, 30)],
  ])('is another one when %s', (_, kind, edgeMs) => {
    const mutes = openCounted();
    const span = { startsAtMs: NOON + HOUR, endsAtMs: NOON + 2 * HOUR };
    if (kind === 'silence') mutes.silence(silenceOf(span), NOON);
    else if (kind === 'plan') mutes.plan(planOf(span), NOON);
    else mutes.retarget([nightly()], NOON);
    const before = mutes.version(edgeMs - 1);
    expect(mutes.version(edgeMs)).not.toBe(before);
  });

  it('is another one when something is set or ended by hand, or the config changes', () => {
    const mutes = openCounted();
    const seen = [mutes.version(NOON)];
    const note = () => seen.push(mutes.version(NOON));
    mutes.silence(silenceOf(), NOON);
    note();
    mutes.plan(planOf(), NOON);
    note();
    mutes.retarget([nightly()], NOON);
    note();
    mutes.retarget([nightly({ targets: ['cache'] })], NOON);
    note();
    mutes.expire('id-1', NOON);
    note();
    mutes.cancel('id-2', NOON);
    note();
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('costs nearly nothing with thousands of windows', () => {
    const mutes = openCounted();
    mutes.retarget(
      Array.from({ length: 1000 }, (_, index) => nightly({ name: `backup ${index}`, cron: `${index % 60} 3 * * *` })),
      NOON,
    );
    for (let index = 0; index < 1000; index++) mutes.silence(silenceOf({ text: `team=t${index}` }), NOON);
    mutes.version(NOON);
    const started = performance.now();
    for (let index = 0; index < 1_000_000; index++) mutes.version(NOON + (index % 1000));
    expect(performance.now() - started).toBeLessThan(500);
  });
});

it('asking of 10,000 alerts with a few silences takes milliseconds', () => {
  const mutes = openCounted();
  mutes.silence(silenceOf({ text: 'target=~"db-.*", team!=web' }), NOON);
  mutes.silence(silenceOf({ text: 'severity=~"P3|none"' }), NOON);
  mutes.plan(planOf(), NOON);
  const alerts = Array.from({ length: 10_000 }, (_, index) => alertOf(`${index % 2 === 0 ? 'db' : 'api'}-${index}`));
  const started = performance.now();
  const muted = alerts.filter((alert) => mutes.of(alert, NOON).silences.length > 0);
  expect(performance.now() - started).toBeLessThan(250);
  expect(muted.length).toBe(5000);
});

it('a clock that is set back is followed', () => {
  const mutes = openCounted();
  mutes.silence(silenceOf({ startsAtMs: NOON + HOUR, endsAtMs: NOON + 2 * HOUR }), NOON);
  const isMuted = (nowMs: number) => mutes.of(ALERT, nowMs).silences.length > 0;
  expect([NOON + HOUR, NOON, NOON + HOUR, NOON + 3 * HOUR, NOON + HOUR].map(isMuted)).toEqual([
    true,
    false,
    true,
    false,
    true,
  ]);
});

const step = fc.oneof(
  fc.record({ act: fc.constant('silence' as const), inMin: fc.nat(20), forMin: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ act: fc.constant('plan' as const), inMin: fc.nat(20), forMin: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ act: fc.constant('expire' as const), id: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ act: fc.constant('cancel' as const), id: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ act: fc.constant('wait' as const), min: fc.integer({ min: 1, max: 12 }) }),
);

it('whenever the answer is another one so is the version, and the answer is what is listed', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const mutes = openCounted();
      mutes.retarget(
        [nightly({ cron: '*/15 * * * *', durationMs: 4 * MINUTE, matchers: matchers('team=core') })],
        NOON,
      );
      let nowMs = NOON;
      let before: { readonly version: number; readonly answer: string } | undefined;
      for (const one of steps) {
        if (one.act === 'wait') nowMs += one.min * MINUTE;
        else if (one.act === 'expire') mutes.expire(`id-${one.id}`, nowMs);
        else if (one.act === 'cancel') mutes.cancel(`id-${one.id}`, nowMs);
        else {
          const startsAtMs = nowMs + one.inMin * MINUTE;
          const span = { startsAtMs, endsAtMs: startsAtMs + one.forMin * MINUTE };
          if (one.act === 'silence') mutes.silence(silenceOf(span), nowMs);
          else mutes.plan(planOf(span), nowMs);
        }
        const muted = mutes.of(ALERT, nowMs);
        const under = (all: readonly { id: string; startsAtMs: number; endsAtMs: number }[]) =>
          all.filter((each) => each.startsAtMs <= nowMs && nowMs < each.endsAtMs).map(({ id }) => id);
        expect([...muted.silences].sort()).toEqual(under(mutes.silences(nowMs)).sort());
        expect([...muted.maintenance].sort()).toEqual(under(mutes.maintenance(nowMs)).sort());
        const after = { version: mutes.version(nowMs), answer: JSON.stringify(muted) };
        if (before !== undefined && before.answer !== after.answer) expect(after.version).not.toBe(before.version);
        before = after;
      }
    }),
    { numRuns: 300 },
  );
});
