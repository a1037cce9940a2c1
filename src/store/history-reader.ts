import type { DatabaseSync } from 'node:sqlite';
import { type Bucket, durationAt, emptyBucket, merge } from '../core/bucket.ts';
import { recordsIn } from '../core/bucket-record.ts';
import {
  DAY_MS,
  HEALTH,
  HOUR_MS,
  type HourMean,
  type Line,
  MINUTE_MS,
  OF_HEALTH,
  type Point,
  type Span,
  type StateChange,
} from '../core/history.ts';
import { bytesOf, keyOf } from './history.ts';
import { labelsOf } from './history-names.ts';

/** Reads history. */
export interface HistoryReader {
  lines(target: string, measure: string, span: Span, stepMs: number): readonly Line[];
  summaries(targets: readonly string[], spans: readonly Span[]): readonly (readonly (Point | undefined)[])[];
  hourMeans(target: string, measure: string, hoursMs: readonly number[]): readonly HourMean[];
  changes(target: string, span: Span, most: number): readonly StateChange[];
}

interface Timed {
  readonly atMs: number;
  readonly bucket: Bucket;
}

/** A row of a table spans this long, and each of its records so long. */
const MINUTES = { rowMs: HOUR_MS, slotMs: MINUTE_MS };
const HOURS = { rowMs: DAY_MS, slotMs: HOUR_MS };

/** The statements that read history, made ready. */
export function openHistoryReader(database: DatabaseSync): HistoryReader {
  const instances = database.prepare('select id, labels from series where target = ? and measure = ? order by id');
  const rolled = database.prepare("select value from progress where name = 'rolled'");
  const rows = {
    minute: database.prepare('select data from minute where id = ?'),
    hour: database.prepare('select data from hour where id = ?'),
  };
  const newest = database.prepare(
    'select at, doc from change where target = ? and at >= ? and at < ? order by at desc, id desc limit ?',
  );

  const instancesOf = (target: string, measure: string) =>
    instances.all(target, measure).map(({ id, labels }) => ({ series: Number(id), labels: labelsOf(String(labels)) }));

  function* buckets(table: 'minute' | 'hour', series: number, { fromMs, toMs }: Span): Generator<Timed> {
    const { rowMs, slotMs } = table === 'minute' ? MINUTES : HOURS;
    for (let row = Math.floor(fromMs / rowMs); row * rowMs < toMs; row++) {
      const bytes = bytesOf(rows[table].get(keyOf(row, series)));
      for (const { slot, bucket } of bytes === undefined ? [] : recordsIn(bytes)) {
        const atMs = row * rowMs + slot * slotMs;
        if (atMs >= fromMs && atMs < toMs) yield { atMs, bucket };
      }
    }
  }

  /** Hours as far as they are rolled up, and then minutes. */
  function* byHour(series: number, { fromMs, toMs }: Span): Generator<Timed> {
    const rolledMs = Number(rolled.get()?.['value'] ?? 0) * HOUR_MS;
    if (fromMs < rolledMs) yield* buckets('hour', series, { fromMs, toMs: Math.min(toMs, rolledMs) });
    if (toMs > rolledMs) yield* buckets('minute', series, { fromMs: Math.max(fromMs, rolledMs), toMs });
  }

  return {
    lines: (target, measure, span, stepMs) =>
      instancesOf(target, OF_HEALTH.has(measure) ? HEALTH : measure).map(({ series, labels }) => {
        const isWhole = stepMs % HOUR_MS === 0;
        return { labels, points: pointsOf(isWhole ? byHour(series, span) : buckets('minute', series, span), stepMs) };
      }),
    summaries(targets, spans) {
      const whole = { fromMs: Math.min(...spans.map(hourFrom)), toMs: Math.max(...spans.map(({ toMs }) => toMs)) };
      return targets.map((target) => {
        const sums = spans.map(() => emptyBucket(true));
        for (const { series } of instancesOf(target, HEALTH))
          for (const { atMs, bucket } of byHour(series, whole))
            for (const [index, span] of spans.entries()) {
              const sum = sums[index];
              if (sum !== undefined && atMs >= hourFrom(span) && atMs < span.toMs) merge(sum, bucket);
            }
        return sums.map((sum, index) =>
          sum.count + sum.down === 0 ? undefined : pointOf(spans[index]?.fromMs ?? 0, sum),
        );
      });
    },
    hourMeans(target, measure, hoursMs) {
      return instancesOf(target, OF_HEALTH.has(measure) ? HEALTH : measure).flatMap(({ series, labels }) =>
        hoursMs.flatMap((atMs) => {
          const sum = emptyBucket(false);
          for (const { bucket } of byHour(series, { fromMs: atMs, toMs: atMs + HOUR_MS })) merge(sum, bucket);
          return sum.count + sum.down === 0 ? [] : [{ labels, atMs, mean: meanOf(sum, measure) }];
        }),
      );
    },
    changes: (target, { fromMs, toMs }, most) =>
      newest
        .all(target, fromMs, toMs, most)
        .map(({ at, doc }) => ({ ...(JSON.parse(String(doc)) as StateChange), atMs: Number(at), target })),
  };
}

/** Hours are taken whole. */
const hourFrom = ({ fromMs }: Span): number => Math.floor(fromMs / HOUR_MS) * HOUR_MS;

/** As a rule of Prometheus sees it: over all results, also those that were down. */
function meanOf({ count, down, sum, downSum }: Bucket, measure: string): number {
  const all = count + down;
  if (measure === 'failed') return down / all;
  return measure === 'up' ? count / all : (sum + downSum) / all;
}

function pointsOf(timed: Iterable<Timed>, stepMs: number): readonly Point[] {
  const sums = new Map<number, Bucket>();
  for (const { atMs, bucket } of timed) {
    const step = Math.floor(atMs / stepMs) * stepMs;
    const sum = sums.get(step);
    if (sum === undefined) sums.set(step, bucket);
    else merge(sum, bucket);
  }
  return [...sums].sort(([a], [b]) => a - b).map(([atMs, sum]) => pointOf(atMs, sum));
}

function pointOf(atMs: number, bucket: Bucket): Point {
  const { count, sum, min, max, down, inconclusive, maintained, sketch } = bucket;
  const counts = { atMs, count, down, inconclusive, maintained };
  if (count === 0) return counts;
  const values = { ...counts, mean: sum / count, min, max };
  if (sketch === undefined) return values;
  const at = (q: number) => durationAt(bucket, q) ?? max;
  return { ...values, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
