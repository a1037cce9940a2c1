import { describe, expect, it } from 'vitest';
import { parseMatchers } from '../../src/core/matcher-text.ts';
import { compileMatchers } from '../../src/core/matching.ts';

function compiled(text: string) {
  const parsed = parseMatchers(text);
  if (!parsed.ok) throw new Error(parsed.message);
  const result = compileMatchers(parsed.matchers);
  if (!result.ok) throw new Error(result.wrong);
  return result.matching;
}

const LABELS = { team: 'core', severity: 'P1', target: 'db-2' };

describe('matchers fit labels', () => {
  it.each([
    ['team=core', true],
    ['team=Core', false],
    ['team!=core', false],
    ['team!=web', true],
    ['severity=~"P0|P1"', true],
    ['severity=~P', false],
    ['target=~"db-[0-9]"', true],
    ['target=~"b-"', false],
    ['target!~"db-.*"', false],
    ['target=~"(?i)DB-.*"', true],
    ['team=core, severity=P0', false],
    ['team=core, severity=P1', true],
  ])('%s: %s', (text, fits) => {
    expect(compiled(text).fits(LABELS)).toBe(fits);
  });

  it.each([
    ['env=""', true],
    ['env=~"|test"', true],
    ['env=~".*"', true],
    ['env!=prod', true],
    ['env=~".+"', false],
    ['env!=""', false],
    ['constructor=""', true],
    ['toString!=""', false],
  ])('a label that is absent is empty: %s: %s', (text, fits) => {
    expect(compiled(text).fits(LABELS)).toBe(fits);
    expect(compiled(text).fitsNone).toBe(fits);
  });
});

it.each([
  [{ name: '', value: 'x', isRegex: false, isEqual: true }, 'a matcher needs the name of a label'],
  [
    { name: 'team', value: 'a(', isRegex: true, isEqual: true },
    'the matcher on team is not a regular expression in RE2’s syntax: missing closing )',
  ],
])('a matcher that cannot be is refused with a sentence: %j', (matcher, wrong) => {
  expect(compileMatchers([matcher])).toEqual({ ok: false, wrong });
});

it('a hostile expression takes time linear in the label', () => {
  const { fits } = compiled('x=~"(a+)+$"');
  const started = performance.now();
  expect(fits({ x: `${'a'.repeat(50_000)}!` })).toBe(false);
  expect(performance.now() - started).toBeLessThan(2000);
});
