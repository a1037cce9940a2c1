import type { Instant } from './core/clock.ts';
import { printThreshold, printWhen } from './core/when/print.ts';
import { valueText } from './core/when/value-text.ts';
import type { Correlator } from './correlate/contract.ts';
import type { Found } from './correlate/tracked.ts';
import type { Judge } from './judge/judge.ts';
import type { ExplainedTest, Explanation } from './web/view.ts';

/** Joins what the judge and the correlation know of one active alert. */
export function explainAlert(
  { judge, correlator }: { readonly judge: Judge; readonly correlator: Correlator },
  fingerprint: string,
  now: Instant,
): Explanation | undefined {
  const explained = correlator.explain(fingerprint, now);
  if (explained === undefined) return undefined;
  const { alert, found, because } = explained;
  const { spec } = found;
  const own = alert.origin === 'own';
  return {
    alert,
    condition: own ? printWhen(spec.when) : spec.when.text,
    forMs: spec.forMs,
    keepFiringForMs: spec.keepFiringForMs,
    tests: own ? testsOf(judge, alert.target, found) : [],
    because: own ? [found.message, ...because] : because,
  };
}

function testsOf(judge: Judge, target: string, { spec }: Found): readonly ExplainedTest[] {
  const seen = judge.explain(target, spec.name) ?? [];
  return seen.map(({ text, readings, window }, index) => {
    const test = spec.when.tests[index];
    // The words of a value are those of the test's own measure.
    const alone = test === undefined ? spec : { ...spec, when: { text, tests: [test] } };
    return {
      text,
      readings: readings.map((reading) => ({
        ...reading,
        ...(reading.value === undefined ? {} : { valueText: valueText(alone, reading.value) }),
        ...(reading.threshold === undefined ? {} : { thresholdText: thresholdText(alone, reading.threshold) }),
      })),
      ...(window === undefined ? {} : { window }),
    };
  });
}

function thresholdText(spec: Found['spec'], threshold: number): string {
  const [test] = spec.when.tests;
  if (test?.kind !== 'compare') return '';
  return test.value.kind === 'word' ? valueText(spec, threshold) : printThreshold(test.value);
}
