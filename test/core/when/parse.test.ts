import { describe, expect, it } from 'vitest';
import { parseWhen } from '../../../src/core/when/parse.ts';
import type { When } from '../../../src/core/when/tree.ts';
import { BUILT_IN_CONDITIONS } from './built-in.ts';

const parsed = (text: string): When => {
  const result = parseWhen(text);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.when;
};

const only = (text: string) => parsed(text).tests[0];

describe('parseWhen', () => {
  it('reads an aggregate with positions', () => {
    expect(parsed('p95(duration) over 5m > 800ms')).toEqual({
      text: 'p95(duration) over 5m > 800ms',
      tests: [
        {
          kind: 'compare',
          left: {
            kind: 'aggregate',
            fn: 'p95',
            at: 0,
            measure: { name: 'duration', matchers: [], at: 4 },
            overMs: 300_000,
            overAt: 19,
          },
          op: '>',
          value: { kind: 'number', number: 800, unit: 'ms', at: 24 },
        },
      ],
    });
  });

  it('reads how far ahead a prediction looks', () => {
    expect(only('predict(disk_used) over 6h in 24h >= 100%')).toMatchObject({
      left: { fn: 'predict', overMs: 6 * 3_600_000, inMs: 24 * 3_600_000 },
      op: '>=',
    });
  });

  it('reads a function across instances', () => {
    expect(only('sum(lag) by (group, topic) > 1000')).toMatchObject({
      left: {
        kind: 'across',
        fn: 'sum',
        by: [
          { label: 'group', at: 13 },
          { label: 'topic', at: 20 },
        ],
      },
    });
    expect(only('max(lag) > 1000')).toMatchObject({ left: { kind: 'across', fn: 'max', by: [] } });
  });

  it('reads a quotient', () => {
    expect(only('rate(evicted) over 5m / rate(operations) over 5m > 1%')).toMatchObject({
      left: { fn: 'rate', measure: { name: 'evicted' } },
      divisor: { fn: 'rate', measure: { name: 'operations' } },
      value: { number: 1, unit: '%' },
    });
  });

  it('reads several tests that must all hold', () => {
    expect(parsed('down and absent(lag{group=a}) and x > 1').tests.map(({ kind }) => kind)).toEqual([
      'down',
      'absent',
      'compare',
    ]);
  });

  it.each(['down', 'flapping', 'burning'])('reads %s', (state) => {
    expect(only(state)).toEqual({ kind: state });
  });

  it.each(['min', 'max', 'rate', 'p95', 'age', 'absents', 'downtime'])(
    'takes %s without brackets for a measure',
    (name) => {
      expect(only(`${name} > 1`)).toMatchObject({ left: { kind: 'measure', measure: { name } } });
    },
  );

  it.each(BUILT_IN_CONDITIONS)('reads the built-in %s', (text) => {
    expect(parsed(text).tests.length).toBeGreaterThan(0);
  });

  it('is not particular about white space', () => {
    const strip = (text: string) => JSON.stringify(parsed(text).tests).replace(/"\w*[aA]t":\d+/g, '');
    expect(strip(' sum( lag{ group = "a" , topic=~b } )\n by( group )>=10 % ')).toBe(
      strip('sum(lag{group="a",topic=~"b"}) by (group) >= 10%'),
    );
  });
});

describe('a threshold', () => {
  it.each([
    ['80%', { number: 80, unit: '%' }],
    ['0.8', { number: 0.8 }],
    ['.5', { number: 0.5 }],
    ['1e9', { number: 1e9 }],
    ['-5', { number: -5 }],
    ['800ms', { number: 800, unit: 'ms' }],
    ['1.5h', { number: 1.5, unit: 'h' }],
    ['1h30m', { number: 90, unit: 'm' }],
    ['-1h30m', { number: -90, unit: 'm' }],
    ['1m500ms', { number: 60_500, unit: 'ms' }],
    ['512MB', { number: 512, unit: 'MB' }],
    ['2GiB', { number: 2, unit: 'GiB' }],
    ['2 GiB', { number: 2, unit: 'GiB' }],
    ['10/s', { number: 10, per: 's' }],
    ['5MB/m', { number: 5, unit: 'MB', per: 'm' }],
  ])('may be %s', (text, value) => {
    expect(only(`x > ${text}`)).toMatchObject({ value: { kind: 'number', at: 4, ...value } });
  });

  it.each(['WARN', 'major_outage', 'due', 'down', 'max'])('may be the word %s', (word) => {
    expect(only(`x > ${word}`)).toMatchObject({ value: { kind: 'word', word, at: 4 } });
  });
});

describe('a label’s value', () => {
  it.each([
    ['evaluate-workers', 'evaluate-workers'],
    ['5..', '5..'],
    ['/var/lib', '/var/lib'],
    ['a|b', 'a|b'],
    ['3', '3'],
    ['""', ''],
    ['"idle in transaction"', 'idle in transaction'],
    ["'a, b}'", 'a, b}'],
    [String.raw`"say \"hi\""`, 'say "hi"'],
    [String.raw`"\d+\\n"`, String.raw`\d+\n`],
    ['"and"', 'and'],
    ['and', 'and'],
  ])('written %s is %s', (written, value) => {
    expect(only(`x{l=${written}} > 1`)).toMatchObject({ left: { measure: { matchers: [{ label: 'l', value }] } } });
  });

  it('has its own position and operator', () => {
    expect(only('x{a=~b, c!="d",} > 1')).toMatchObject({
      left: {
        measure: {
          matchers: [
            { label: 'a', op: '=~', value: 'b', at: 2, valueAt: 5 },
            { label: 'c', op: '!=', value: 'd', at: 8, valueAt: 11 },
          ],
        },
      },
    });
  });
});
