import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDurationMs } from '../../src/core/duration.ts';

const UNIT_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const unit = fc.constantFrom(...(Object.keys(UNIT_MS) as (keyof typeof UNIT_MS)[]));
const wholeMs = fc.integer({ min: 0, max: 100 * UNIT_MS.w });

describe('a duration is read', () => {
  it.each([
    ['15s', 15_000],
    ['500ms', 500],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['2w', 1_209_600_000],
    ['1d12h', 129_600_000],
    ['0s', 0],
    ['0ms', 0],
    ['1m1ms', 60_001],
  ])('%s', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  it('as the sum of its parts', () => {
    const part = fc.tuple(fc.nat(1000), unit);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const text = parts.map(([count, name]) => `${count}${name}`).join('');
        expect(parseDurationMs(text)).toBe(parts.reduce((sum, [count, name]) => sum + count * UNIT_MS[name], 0));
      }),
    );
  });

  it.each([
    '',
    ' ',
    '15',
    's',
    '15 s',
    ' 15s',
    '15s ',
    '-1s',
    '+1s',
    '.5s',
    '1.s',
    '1e3s',
    '1S',
    '1y',
    '1h30',
    '1,5s',
    '١s',
  ])('not from %j', (text) => {
    expect(parseDurationMs(text)).toBeUndefined();
  });

  it('from nothing but parts, whatever the text', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[0-9.msh -]{0,8}$/));
    fc.assert(
      fc.property(text, (given) => {
        const isOne = /^(\d+(\.\d+)?(ms|[smhdw]))+$/.test(given);
        expect(parseDurationMs(given) !== undefined, given).toBe(isOne);
      }),
    );
  });
});

describe('a duration is written', () => {
  it.each([
    [0, '0s'],
    [1, '1ms'],
    [999, '999ms'],
    [1000, '1s'],
    [1500, '1s500ms'],
    [90_000, '1m30s'],
    [5_400_000, '1h30m'],
    [604_800_000, '1w'],
    [1499.6, '1s500ms'],
  ])('%d ms', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('so that it reads as itself', () => {
    fc.assert(fc.property(wholeMs, (ms) => void expect(parseDurationMs(formatDuration(ms))).toBe(ms)));
  });

  it('with the biggest units first, each at most once and none of them empty', () => {
    fc.assert(
      fc.property(wholeMs, (ms) => {
        const text = formatDuration(ms);
        if (ms > 0) expect(text).toMatch(/^(\d+w)?(\dd)?(\d+h)?(\d+m(?!s))?(\d+s)?(\d+ms)?$/);
        expect(text).not.toMatch(/(^|[a-z])0\d*[a-z](?!$)/);
      }),
    );
  });
});
