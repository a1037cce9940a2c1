import type { AlertSpec } from '../core/alert.ts';
import { type Labels, NO_LABELS } from '../core/labels.ts';
import type { MeasureSpec } from '../core/measure.ts';
import { printTest } from '../core/when/print.ts';
import type { MeasureRef, Test } from '../core/when/tree.ts';
import { type CompiledTest, compileComparison } from './comparison.ts';
import type { Evidence, Reading, TestSeen } from './evidence.ts';
import { compileMatchers } from './matcher.ts';
import { finder } from './pairing.ts';

/** A condition, made ready to be judged again and again. */
export interface Condition {
  readonly tests: readonly (CompiledTest & { readonly test: Test })[];
  /** The test whose instances are the condition's: the one with most labels. */
  readonly finest: number;
  /** The first comparison: its value and threshold are told. */
  readonly told: number;
}

/** Makes a condition ready: once for each spec. Never throws. */
export function compile({ when, measures }: Pick<AlertSpec, 'when' | 'measures'>): Condition {
  const known = new Map(measures.map((measure) => [measure.name, measure]));
  const tests = when.tests.map((test) => ({ ...compileTest(test, known), test }));
  const most = Math.max(...tests.map(({ names }) => names.length));
  return {
    tests,
    finest: tests.findIndex(({ names }) => names.length === most),
    told: tests.findIndex(({ test }) => test.kind === 'compare'),
  };
}

function compileTest(test: Test, measures: ReadonlyMap<string, MeasureSpec>): CompiledTest {
  if (test.kind === 'compare') return compileComparison(test, measures);
  if (test.kind === 'absent') return compileAbsent(test.measure);
  const { kind } = test;
  // Whatever stands alone and is not in the evidence never holds.
  const isHeld = ({ holds }: { readonly holds: Readonly<Partial<Record<string, boolean>>> }) => holds[kind] === true;
  return { names: [], readings: (evidence) => [{ labels: NO_LABELS, holds: isHeld(evidence) }] };
}

/** As in PromQL, what is absent has the labels that were asked for. */
function compileAbsent({ name, matchers }: MeasureRef): CompiledTest {
  const meant = compileMatchers(matchers);
  const asked = matchers.filter(({ op, value }) => op === '=' && value !== '');
  const labels: Labels =
    asked.length === 0 ? NO_LABELS : Object.fromEntries(asked.map(({ label, value }) => [label, value]));
  return {
    names: [],
    readings(evidence) {
      if (evidence.holds.failed) return []; // a failed probe measures nothing, which says nothing
      const seen = evidence.latest(name);
      const holds = !seen.some((sample) => !Number.isNaN(sample.value) && meant(sample.labels ?? NO_LABELS));
      return [{ labels, holds }];
    },
  };
}

/** How each instance of a condition fares: it holds where all tests hold; an instance of which a test says nothing is left out. */
export function evaluate({ tests, finest, told }: Condition, evidence: Evidence): readonly Reading[] {
  const [only] = tests;
  if (only === undefined) return [];
  if (tests.length === 1) return only.readings(evidence);
  const all = tests.map((test) => test.readings(evidence));
  const paired = tests.map(({ names }, index) => finder(all[index] ?? [], names));
  const joined: Reading[] = [];
  for (const reading of all[finest] ?? []) {
    const { labels } = reading;
    const each = paired.map((find, index) => (index === finest ? reading : find(labels)));
    if (each.includes(undefined)) continue;
    const { value, threshold } = each[told] ?? {};
    joined.push({ labels, holds: each.every((one) => one?.holds === true), ...compared(value, threshold) });
  }
  return joined;
}

const compared = (value: number | undefined, threshold: number | undefined): Pick<Reading, 'value' | 'threshold'> => ({
  ...(value === undefined ? {} : { value }),
  ...(threshold === undefined ? {} : { threshold }),
});

/** What each test sees by itself, for people. */
export function explainCondition({ tests }: Condition, evidence: Evidence): readonly TestSeen[] {
  return tests.map((compiled) => {
    const window = compiled.window?.(evidence);
    const seen = { text: printTest(compiled.test), readings: compiled.readings(evidence) };
    return window === undefined ? seen : { ...seen, window };
  });
}
