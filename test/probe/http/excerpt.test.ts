import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { excerpt } from '../../../src/probe/http/excerpt.ts';

describe('an excerpt', () => {
  test.each([
    ['UP', '"UP"'],
    ['', '""'],
    ['  <html>\n\t<b>\r\n', '"<html> <b>"'],
    ['a\u001b[31mred\u0000', '"a [31mred"'],
    ['{"password":"hunter2","a":1}', '"{"password":<secret>,"a":1}"'],
    ['{"db_password" : "a\\"b", "n": 1}', '"{"db_password" : <secret>, "n": 1}"'],
    ["{'apiKey': 'x y'}", `"{'apiKey': <secret>}"`],
    ['access_token=abc&user=ann', '"access_token=<secret>&user=ann"'],
    ['Authorization: Bearer abc.def', '"Authorization: <secret> <secret>"'],
    ['try Bearer abc.def-1 again', '"try Bearer <secret> again"'],
    ['postgres://ann:pw@db:5432/x', '"postgres://<secret>@db:5432/x"'],
    ['{"token": "cut off', '"{"token": <secret>"'],
  ])('of %j is %s', (text, expected) => {
    expect(excerpt(text)).toBe(expected);
  });

  test('is cut, and says so', () => {
    expect(excerpt('x'.repeat(121))).toBe(`"${'x'.repeat(120)}…"`);
    expect(excerpt('x'.repeat(120))).toBe(`"${'x'.repeat(120)}"`);
    expect(excerpt('x'.repeat(10_000))).toHaveLength(123);
  });

  test('is one short line without control characters, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.nat(0x2fff).map((code) => String.fromCharCode(code)), maxLength: 900 }),
        (text) => {
          expect(excerpt(text)).toMatch(/^"[^\p{Cc}]{0,121}"$/u);
        },
      ),
    );
  });
});
