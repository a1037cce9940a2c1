import type { AlertSpec } from '../core/alert.ts';
import type { Labels } from '../core/labels.ts';
import { printMeasure, printOperand, printThreshold } from '../core/when/print.ts';
import { valueText } from '../core/when/value-text.ts';
import { flappingText } from './file.ts';
import type { Flap } from './flapping.ts';

interface Seen {
  readonly labels: Labels;
  readonly value?: number | undefined;
  readonly threshold?: number | undefined;
}

const instanceText = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? '' : ` of ${pairs.join(', ')}`;
};

/** What was seen that makes a condition hold, for people: `connections_used is 93%; the threshold is 80%`. */
export function sightingText(spec: AlertSpec, { labels, value, threshold }: Seen, flap: Flap): string {
  const compared = spec.when.tests.find((test) => test.kind === 'compare');
  if (compared === undefined || value === undefined) {
    const [test] = spec.when.tests;
    if (test?.kind === 'absent') return `${printMeasure(test.measure)} has no value`;
    return test?.kind === 'flapping' ? flappingText(flap) : spec.when.text;
  }
  const divisor = compared.divisor === undefined ? '' : ` / ${printOperand(compared.divisor)}`;
  const what = `${printOperand(compared.left)}${divisor}${instanceText(labels)}`;
  const isName = compared.value.kind === 'word' && threshold !== undefined;
  const bound = isName ? valueText(spec, threshold) : printThreshold(compared.value);
  return `${what} is ${valueText(spec, value)}; the threshold is ${bound}`;
}
