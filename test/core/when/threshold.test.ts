import { describe, expect, it } from 'vitest';
import type { MeasureSpec } from '../../../src/core/measure.ts';
import { parseWhen } from '../../../src/core/when/parse.ts';
import { boundOf } from '../../../src/core/when/threshold.ts';
import type { Threshold } from '../../../src/core/when/tree.ts';

const measure = (unit: MeasureSpec['unit'], words?: readonly string[]): MeasureSpec => ({
  name: 'x',
  unit,
  kind: 'gauge',
  help: '',
  ...(words === undefined ? {} : { words }),
});

function threshold(text: string): Threshold {
  const parsed = parseWhen(`x > ${text}`);
  const test = parsed.ok ? parsed.when.tests[0] : undefined;
  if (test?.kind !== 'compare') throw new Error(text);
  return test.value;
}

describe('boundOf', () => {
  it.each([
    ['ratio', '80%', 0.8],
    ['ratio', '0.1%', 0.001],
    ['ratio', '0.8', 0.8],
    ['seconds', '800ms', 0.8],
    ['seconds', '100ms', 0.1],
    ['seconds', '1h30m', 5400],
    ['seconds', '2w', 1_209_600],
    ['seconds', '-3d', -259_200],
    ['bytes', '512MB', 512_000_000],
    ['bytes', '2GiB', 2_147_483_648],
    ['bytes', '1.5KiB', 1536],
    ['count', '1000000000', 1e9],
    ['count', '10/s', 10],
    ['count', '3/m', 0.05],
    ['bytes', '6kB/m', 100],
  ] as const)('in %s, %s is %f', (unit, text, value) => {
    expect(boundOf(threshold(text), measure(unit))).toEqual({ kind: 'fixed', value });
  });

  it('values a word by its gravity', () => {
    expect(boundOf(threshold('WARN'), measure('words', ['OK', 'WARN', 'STOP']))).toEqual({ kind: 'fixed', value: 1 });
  });

  it('names the other measure', () => {
    expect(boundOf(threshold('due'), measure('seconds'))).toEqual({ kind: 'measure', name: 'due' });
  });
});
