import { describe, expect, it } from 'vitest';
import type { FamilyHead } from '../../src/observe/family.ts';
import { openFamilies } from '../../src/observe/family.ts';
import { openOwnMetrics } from '../../src/observe/own.ts';
import { probeTypes } from '../../src/probe/registry.ts';

interface Declaration extends FamilyHead {
  readonly by: string;
}

/** Every metric that can stand on /metrics, each as often as it is declared. */
async function declarations(): Promise<readonly Declaration[]> {
  const all: Declaration[] = [];
  for (const exporterNames of [true, false]) {
    for (const { type, measures, series } of probeTypes) {
      const take = (by: string, one: Parameters<typeof openFamilies>[0][number]) => {
        for (const { name, kind, help } of openFamilies([one], () => exporterNames).all)
          all.push({ name, kind, help, by: `${type} ${by}` });
      };
      for (const measure of measures) take(measure.name, { type, measures: [measure], series: [] });
      for (const one of series) take(one.name, { type, measures: [], series: [one] });
    }
  }
  const own = await openOwnMetrics({ version: '1.0.0', revision: 'abc' }).blocks();
  return [...all, ...own.map(({ name, kind, help }) => ({ name, kind, help, by: 'Outrider' }))];
}

const ALL = await declarations();

/** Source: https://github.com/prometheus/client_golang/tree/main/prometheus/testutil/promlint/validations */
const ABBREVIATED = /(^|_)(s|ms|us|ns|sec|b|kb|mb|gb|tb|pb|m|h|d)(_|$)/;
const NOT_BASE =
  /(^|_)(milliseconds?|microseconds?|nanoseconds?|minutes?|hours?|days?|weeks?|kilobytes?|megabytes?|gigabytes?|bits?|percents?)(_|$)/;

const LINTS: readonly { readonly rule: string; readonly breaks: (metric: Declaration) => boolean }[] = [
  { rule: 'a name of small letters, digits and _', breaks: ({ name }) => !/^[a-z_][a-z0-9_]*$/.test(name) },
  { rule: 'a help', breaks: ({ help }) => help.trim() === '' },
  { rule: '`_total` on each counter', breaks: ({ name, kind }) => kind === 'counter' && !name.endsWith('_total') },
  { rule: 'no `_total` on a gauge or histogram', breaks: ({ name, kind }) => isTyped(kind) && name.endsWith('_total') },
  {
    rule: 'no suffix of a histogram on anything else',
    breaks: ({ name, kind }) => (isTyped(kind) || kind === 'counter') && /_(count|sum|bucket)$/.test(name),
  },
  { rule: 'no type in a name', breaks: ({ name, kind }) => kind !== 'untyped' && name.split('_').includes(kind) },
  { rule: 'no abbreviated unit', breaks: ({ name }) => ABBREVIATED.test(name) },
  { rule: 'base units', breaks: ({ name }) => NOT_BASE.test(name) },
];
const isTyped = (kind: Declaration['kind']): boolean => kind === 'gauge' || kind === 'histogram';

describe('every metric that any type or Outrider itself declares', () => {
  it('is declared with one kind and one help', () => {
    const byName = Map.groupBy(ALL, ({ name }) => name);
    const clashes = [...byName.values()].filter((same) => new Set(same.map(({ kind, help }) => kind + help)).size > 1);
    expect(clashes).toEqual([]);
  });

  it.each(LINTS)('keeps the rule of promtool: $rule', ({ breaks }) => {
    expect(ALL.filter(breaks)).toEqual([]);
  });

  it('has a name of its own in OpenMetrics too, where counters lose their `_total`', () => {
    const names = new Set(ALL.map(({ name }) => name));
    const shortened = ALL.filter(({ kind }) => kind === 'counter').map(({ name }) => name.replace(/_total$/, ''));
    expect(shortened.filter((name) => names.has(name))).toEqual([]);
  });

  it('has no label twice, and none that every series has', () => {
    for (const { type, measures, series } of probeTypes) {
      for (const { name, labels = [], metric } of measures) {
        const fixed = metric === undefined || metric === 'none' ? [] : Object.keys(metric.labels ?? {});
        const all = ['target', 'instance', ...fixed, ...labels];
        expect(new Set(all).size, `${type} ${name}`).toBe(all.length);
      }
      for (const { name, labels = [] } of series) {
        const all = ['target', 'instance', ...labels];
        expect(new Set(all).size, `${type} ${name}`).toBe(all.length);
      }
    }
  });

  it('is more than a hundred', () => {
    expect(new Set(ALL.map(({ name }) => name)).size).toBeGreaterThan(100);
  });
});
