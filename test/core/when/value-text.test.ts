import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWhen } from '../../../src/core/when/parse.ts';
import { valueText } from '../../../src/core/when/value-text.ts';
import { MEASURES } from './measures.ts';

function textOf(condition: string, value: number): string {
  const parsed = parseWhen(condition);
  if (!parsed.ok) throw new Error(`${condition} does not parse`);
  return valueText({ when: parsed.when, measures: MEASURES }, value);
}

describe('valueText', () => {
  it.each([
    ['connections_used > 80%', 0.92, '92%'],
    ['connections_used > 80%', 0.9241, '92.4%'],
    ['connections_used > 80%', 0.0433, '4.3%'],
    ['connections_used > 80%', 0.00043, '0.043%'],
    ['connections_used > 0.8', 0.92, '92%'],
    ['connections_used > 0', 0, '0%'],
    ['connections_used > 80%', 1.5, '150%'],
    ['deviation(duration) over 15m > 50%', 0.62, '62%'],
    ['deviation(duration) over 15m < 0', -0.25, '-25%'],
    ['predict(memory_used_ratio) over 6h in 24h >= 100%', 12.345, '1,234.5%'],
  ])('writes a ratio: %s, %d as %s', (condition, value, text) => {
    expect(textOf(condition, value)).toBe(text);
  });

  it.each([
    [0, '0s'],
    [0.00034, '0.34ms'],
    [0.0034, '3.4ms'],
    [0.34, '340ms'],
    [0.99949, '999ms'],
    [0.9996, '1s'],
    [1.2, '1.2s'],
    [1.249, '1.2s'],
    [59.94, '59.9s'],
    [59.96, '1m'],
    [312, '5m12s'],
    [3599.6, '1h'],
    [3600, '1h'],
    [3700, '1h2m'],
    [86_399, '1d'],
    [13.2 * 86_400, '13d5h'],
    [400 * 86_400, '400d'],
    [-3.1 * 86_400, '-3d2h'],
    [-0.34, '-340ms'],
  ])('writes a time: %d as %s', (value, text) => {
    expect(textOf('duration > 1s', value)).toBe(text);
  });

  it.each([
    ['memory_used > 1GiB', 0, '0B'],
    ['memory_used > 1GiB', 1000, '1000B'],
    ['memory_used > 1GiB', 1.5 * 2 ** 30, '1.5GiB'],
    ['memory_used > 1GiB', 2 ** 20 - 1, '1MiB'],
    ['memory_used > 1GiB', 3 * 2 ** 60, '3072PiB'],
    ['memory_used > 1GB', 1.5 * 2 ** 30, '1.6GB'],
    ['memory_used > 500MB', 1e6, '1MB'],
    ['memory_used > 500B', 2 ** 20, '1MiB'],
    ['memory_used > 0', -(2 ** 20), '-1MiB'],
    ['rate(received) over 5m > 10MB/s', 12_300_000, '12.3MB/s'],
    ['rate(received) over 5m > 10MiB/m', 2 ** 20, '60MiB/m'],
    ['memory_used / clients > 10MB', 12e6, '12MB'],
  ])('writes a size in the steps of its threshold: %s, %d as %s', (condition, value, text) => {
    expect(textOf(condition, value)).toBe(text);
  });

  it.each([
    ['clients > 5', 6, '6'],
    ['clients > 5', 1234, '1,234'],
    ['clients > 5', 1_234_567, '1,234,567'],
    ['clients > 5', -1234, '-1,234'],
    ['avg(clients) over 5m > 5', 6.25, '6.3'],
    ['avg(clients) over 5m > 5', 0.126, '0.13'],
    ['clients > 5', 2e20, '2.00e+20'],
    ['clients > 5', Number.POSITIVE_INFINITY, 'Infinity'],
    ['rate(evicted) over 5m > 5/s', 12, '12/s'],
    ['rate(evicted) over 5m > 5/m', 0.1, '6/m'],
    ['rate(evicted) over 5m > 0', 0.003_333, '0.0033/s'],
    ['rate(cpu) over 5m > 80%', 0.9, '90%'],
  ])('writes a number: %s, %d as %s', (condition, value, text) => {
    expect(textOf(condition, value)).toBe(text);
  });

  it.each([
    ['connections{state=idle} / sum(connections) > 50%', 0.75, '75%'],
    ['connections{state=idle} / sum(connections) > 3', 3.25, '3.3'],
    ['clients / rate(evicted) over 5m > 1m', 90, '1m30s'],
  ])('writes a quotient as its threshold: %s, %d as %s', (condition, value, text) => {
    expect(textOf(condition, value)).toBe(text);
  });

  it.each([
    ['lag_status > WARN', 2, 'STOP'],
    ['lag_status > WARN', 9, '9'],
    ['max(lag_status) over 5m > WARN', 4, 'REWIND'],
    ['flapping and lag_status > WARN', 2, 'STOP'],
    ['age > due', 61, '1m1s'],
    ['unheard > 5', 6, '6'],
    ['down', 1, '1'],
  ])('writes what is compared: %s, %d as %s', (condition, value, text) => {
    expect(textOf(condition, value)).toBe(text);
  });

  const CONDITIONS = [
    'duration > 1s',
    'memory_used > 1GB',
    'clients > 5',
    'rate(evicted) over 5m > 5/m',
    'connections_used > 1%',
  ];
  it('is short, and says the same of a value and of its opposite but for the sign', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CONDITIONS), fc.double({ min: 0, max: 1e12, noNaN: true }), (condition, value) => {
        const text = textOf(condition, value);
        expect(text.length).toBeLessThan(24);
        expect(textOf(condition, -value).replace(/^-/, '')).toBe(text);
      }),
    );
  });
});
