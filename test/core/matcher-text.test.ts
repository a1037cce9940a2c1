import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matcherText, parseMatchers } from '../../src/core/matcher-text.ts';

const is = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: true });
const isNot = (name: string, value: string) => ({ name, value, isRegex: false, isEqual: false });
const fits = (name: string, value: string) => ({ name, value, isRegex: true, isEqual: true });
const fitsNot = (name: string, value: string) => ({ name, value, isRegex: true, isEqual: false });

describe('matchers are read as Alertmanager reads them', () => {
  it.each([
    ['team="core"', [is('team', 'core')]],
    ['team=core', [is('team', 'core')]],
    ['  team = core  ', [is('team', 'core')]],
    ['team!=core', [isNot('team', 'core')]],
    ['severity=~"P0|P1"', [fits('severity', 'P0|P1')]],
    ['target!~db-.*', [fitsNot('target', 'db-.*')]],
    ['team=', [is('team', '')]],
    ['team=""', [is('team', '')]],
    ['a=b,c="d"', [is('a', 'b'), is('c', 'd')]],
    ['{a="b", c=~"d"}', [is('a', 'b'), fits('c', 'd')]],
    ['{a=b,}', [is('a', 'b')]],
    ['path="a, {b}=c"', [is('path', 'a, {b}=c')]],
    ['summary=two words', [is('summary', 'two words')]],
    ['a=b=c', [is('a', 'b=c')]],
    ['text="say \\"no\\" \\\\ \\n"', [is('text', 'say "no" \\ \n')]],
    ['path=~"\\d+/\\w"', [fits('path', '\\d+/\\w')]],
    ['"a.b"="c"', [is('a.b', 'c')]],
    ['a.b=c', [is('a.b', 'c')]],
    ['stadt="Köln 🏰"', [is('stadt', 'Köln 🏰')]],
    ['{x=~a{2}}', [fits('x', 'a{2}')]],
  ])('%s', (text, matchers) => {
    expect(parseMatchers(text)).toEqual({ ok: true, matchers });
  });
});

describe('a mistake is told with its place', () => {
  it.each([
    ['', 0, 'expected a matcher such as team="core"'],
    ['{}', 1, 'expected a matcher such as team="core"'],
    ['team', 4, 'expected =, !=, =~ or !~ after "team"'],
    ['team core', 5, 'expected =, !=, =~ or !~ after "team"'],
    ['="core"', 0, 'expected a label name'],
    ['""="core"', 0, 'expected a label name'],
    ['team=="core"', 4, 'expected =, !=, =~ or !~, got "=="'],
    ['team~="core"', 4, 'expected =, !=, =~ or !~, got "~="'],
    ['team="core', 5, 'this quote is not closed'],
    ['"team=core', 0, 'this quote is not closed'],
    ["team='core'", 5, 'a value stands in double quotes'],
    ['team=co"re', 7, 'a quote within a value is written \\"'],
    ['a="b" c="d"', 6, 'expected a comma before the next matcher'],
    ['a=b,,c=d', 4, 'expected a label name'],
    ['{a=b', 0, 'this { is not closed'],
    ['a=b, c=~"("', 8, 'not a regular expression in RE2’s syntax: missing closing )'],
    ['a=~"x(?=y)"', 3, 'not a regular expression in RE2’s syntax: invalid or unsupported Perl syntax'],
  ])('%s', (text, at, message) => {
    expect(parseMatchers(text)).toEqual({ ok: false, at, message });
  });
});

const matcher = fc.record({
  name: fc.string({ minLength: 1, unit: 'grapheme' }),
  value: fc.string({ unit: 'grapheme' }),
  isRegex: fc.constant(false),
  isEqual: fc.boolean(),
});

it('what a matcher is written as is read as the same matcher', () => {
  fc.assert(
    fc.property(fc.array(matcher, { minLength: 1, maxLength: 4 }), (matchers) => {
      expect(parseMatchers(matchers.map(matcherText).join(', '))).toEqual({ ok: true, matchers });
    }),
  );
});

it('no text makes it throw, and every mistake has a place in the text', () => {
  const sign = fc.constantFrom('a', 'team', '=', '!', '~', '"', ',', '{', '}', '\\', ' ', '(', '*', '[');
  const text = fc.oneof(
    fc.string(),
    fc.array(sign).map((signs) => signs.join('')),
  );
  fc.assert(
    fc.property(text, (written) => {
      const parsed = parseMatchers(written);
      if (!parsed.ok) expect(parsed.at).toBeLessThanOrEqual(written.length);
    }),
    { numRuns: 2000 },
  );
});
