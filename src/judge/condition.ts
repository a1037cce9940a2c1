import type { AlertSpec } from '../core/alert.ts';
import { NO_LABELS } from '../core/labels.ts';
import type { MeasureSpec } from '../core/measure.ts';
import { printTest } from '../core/when/print.ts';
import { boundOf } from '../core/when/threshold.ts';
import type { Comparator, Comparison, Test } from '../core/when/tree.ts';
import type { Evidence, Reading, TestSeen } from './evidence.ts';
import { compileSide, latestOf, type Side, type Valued } from './operand.ts';

/** A test made ready. */
interface Ready {
  readonly test: Test;
  read(evidence: Evidence): readonly Reading[];
  readonly free: readonly string[];
  readonly window: Side['window'];
}

/** A condition made ready: its tests, and the one whose instances it is judged for. */
export interface Condition {
  readonly tests: readonly Ready[];
  readonly base: Ready | undefined;
  readonly others: readonly Ready[];
}

/** Makes the condition of an alert ready, to be judged many times. */
export function compile({ when, measures }: Pick<AlertSpec, 'when' | 'measures'>): Condition {
  const tests = when.tests.map((test) => ready(test, measures));
  const base = tests.reduce<Ready | undefined>(
    (finest, each) => (finest === undefined || each.free.length > finest.free.length ? each : finest),
    undefined,
  );
  return { tests, base, others: tests.filter((each) => each !== base) };
}

/** How each instance fares; one that any test has no value for is not among them. */
export function evaluate({ tests, base, others }: Condition, evidence: Evidence): readonly Reading[] {
  if (base === undefined) return [];
  const readings = base.read(evidence);
  if (others.length === 0 || readings.length === 0) return readings;
  const beside = new Map(others.map((each) => [each, each.read(evidence)]));
  return readings.flatMap((reading) => {
    const all = tests.map((each) => (each === base ? reading : paired(reading, beside.get(each) ?? [], each.free)));
    if (all.some((each) => each === undefined)) return [];
    const said = all.find((each) => each?.value !== undefined);
    return [{ ...said, labels: reading.labels, holds: all.every((each) => each?.holds === true) }];
  });
}

/** Each test as it is seen, for people. */
export const explainCondition = ({ tests }: Condition, evidence: Evidence): readonly TestSeen[] =>
  tests.map(({ test, read, window }) => ({
    text: printTest(test),
    readings: read(evidence),
    ...(window === undefined ? {} : { window: window(evidence) }),
  }));

/** The one whose free labels are those of `to`. */
const paired = <V extends Pick<Valued, 'labels'>>(
  to: Pick<Valued, 'labels'>,
  all: readonly V[],
  free: readonly string[],
): V | undefined => all.find(({ labels }) => free.every((label) => labels[label] === to.labels[label]));

const ALONE = { window: undefined, free: [] } as const;

function ready(test: Test, measures: readonly MeasureSpec[]): Ready {
  if (test.kind === 'compare') return comparison(test, measures);
  if (test.kind === 'absent') {
    const latest = latestOf(test.measure);
    return { test, ...ALONE, read: (evidence) => alone(latest(evidence).length === 0) };
  }
  const { kind } = test;
  // Tests that nobody can write are judged elsewhere.
  if (kind === 'unmeasured' || kind === 'missing') return { test, ...ALONE, read: () => [] };
  return { test, ...ALONE, read: ({ holds }) => alone(holds[kind]) };
}

const HOLDS: readonly Reading[] = [{ labels: NO_LABELS, holds: true }];
const FAILS: readonly Reading[] = [{ labels: NO_LABELS, holds: false }];
const alone = (holds: boolean): readonly Reading[] => (holds ? HOLDS : FAILS);

const COMPARE: Readonly<Record<Comparator, (value: number, bound: number) => boolean>> = {
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '==': (value, bound) => value === bound,
  '!=': (value, bound) => value !== bound,
};

function comparison(test: Comparison, measures: readonly MeasureSpec[]): Ready {
  const left = compileSide(test.left, measures);
  const divisor = test.divisor === undefined ? undefined : compileSide(test.divisor, measures);
  const bound = bounds(test, measures);
  const holds = COMPARE[test.op];
  const read = (evidence: Evidence): readonly Reading[] => {
    const values = divisor === undefined ? left.read(evidence) : divided(left.read(evidence), divisor, evidence);
    if (values.length === 0) return [];
    const thresholdOf = bound(evidence);
    return values.flatMap(({ labels, value }) => {
      const threshold = thresholdOf({ labels });
      return threshold === undefined ? [] : [{ labels, value, threshold, holds: holds(value, threshold) }];
    });
  };
  return { test, read, free: left.free, window: left.window };
}

/** Dividing by nothing says nothing: neither infinitely much nor none. */
function divided(all: readonly Valued[], divisor: Side, evidence: Evidence): readonly Valued[] {
  if (all.length === 0) return all;
  const divisors = divisor.read(evidence);
  return all.flatMap(({ labels, value }) => {
    const by = paired({ labels }, divisors, divisor.free)?.value ?? 0;
    return by === 0 ? [] : [{ labels, value: value / by }];
  });
}

type ThresholdOf = (of: Pick<Valued, 'labels'>) => number | undefined;

/** What instances are compared with: one number, or what another measure is at this moment. */
function bounds({ left, value }: Comparison, measures: readonly MeasureSpec[]): (evidence: Evidence) => ThresholdOf {
  const measure = measures.find(({ name }) => name === left.measure.name);
  if (measure === undefined) return () => () => undefined;
  const bound = boundOf(value, measure);
  if (bound.kind === 'fixed') {
    const fixed = () => bound.value;
    return () => fixed;
  }
  const latest = latestOf({ name: bound.name, matchers: [], at: 0 });
  const free = measures.find(({ name }) => name === bound.name)?.labels ?? [];
  return (evidence) => {
    const all = latest(evidence);
    return (of) => paired(of, all, free)?.value;
  };
}
