import { type Labels, labelsKey, NO_LABELS } from '../../src/core/labels.ts';
import type { MeasureSpec } from '../../src/core/measure.ts';
import type { Sample } from '../../src/core/result.ts';
import { parseWhen } from '../../src/core/when/parse.ts';
import { type Condition, compile, evaluate } from '../../src/judge/condition.ts';
import type { Evidence, Reading, Series } from '../../src/judge/evidence.ts';
import { MEASURES } from '../core/when/measures.ts';

export const INTERVAL_MS = 10_000;
/** The moment of all evidence here. */
export const NOW_MS = 10 * 3_600_000;

/** Samples of one instance, an interval apart; the last one is of now. */
export function seriesOf(values: readonly number[], labels: Labels = NO_LABELS): Series {
  const timeOf = (index: number) => NOW_MS - (values.length - 1 - index) * INTERVAL_MS;
  return {
    labels,
    capacity: values.length,
    read(afterMs, untilMs, times, into) {
      let count = 0;
      for (const [index, value] of values.entries()) {
        if (timeOf(index) <= afterMs || timeOf(index) > untilMs) continue;
        times[count] = timeOf(index);
        into[count++] = value;
      }
      return count;
    },
  };
}

/** What is seen; by measure, its series. */
export interface Seen extends Partial<Omit<Evidence, 'latest' | 'series' | 'holds'>> {
  readonly latest?: readonly Sample[];
  readonly series?: Readonly<Record<string, readonly Series[]>>;
  readonly holds?: Partial<Evidence['holds']>;
}

export const evidenceOf = ({ latest = [], series = {}, holds = {}, ...rest }: Seen): Evidence => ({
  atMs: NOW_MS,
  intervalMs: INTERVAL_MS,
  outages: [],
  usual: () => undefined,
  ...rest,
  latest: (measure) => latest.filter(({ name }) => name === measure),
  series: (measure) => series[measure] ?? [],
  holds: { down: false, flapping: false, burning: false, failed: false, ...holds },
});

export function compiled(text: string, measures: readonly MeasureSpec[] = MEASURES): Condition {
  const parsed = parseWhen(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.problems.map(({ message }) => message).join('; ')}`);
  return compile({ when: parsed.when, measures });
}

/** How a condition fares. */
export const readings = (text: string, seen: Seen): readonly Reading[] => evaluate(compiled(text), evidenceOf(seen));

/** The value of the only instance; undefined where there is none. */
export function valueIn(text: string, seen: Seen): number | undefined {
  const [reading, ...others] = readings(text, seen);
  if (others.length > 0) throw new Error(`${text} has ${others.length + 1} instances`);
  return reading?.value;
}

/** Whether it holds, by instance: the values of its labels. */
export const holding = (text: string, seen: Seen): Readonly<Record<string, boolean>> =>
  Object.fromEntries(
    readings(text, seen).map(({ labels, holds }) => [
      Object.keys(labels)
        .sort()
        .map((name) => labels[name])
        .join(' '),
      holds,
    ]),
  );

export const sample = (name: string, value: number, labels?: Labels): Sample => ({
  name,
  value,
  ...(labels === undefined ? {} : { labels }),
});

/** Instances once each. */
export const distinct = (samples: readonly Sample[]): readonly Sample[] => [
  ...new Map(samples.map((one) => [one.name + labelsKey(one.labels ?? NO_LABELS), one])).values(),
];
