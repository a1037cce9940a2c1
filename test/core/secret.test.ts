import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrubber } from '../../src/core/secret.ts';

const SECRET = 'hunter2-Straße/+"x';
const scrub = scrubber([SECRET, 'abc', 'other-secret']);

describe('the scrubber takes out a secret', () => {
  it.each([
    ['as it is', `login with ${SECRET} failed`, 'login with <secret> failed'],
    ['more than once', `${SECRET}${SECRET}`, '<secret><secret>'],
    ['in a URL', `http://app:${encodeURIComponent(SECRET)}@host/`, 'http://app:<secret>@host/'],
    ['in JSON', JSON.stringify({ password: SECRET }), '{"password":"<secret>"}'],
    ['that is cut', 'said "the other-sec…"', 'said "the <secret>…"'],
    [
      'whose beginning ends the text that is shown, not elsewhere',
      'other-sec is cut later…',
      'other-sec is cut later…',
    ],
  ])('%s', (_, text, shown) => {
    expect(scrub(text)).toBe(shown);
  });

  it('in base64, whatever stands before and after it', () => {
    const around = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(around, around, fc.constantFrom('base64', 'base64url'), (before, after, encoding) => {
        const shown = scrub(`Basic ${Buffer.from(before + SECRET + after).toString(encoding)}`);
        expect(shown).toContain('<secret>');
        const left = shown.replace('Basic ', '').split('<secret>');
        for (const part of left) expect(Buffer.from(part, 'base64').toString()).not.toMatch(/hunter|Stra/);
      }),
    );
  });

  it('at whatever character it is cut, if four of it are left', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 4, max: SECRET.length }), (before, length) => {
        expect(scrub(`${before}${SECRET.slice(0, length)}…`)).not.toContain('hunt');
      }),
    );
  });
});

it('the scrubber leaves alone what no secret is in, and secrets too short to tell from words', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!/hunt|othe/.test(text));
      expect(scrub(text)).toBe(text);
    }),
  );
  expect(scrub('abc, hunter, other')).toBe('abc, hunter, other');
  expect(scrubber([])('anything…')).toBe('anything…');
});
