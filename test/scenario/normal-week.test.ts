import { describe, expect, it } from 'vitest';
import { resolveAlerts } from '../../src/config/alerts.ts';
import { GENERAL_ALERTS } from '../../src/core/alert.ts';
import type { Instant } from '../../src/core/clock.ts';
import type { Sample } from '../../src/core/result.ts';
import { SEVERITIES } from '../../src/core/severity.ts';
import type { Target } from '../../src/core/target.ts';
import { probeTypeOf } from '../../src/probe/registry.ts';
import { openStages, RULES } from '../support/scenario.ts';
import { aTarget, dependsOn } from '../support/targets.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const INTERVAL = 15 * SECOND;

/** A target with every built-in alert of its type, as the config gives them. */
function builtIn(name: string, type: string, changes: Partial<Target> = {}): Target {
  const { alerts: builtIn, measures } = probeTypeOf(type);
  const all = [...builtIn, ...GENERAL_ALERTS];
  const { alerts } = resolveAlerts({
    builtIn: all,
    builtInAlerts: 'all',
    allBuiltInNames: new Set(all.map((each) => each.name)),
    defaults: { entries: [], path: [] },
    own: { entries: [], path: [] },
    critical: changes.critical,
    severities: SEVERITIES,
    intervalMs: INTERVAL,
    hasSlo: false,
    measures,
  });
  return aTarget(name, { type, intervalMs: INTERVAL, alerts, ...changes });
}

/** A generator of the same numbers each time, 0 up to 1. Source: https://en.wikipedia.org/wiki/Linear_congruential_generator (Numerical Recipes) */
function numbers(): () => number {
  let state = 20261121;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Whether a moment is within a daily window, from an hour of the day on. */
const daily = (ms: number, hour: number, forMs: number): boolean => {
  const since = (ms % DAY) - hour * HOUR;
  return since >= 0 && since < forMs;
};

const DEPLOYED_AT = [11, 16] as const;

/** What each target measures at a moment of an ordinary week; undefined: it does not answer. */
type Measures = Readonly<Record<string, number | readonly (readonly [Record<string, string>, number])[]>>;
type Week = Readonly<Record<string, (ms: number, random: number) => Measures | undefined>>;

/** A long tail: mostly the usual, now and then several times as much. */
const tail = (usual: number, random: number): number => usual * (1 + random) + (random > 0.985 ? usual * 8 : 0);

const week: Week = {
  // Deployed each day at 11 and 16, with grace: it is away for 40 s, then slow while it warms up. A garbage collection now and then.
  api: (ms, random) => {
    if (DEPLOYED_AT.some((hour) => daily(ms, hour, 40 * SECOND))) return undefined;
    const warm = DEPLOYED_AT.some((hour) => daily(ms, hour, 70 * SECOND)) ? 1.5 : 0;
    // Renewed on the fourth day, with thirty of its ninety days left.
    const leftDays = 32 - ms / DAY + (ms > 3 * DAY ? 60 : 0);
    return {
      duration: tail(0.08, random) + warm,
      status: 200,
      certificate_expires_in: (leftDays * DAY) / SECOND,
      certificate_lifetime_left: leftDays / 90,
    };
  },
  // A backup from 3 to 3:25 holds a snapshot; an import at noon on two days; a migration at 11 waits 40 s for a lock.
  database: (ms, random) => {
    const backup = daily(ms, 3, 25 * MINUTE);
    return {
      duration: tail(0.004, random) + (backup ? 0.05 : 0),
      connections_used: 0.3 + random * 0.2 + (daily(ms, 12, 8 * MINUTE) ? 0.35 : 0),
      longest_query: backup ? ((ms % DAY) - 3 * HOUR) / SECOND : random * 4,
      idle_in_transaction_age: random > 0.99 ? 20 : 0,
      blocked_queries: daily(ms, 11, 40 * SECOND) ? 3 : random > 0.98 ? 1 : 0,
      deadlocks: [[{ database: 'shop' }, Math.floor(ms / (9 * HOUR))]],
      transaction_id_age: 150_000_000 + ms / 100,
    };
  },
  // A cache without a limit of its own, saved every hour: some saves of the week fail once.
  cache: (ms, random) => ({
    duration: tail(0.001, random) + (ms % HOUR < 5 * SECOND ? 0.04 : 0),
    memory_used_ratio: 0.4 + ((ms % DAY) / DAY) * 0.35,
    eviction: 2,
    last_save_ok: ms % (50 * HOUR) < 10 * MINUTE ? 0 : 1,
    evicted: 0,
    rejected_connections: 0,
  }),
  // Consumers are replaced with each deployment: for a minute nobody is in the group, and what came meanwhile is worked off.
  jobs: (ms, random) => {
    const empty = DEPLOYED_AT.some((hour) => daily(ms, hour, MINUTE));
    const behind = DEPLOYED_AT.some((hour) => daily(ms, hour, 4 * MINUTE));
    const group = { group: 'workers' };
    return {
      duration: tail(0.02, random),
      under_replicated_partitions: daily(ms, 5, 2 * MINUTE) ? 4 : 0,
      offline_partitions: 0,
      group_members: [[group, empty ? 0 : 3]],
      group_named: [[group, 1]],
      lag_status: [[group, behind ? 1 : 0]],
      lag: [[{ ...group, topic: 'mail' }, behind ? 4000 : random * 50]],
    };
  },
};

const samplesOf = (measured: Measures): readonly Sample[] =>
  Object.entries(measured).flatMap(([name, seen]): readonly Sample[] =>
    typeof seen === 'number' ? [{ name, value: seen }] : seen.map(([labels, value]) => ({ name, value, labels })),
  );

const DEPLOYMENT = { service: 'api', by: 'ci', url: undefined, targets: ['api', 'jobs'], graceMs: 3 * MINUTE };

/** Plays the week; the answer is everything that was told, as `day: alertname/target severity`. */
function play(): readonly string[] {
  const targets = [
    builtIn('api', 'http', { critical: true, ...dependsOn('database', 'cache') }),
    builtIn('database', 'postgres'),
    builtIn('cache', 'redis'),
    builtIn('jobs', 'kafka'),
  ];
  const { pipeline, changes } = openStages();
  const told: string[] = [];
  const random = numbers();
  let ms = 0;
  const now = (): Instant => ({ monoMs: ms, wallMs: Date.UTC(2026, 5, 1) + ms });
  const take = ({ notices }: ReturnType<typeof pipeline.onTick>) => {
    for (const { status, alert } of notices)
      if (status === 'firing')
        told.push(`day ${1 + Math.floor(ms / DAY)}: ${alert.labels['alertname']}/${alert.target} ${alert.severity}`);
  };
  const probe = (name: string, turn: 'scheduled' | 'extra') => {
    const measured = week[name]?.(ms, random());
    const ran = { target: name, turn, at: now(), durationMs: 1, series: [] };
    const down = { reason: 'refused', message: 'refused', outcome: 'down' } as const;
    const effects =
      measured === undefined
        ? pipeline.onResult({ ...ran, ...down, measures: samplesOf({ up: 0, failed: 1, duration: 0.001 }) }, now())
        : pipeline.onResult({ ...ran, outcome: 'up', measures: samplesOf({ up: 1, failed: 0, ...measured }) }, now());
    take(effects);
    return effects.probeNow;
  };
  take(
    pipeline.retarget(
      targets.map((target) => ({ target, ownMeasures: [] })),
      RULES,
      now(),
    ),
  );
  for (; ms < 7 * DAY; ms += INTERVAL) {
    if (DEPLOYED_AT.some((hour) => daily(ms, hour, INTERVAL)))
      changes.deploy({ ...DEPLOYMENT, version: String(ms), atMs: now().wallMs });
    for (const { name } of targets) for (const { target } of probe(name, 'scheduled')) probe(target, 'extra');
    take(pipeline.onTick(now()));
  }
  return told;
}

describe('a week of a normal small stack, with the built-in alerts', () => {
  it('wakes nobody: all that is said is that the backup’s query runs long', { timeout: 60_000 }, () => {
    const told = play();
    const counts = Object.entries(Object.groupBy(told, (one) => one.replace(/^day \d: /, '')));
    expect(Object.fromEntries(counts.map(([name, all]) => [name, all?.length]))).toEqual({
      'PostgresLongQuery/database P3': 7,
    });
  });
});
