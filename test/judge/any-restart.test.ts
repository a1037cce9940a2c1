import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../src/judge/judge.ts';
import { alertSpec, aTarget, downSpec, generalSpec } from '../support/targets.ts';
import { openLife, type Seen } from './restarts.ts';

const waiting = (name: string, state: string, forMs: number) =>
  alertSpec(name, `connections{state=${state}} > 5`, {
    forMs,
    keepFiringForMs: 20_000,
    raise: [
      { afterMs: 15_000, severity: 'P1' },
      { afterMs: 40_000, severity: 'P0' },
    ],
  });
const ALERTS = [
  downSpec('PostgresDown'),
  { ...downSpec('DownForLong', 'P2'), forMs: 25_000, keepFiringForMs: 10_000 },
  waiting('ManyIdle', 'idle', 12_000),
  alertSpec('AnyMany', 'connections > 3', { forMs: 8000 }),
  alertSpec('Blocked', 'blocked_queries > 0 and longest_query > 10s'),
  { ...generalSpec('MeasureMissing', 'missing'), forMs: 20_000 },
];

const many = fc.integer({ min: 0, max: 9 });
const measures = fc.record({ idle: many, active: many, blocked: fc.nat(1), longest: fc.constantFrom(5, 15) });
const seen: fc.Arbitrary<Seen> = fc
  .record({
    outcome: fc.constantFrom('up' as const, 'up' as const, 'down' as const, 'down' as const, 'inconclusive' as const),
    turn: fc.constantFrom('scheduled' as const, 'scheduled' as const, 'extra' as const),
    measures,
    isMissing: fc.boolean(),
  })
  .map(({ outcome, turn, isMissing, measures: { idle, active, blocked, longest } }) => ({
    outcome,
    turn,
    measures:
      outcome === 'down'
        ? []
        : [
            { name: 'connections', value: idle, labels: { state: 'idle' } },
            { name: 'connections', value: active, labels: { state: 'active' } },
            ...(isMissing ? [] : [{ name: 'blocked_queries', value: blocked }]),
            { name: 'longest_query', value: longest },
          ],
    gaps: isMissing ? [{ measures: ['blocked_queries'], why: 'permission denied' }] : [],
  }));

const course = fc.array(
  fc.record({
    waitMs: fc.integer({ min: 1, max: 15_000 }),
    seen,
    isCut: fc.constantFrom(false, false, false, true),
  }),
  { maxLength: 40, size: 'max' },
);
const settings = fc.record({
  confirm: fc.nat(3),
  recover: fc.integer({ min: 1, max: 3 }),
  startupGraceMs: fc.constantFrom(0, 20_000),
  intervalMs: fc.constantFrom(5000, 60_000),
  alerts: fc.subarray(ALERTS, { minLength: 1 }),
});

/** All that the stages behind the judge decide by; what an alert's value was last is not written down each time. */
const decided = ({ standing, active, confirmAfterMs, began }: Judgement) => ({
  isDown: standing?.verdict === 'down',
  downSinceMs: standing?.verdict === 'down' ? standing.sinceMs : undefined,
  failing: standing?.failing?.message,
  isRising: (standing?.successes ?? 0) > 0,
  active: active
    .map(({ spec: { name }, instance, phase, since: { wallMs }, severity }) => ({
      name,
      instance,
      phase,
      wallMs,
      severity,
    }))
    .sort((a, b) => `${a.name} ${a.instance}`.localeCompare(`${b.name} ${b.instance}`)),
  confirmAfterMs: confirmAfterMs === undefined ? undefined : Math.round(confirmAfterMs * 1000),
  began,
});

describe('any course of results', () => {
  it('comes to the same decisions however often the process begins anew in between', () => {
    fc.assert(
      fc.property(course, settings, (steps, changes) => {
        const target = aTarget('db', { type: 'postgres', ...changes });
        const [whole, cut] = [openLife(target), openLife(target)];
        for (const { waitMs, seen: each, isCut } of steps) {
          const expected = decided(whole.after(waitMs, each));
          expect(decided(cut.after(waitMs, each))).toEqual(expected);
          // Of a target that nobody has seen yet nothing is kept: its startup grace begins anew.
          if (!isCut || steps[0]?.seen.outcome === 'inconclusive') continue;
          cut.look();
          cut.restart(0);
          const restored = cut.review();
          if (restored !== undefined) expect(decided(restored).active).toEqual(expected.active);
        }
      }),
      { numRuns: Number(process.env['COURSES'] ?? 1000) },
    );
  }, 60_000);
});
