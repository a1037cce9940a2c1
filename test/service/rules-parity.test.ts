import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelsKey } from '../../src/core/labels.ts';
import { checkWhen } from '../../src/core/when/check.ts';
import { formulaOf } from '../../src/generate/rules/promql.ts';
import { subjectWith, whenOf } from '../generate/rules/subject.ts';
import { type Recorded, startRecorded } from '../support/recorded.ts';
import { judged, MEASURES, MOMENTS, points, TARGET } from '../support/rules-scene.ts';

const SUBJECT = subjectWith({ target: TARGET }, MEASURES);

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
  'deviation(failed) over 10m > 10%',
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

  it.each(FORMS)('%s', async (text) => {
    const { intervalMs } = TARGET;
    expect(checkWhen(whenOf(text), MEASURES, { patternProblem: () => undefined, hasSlo: true, intervalMs })).toEqual(
      [],
    );
    const formula = formulaOf(whenOf(text), SUBJECT);
    const answered = await prometheus.query(formula?.expr ?? '', MOMENTS);
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
        if (!isSame) differences.push({ at: (atMs - MOMENTS.fromMs) / intervalMs, instance, reading, theirs });
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
