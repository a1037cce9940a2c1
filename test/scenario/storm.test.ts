import { describe, expect, it } from 'vitest';
import type { Alert, Notice } from '../../src/core/alert.ts';
import type { Turn } from '../../src/core/result.ts';
import type { Effects } from '../../src/pipeline.ts';
import { openStages, RULES } from '../support/scenario.ts';
import { aTarget, dependsOn } from '../support/targets.ts';

const HALF = 5000;
const TICK_MS = 500;
const SECOND_MS = 1000;
const INTERVAL_MS = 10_000;

const numbered = (prefix: string, number: number) => `${prefix}-${String(number).padStart(4, '0')}`;
const shown = (prefix: string) => Array.from({ length: 20 }, (_, index) => numbered(prefix, index)).join(', ');

const database = aTarget('database');
const behind = Array.from({ length: HALF }, (_, index) => aTarget(numbered('api', index), dependsOn('database')));
const inPlace = Array.from({ length: HALF }, (_, index) => aTarget(numbered('rack', index), { places: ['rack'] }));
/** One of each kind after the other; what all depend on comes in their midst. */
const all = behind.flatMap((api, index) => [
  api,
  ...inPlace.slice(index, index + 1),
  ...(index === 2500 ? [database] : []),
]);

/** The whole flow, and everything that was told. */
function openStorm() {
  const { pipeline, correlator } = openStages();
  const told: Notice[] = [];
  let nowMs = 0;
  const at = (ms: number) => ({ monoMs: ms, wallMs: ms });
  const take = ({ notices }: Effects) => told.push(...notices);
  const goTo = (ms: number) => {
    for (let tick = (Math.floor(nowMs / TICK_MS) + 1) * TICK_MS; tick <= ms; tick += TICK_MS)
      take(pipeline.onTick(at(tick)));
    nowMs = ms;
  };
  take(
    pipeline.retarget(
      all.map((target) => ({ target, ownMeasures: [] })),
      RULES,
      at(0),
    ),
  );
  return {
    told,
    goTo,
    alerts: () => correlator.alerts(),
    /** Each target is probed once within the second that begins then. */
    probeAll(fromMs: number, isUp: boolean, turn: Turn = 'scheduled') {
      for (const [index, { name: target }] of all.entries()) {
        goTo(fromMs + Math.floor((index * SECOND_MS) / all.length));
        const seen = { target, turn, at: at(nowMs), durationMs: 0, measures: [], series: [] };
        const message = 'connection refused';
        take(
          pipeline.onResult(
            isUp ? { ...seen, outcome: 'up' } : { ...seen, outcome: 'down', reason: 'refused', message },
            at(nowMs),
          ),
        );
      }
    },
  };
}

const targetsOf = (alerts: Iterable<Alert>) => new Set([...alerts].map(({ target }) => target));
const lastOf = (told: readonly Notice[]) => new Map(told.map((notice) => [notice.alert.fingerprint, notice]));

describe('ten thousand targets that fail in one second', () => {
  const storm = openStorm();
  storm.probeAll(0, true);
  storm.probeAll(INTERVAL_MS, false);
  storm.probeAll(INTERVAL_MS + SECOND_MS, false, 'extra');
  storm.goTo(INTERVAL_MS + 20 * SECOND_MS);
  const told = lastOf(storm.told.splice(0));
  const alerts = storm.alerts();
  const root = alerts.find(({ target }) => target === 'database');

  it('are all told, but for those behind the root', () => {
    expect(targetsOf([...told.values()].map(({ alert }) => alert))).toEqual(
      new Set(['database', ...inPlace.map(({ name }) => name)]),
    );
    expect(
      alerts
        .filter(({ state }) => state === 'suppressed')
        .map(({ target }) => target)
        .sort(),
    ).toEqual(behind.map(({ name }) => name));
  });

  it('are one root with all of its symptoms, and one group for the place', () => {
    expect(told.get(root?.fingerprint ?? '')?.alert.annotations['symptoms']).toBe(`${shown('api')} and 4980 more`);
    const groups = Map.groupBy(alerts, ({ group }) => group);
    expect([...groups.values()].map((members) => members.length).sort()).toEqual([HALF, HALF + 1]);
    expect(new Set([...told.values()].map(({ alert }) => alert.annotations['same_place']))).toEqual(
      new Set([undefined, `${shown('rack')} and 4980 more`]),
    );
  });

  it('are all told of as over when they answer again, and nothing is left', () => {
    storm.probeAll(INTERVAL_MS + 30 * SECOND_MS, true);
    storm.probeAll(INTERVAL_MS + 40 * SECOND_MS, true);
    storm.goTo(INTERVAL_MS + 120 * SECOND_MS);
    const ends = storm.told.filter(({ status }) => status === 'resolved').map(({ alert }) => alert.fingerprint);
    expect(ends.toSorted()).toEqual([...told.keys()].sort());
    expect([...lastOf(storm.told).values()].filter(({ status }) => status !== 'resolved')).toEqual([]);
    expect(storm.alerts()).toEqual([]);
  });
});
