import { type Labels, labelsKey, NO_LABELS } from '../../src/core/labels.ts';
import type { MeasureSpec } from '../../src/core/measure.ts';
import { metricOf } from '../../src/core/metric-name.ts';
import { windowsOf } from '../../src/core/when/needs.ts';
import { compile, evaluate } from '../../src/judge/condition.ts';
import type { Evidence, Reading } from '../../src/judge/evidence.ts';
import { openWindows } from '../../src/observe/windows.ts';
import { MEASURES as COMMON } from '../core/when/measures.ts';
import { whenOf } from '../generate/rules/subject.ts';
import {
  counter,
  gappy,
  type Round,
  randomFrom,
  randomRounds,
  type Source,
  wander,
  wanderWhole,
} from './random-results.ts';
import type { Point } from './recorded.ts';

/** What is probed in the scene. */
export const TARGET = { name: 'jobs', type: 'queue', intervalMs: 30_000 };
/** What it may measure. */
export const MEASURES: readonly MeasureSpec[] = [
  ...COMMON,
  { name: 'lag_limit', unit: 'count', kind: 'gauge', help: 'lag_limit', labels: ['group'] },
];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BEGIN_MS = Date.UTC(2026, 0, 15, 12);
const COUNT = 480;
/** Probes are off the moments of judgement, and both off whole multiples of the interval: no sample lies on a window's border. */
const PROBE_MS = -3000;
const JUDGED_MS = 5000;

const random = randomFrom(20_260_115);
const around = (name: string, centre: number, far: number, labels?: Labels): Source => ({
  name,
  values: gappy(random, wander(random, centre, far)),
  ...(labels === undefined ? {} : { labels }),
});
const whole = (name: string, most: number, labels?: Labels): Source => ({
  ...around(name, 0, 0, labels),
  values: gappy(random, wanderWhole(random, most)),
});
const growing = (name: string, growth: number, labels?: Labels): Source => ({
  ...around(name, 0, 0, labels),
  values: gappy(random, counter(random, wander(random, growth, growth))),
});

const SOURCES: readonly Source[] = [
  ...['idle', 'active', 'idle in transaction'].map((state) => whole('connections', 10, { state })),
  around('connections_used', 0.8, 0.1),
  around('error_ratio', 0.05, 0.03),
  around('longest_query', 300, 60),
  around('idle_in_transaction_age', 300, 60),
  around('replication_lag', 60, 20),
  whole('blocked_queries', 6),
  around('memory_used', 2 * 1024 ** 3, 1024 ** 3 / 4),
  whole('clients', 3),
  ...['shop', 'analytics'].map((database) => growing('deadlocks', 1.5, { database })),
  growing('evicted', 2),
  growing('received', 2),
  ...['workers', 'eval-a', 'eval-b'].flatMap((group) => [
    ...['orders', 'audit'].map((topic) => around('lag', 1000, 300, { group, topic })),
    around('lag_limit', 1000, 100, { group }),
    whole('group_members', 3, { group }),
    whole('lag_status', 4, { group }),
  ]),
  ...['/', '/data'].map((path) => around('disk_used', 0.8, 0.1, { path })),
  around('age', 60, 20),
  around('due', 60, 20),
];

const ROUNDS: readonly Round[] = [
  ...randomRounds(random, SOURCES, {
    target: TARGET.name,
    count: COUNT,
    fromMs: BEGIN_MS + PROBE_MS,
    everyMs: TARGET.intervalMs,
  }),
];

interface Old {
  readonly name: string;
  readonly labels: Labels;
  readonly atMs: number;
  readonly value: number;
}

/** What was measured at these hours on the days before; nothing at all on the fourth, and never of most instances. */
const HISTORY: readonly Old[] = [
  { name: 'up', labels: NO_LABELS, centre: 0.8 },
  { name: 'duration', labels: NO_LABELS, centre: 0.9 },
  { name: 'lag', labels: { group: 'workers', topic: 'orders' }, centre: 900 },
  { name: 'lag', labels: { group: 'eval-a', topic: 'audit' }, centre: 1100 },
].flatMap(({ name, labels, centre }) => {
  const next = wander(random, centre, name === 'up' ? 0.5 : centre / 8);
  return [1, 2, 3, 5, 6, 7].flatMap((day) =>
    Array.from({ length: 6 * 12 }, (_, at) => ({
      name,
      labels,
      atMs: BEGIN_MS - HOUR_MS - day * DAY_MS + at * 300_000 + 100_000,
      value: name === 'up' ? Math.round(next()) : next(),
    })),
  );
});

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The values of each clock hour, by measure and instance. */
const BY_HOUR = Map.groupBy(HISTORY, ({ name, labels, atMs }) => hourOf(name, labels, atMs));

function hourOf(name: string, labels: Labels, atMs: number): string {
  return `${name} ${labelsKey(labels)} ${Math.floor(atMs / HOUR_MS)}`;
}

/** What the same clock hour had on the days before. */
function usualAt(atMs: number): Evidence['usual'] {
  return (measure, labels) => {
    const isFailed = measure === 'failed';
    const days = [1, 2, 3, 4, 5, 6, 7].flatMap((day) => {
      const of = BY_HOUR.get(hourOf(isFailed ? 'up' : measure, labels, atMs - day * DAY_MS));
      return of === undefined ? [] : [mean(of.map(({ value }) => (isFailed ? 1 - value : value)))];
    });
    return days.length === 0 ? undefined : mean(days);
  };
}

const SPECS = new Map(MEASURES.map((measure) => [measure.name, measure]));

function metricPoint(name: string, labels: Labels, atMs: number, value: number): readonly Point[] {
  const measure = SPECS.get(name);
  const metric = measure === undefined ? undefined : metricOf(TARGET.type, measure, true);
  if (metric === undefined) return [];
  const scraped = { job: 'outrider', instance: TARGET.name, target: TARGET.name };
  return [{ name: metric.name, labels: { ...scraped, ...metric.labels, ...labels }, atMs, value }];
}

/** All of it as /metrics has it, each result scraped the moment that it is there. */
export function* points(): Generator<Point> {
  for (const { name, labels, atMs, value } of HISTORY) yield* metricPoint(name, labels, atMs, value);
  for (const { result, verdict } of ROUNDS) {
    const atMs = result.at.wallMs;
    for (const { name, labels = NO_LABELS, value } of result.measures) yield* metricPoint(name, labels, atMs, value);
    const labels = { job: 'outrider', target: TARGET.name, type: TARGET.type };
    yield { name: 'outrider_target_up', labels, atMs, value: verdict === 'up' ? 1 : 0 };
  }
}

/** The moments of judgement: one after each probe. */
export const MOMENTS = {
  fromMs: BEGIN_MS + PROBE_MS + JUDGED_MS,
  toMs: BEGIN_MS + PROBE_MS + JUDGED_MS + (COUNT - 1) * TARGET.intervalMs,
  stepMs: TARGET.intervalMs,
};

/** How a condition fares at each moment, by the daemon. */
export function judged(text: string): readonly { readonly atMs: number; readonly readings: readonly Reading[] }[] {
  const when = whenOf(text);
  const condition = compile({ when, measures: MEASURES });
  const windows = openWindows();
  windows.retarget([
    { target: TARGET.name, type: TARGET.type, intervalMs: TARGET.intervalMs, windows: windowsOf([when]) },
  ]);
  const isOfAbsence = when.tests.some(({ kind }) => kind === 'absent');
  return ROUNDS.map(({ result, verdict }) => {
    windows.record(result);
    const atMs = result.at.monoMs + JUDGED_MS;
    const readings = evaluate(condition, {
      atMs,
      intervalMs: TARGET.intervalMs,
      latest: (measure) => result.measures.filter(({ name }) => name === measure),
      series: (measure) => windows.series(TARGET.name, measure),
      outages: [],
      usual: usualAt(atMs),
      holds: { down: verdict === 'down', flapping: false, burning: false, failed: result.outcome === 'down' },
    });
    // A probe that failed measured nothing, which is no news: such alerts are left as they were.
    const isNews = !isOfAbsence || (result.outcome === 'up' && verdict === 'up');
    return { atMs, readings: isNews ? readings : [] };
  });
}
