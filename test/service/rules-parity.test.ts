import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Labels, labelsKey, NO_LABELS } from '../../src/core/labels.ts';
import type { MeasureSpec } from '../../src/core/measure.ts';
import { metricOf } from '../../src/core/metric-name.ts';
import { checkWhen } from '../../src/core/when/check.ts';
import { windowsOf } from '../../src/core/when/needs.ts';
import { formulaOf } from '../../src/generate/rules/promql.ts';
import { compile, evaluate } from '../../src/judge/condition.ts';
import type { Evidence, Reading } from '../../src/judge/evidence.ts';
import { openWindows } from '../../src/observe/windows.ts';
import { MEASURES as COMMON } from '../core/when/measures.ts';
import { subjectWith, whenOf } from '../generate/rules/subject.ts';
import {
  counter,
  gappy,
  type Round,
  randomFrom,
  randomRounds,
  type Source,
  wander,
  wanderWhole,
} from '../support/random-results.ts';
import { type Point, type Recorded, startRecorded } from '../support/recorded.ts';

const TARGET = { name: 'jobs', type: 'queue', intervalMs: 30_000 };
const MEASURES: readonly MeasureSpec[] = [
  ...COMMON,
  { name: 'lag_limit', unit: 'count', kind: 'gauge', help: 'lag_limit', labels: ['group'] },
];
const SUBJECT = subjectWith({ target: TARGET }, MEASURES);
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

/** What was measured at these hours on the days before; nothing at all on the fourth, and never of one instance. */
const HISTORY: readonly Old[] = [
  { name: 'duration', labels: NO_LABELS, centre: 0.9 },
  { name: 'lag', labels: { group: 'workers', topic: 'orders' }, centre: 900 },
  { name: 'lag', labels: { group: 'eval-a', topic: 'audit' }, centre: 1100 },
].flatMap(({ name, labels, centre }) => {
  const next = wander(random, centre, centre / 8);
  return [1, 2, 3, 5, 6, 7].flatMap((day) =>
    Array.from({ length: 6 * 12 }, (_, at) => ({
      name,
      labels,
      atMs: BEGIN_MS - HOUR_MS - day * DAY_MS + at * 300_000 + 100_000,
      value: next(),
    })),
  );
});

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What the same clock hour had on the days before. */
function usualAt(atMs: number): Evidence['usual'] {
  const hourMs = Math.floor(atMs / HOUR_MS) * HOUR_MS;
  return (measure, labels) => {
    const days = [1, 2, 3, 4, 5, 6, 7].flatMap((day) => {
      const fromMs = hourMs - day * DAY_MS;
      const of = HISTORY.filter(
        (old) =>
          old.name === measure &&
          labelsKey(old.labels) === labelsKey(labels) &&
          old.atMs > fromMs &&
          old.atMs <= fromMs + HOUR_MS,
      );
      return of.length === 0 ? [] : [mean(of.map(({ value }) => value))];
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
function* points(): Generator<Point> {
  for (const { name, labels, atMs, value } of HISTORY) yield* metricPoint(name, labels, atMs, value);
  for (const { result, verdict } of ROUNDS) {
    const atMs = result.at.wallMs;
    for (const { name, labels = NO_LABELS, value } of result.measures) yield* metricPoint(name, labels, atMs, value);
    const labels = { job: 'outrider', target: TARGET.name, type: TARGET.type };
    yield { name: 'outrider_target_up', labels, atMs, value: verdict === 'up' ? 1 : 0 };
  }
}

/** How a condition fares at each moment, by the daemon. */
function judged(text: string): readonly { readonly atMs: number; readonly readings: readonly Reading[] }[] {
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

/** Every form of a condition, at thresholds around which the values wander. */
const FORMS: readonly string[] = [
  // a measure
  'connections_used > 80%',
  'longest_query >= 5m',
  'memory_used < 2GiB',
  'blocked_queries <= 3',
  'clients == 2',
  'clients != 2',
  'failed == 1',
  'up == 0',
  'duration > 1s',
  'lag > 1000',
  'deadlocks > 100',
  'lag_status > WARN',
  'lag_status == OK',
  // its instances
  'lag{group=workers} > 1000',
  'lag{group="workers",topic!=audit} > 1000',
  'lag{group=~"eval-.*"} > 1000',
  'lag{group!~"eval-.*|x",topic=orders} > 1000',
  'connections{state="idle in transaction"} > 5',
  // windows
  'avg(error_ratio) over 5m > 5%',
  'avg(lag) over 5m > 1000',
  'avg(duration) over 10m > 1s',
  'min(connections_used) over 5m > 75%',
  'max(connections_used) over 5m > 85%',
  'max(lag_status) over 5m >= STALL',
  'min(lag_status{group=workers}) over 2m30s > OK',
  'sum(blocked_queries) over 5m > 30',
  'p50(duration) over 5m > 1s',
  'p90(duration) over 5m > 1200ms',
  'p95(duration) over 15m > 1300ms',
  'p99(lag{group=workers}) over 10m > 1250',
  'rate(evicted) over 5m > 4/m',
  'rate(deadlocks) over 10m > 3/m',
  'increase(evicted) over 5m > 20',
  'increase(deadlocks{database=shop}) over 10m > 30',
  'predict(disk_used) over 10m in 10m >= 85%',
  'predict(connections_used) over 5m in 1m < 75%',
  'deviation(duration) over 5m > 10%',
  'deviation(lag) over 15m < -5%',
  // failures, which have no series of their own
  'avg(failed) over 5m > 10%',
  'avg(failed) over 5m >= 20%',
  'sum(failed) over 5m > 1',
  'min(failed) over 2m30s == 1',
  'max(failed) over 5m == 1',
  'p50(failed) over 5m > 0',
  'p90(failed) over 15m > 50%',
  'predict(failed) over 10m in 5m > 20%',
  // across instances
  'sum(lag) > 6000',
  'sum(lag) by (group) > 2000',
  'max(lag) by (topic) > 1200',
  'min(lag{group=~"eval.*"}) by (group) < 900',
  'avg(connections) > 5',
  'max(lag_status) >= STALL',
  // one by another
  'connections{state=idle} / sum(connections) > 40%',
  'connections / sum(connections) > 40%',
  'lag / group_members > 600',
  'memory_used / clients > 1000MB',
  'sum(lag) by (group) / group_members > 1200',
  'lag{group=workers} / lag{group="eval-a"} > 1.1',
  'rate(evicted) over 5m / rate(deadlocks{database=shop}) over 5m > 1.2',
  'avg(error_ratio) over 5m / connections_used > 6%',
  // another measure
  'age > due',
  'avg(longest_query) over 5m > idle_in_transaction_age',
  'connections > blocked_queries',
  'lag > lag_limit',
  'max(lag) by (group) > lag_limit',
  'longest_query / clients > idle_in_transaction_age',
  // several tests
  'error_ratio > 5% and connections_used > 80%',
  'lag > 1000 and group_members <= 1',
  'lag > lag_limit and lag_status > OK and age > due',
  'group_members <= 1 and lag > 1000',
  'blocked_queries > 2 and lag > 1000 and lag_status > OK',
  'sum(lag) by (group) > 1900 and max(lag) by (group) > 1100 and clients > 1',
  'avg(lag) over 5m > 1000 and deviation(duration) over 5m > 0%',
  'connections{state=idle} > 3 and connections_used > 78%',
  'connections_used > 78% and connections{state=idle} > 3',
  // without a comparison
  'down',
  'down and duration > 1s',
  'down and failed == 0',
  'absent(replication_lag)',
  'absent(lag{group=workers,topic=orders})',
  'absent(replication_lag) and connections > 3',
  'absent(connections{state=idle}) and blocked_queries > 2',
];

describe('the daemon and Prometheus see an alert’s condition hold at the same times, for the same instances', () => {
  let prometheus: Recorded;
  beforeAll(async () => {
    // What was not measured is gone at once, as where it is scraped.
    prometheus = await startRecorded(points(), ['--query.lookback-delta=10s']);
  });
  afterAll(() => prometheus[Symbol.asyncDispose]());

  const fromMs = BEGIN_MS + PROBE_MS + JUDGED_MS;
  const range = { fromMs, toMs: fromMs + (COUNT - 1) * TARGET.intervalMs, stepMs: TARGET.intervalMs };

  it.each(FORMS)('%s', async (text) => {
    const { intervalMs } = TARGET;
    expect(checkWhen(whenOf(text), MEASURES, { patternProblem: () => undefined, intervalMs })).toEqual([]);
    const formula = formulaOf(whenOf(text), SUBJECT);
    const answered = await prometheus.query(formula?.expr ?? '', range);
    const byInstance = new Map(answered.map((series) => [labelsKey(series.labels), series.values]));
    const differences: unknown[] = [];
    const all = judged(text);
    const instances = new Set([
      ...byInstance.keys(),
      ...all.flatMap(({ readings }) => readings.map(({ labels }) => labelsKey(labels))),
    ]);
    let held = 0;
    let compared = 0;
    for (const { atMs, readings } of all) {
      const own = new Map(readings.map((reading) => [labelsKey(reading.labels), reading]));
      for (const instance of instances) {
        const reading = own.get(instance);
        const theirs = byInstance.get(instance)?.get(atMs);
        const ours = reading?.holds === true;
        compared++;
        if (ours) held++;
        const isSame =
          ours === (theirs !== undefined) &&
          (!ours || theirs === undefined || reading?.value === undefined || isClose(reading.value, theirs));
        if (!isSame) differences.push({ at: (atMs - fromMs) / intervalMs, instance, reading, theirs });
      }
    }
    expect({ differences: differences.slice(0, 5), of: differences.length }).toEqual({ differences: [], of: 0 });
    expect(held).toBeGreaterThan(10);
    expect(compared - held).toBeGreaterThan(10);
    for (const { labels } of answered) expect(Object.keys(labels).sort()).toEqual([...(formula?.labels ?? [])].sort());
  });
});

/** The same number but for how it was rounded on the way. */
const isClose = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-3);
