import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, oneLine, safeLink } from '../../../src/notify/text/line.ts';

const unicode = () => fc.string({ unit: 'binary' });

describe('a text on one line', () => {
  it.each([
    ['as it is', 'as it is'],
    ['two\nlines', 'two lines'],
    ['Subject\r\nBcc: all@example.com', 'Subject Bcc: all@example.com'],
    ['tab\tand\u0000nul', 'tab and nul'],
    ['a\u2028b\u2029c', 'a b c'],
    ['turned \u202eround', 'turned round'],
    [' around  and between ', 'around and between'],
    ['half \ud83d of one', 'half \ufffd of one'],
  ])('%j becomes %j', (text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });

  it('has no break and no half character, whatever it was', () => {
    fc.assert(
      fc.property(unicode(), (text) => {
        const line = oneLine(text);
        expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(line.isWellFormed()).toBe(true);
        expect(oneLine(line)).toBe(line);
      }),
    );
  });
});

describe('a link', () => {
  it.each([
    ['https://wiki.example.com/db', 'https://wiki.example.com/db'],
    ['HTTP://wiki.example.com', 'http://wiki.example.com/'],
    ['https://wiki.example.com/a b"><script>', 'https://wiki.example.com/a%20b%22%3E%3Cscript%3E'],
    ['javascript:alert(1)', ''],
    [' https://wiki.example.com', ''],
    ['data:text/html,hello', ''],
    ['file:///etc/passwd', ''],
    ['https://', ''],
    ['call Bob', ''],
    [undefined, ''],
  ])('%j is shown as %j', (url, expected) => {
    expect(safeLink(url)).toBe(expected);
  });
});

describe('a text that is cut', () => {
  it.each([
    ['short enough', 12, 'short enough'],
    ['one too long', 11, 'one too lo…'],
    ['a\u{1f600}b', 3, 'a…'],
    ['\u{1f600}', 1, '…'],
    ['', 0, ''],
    ['nothing left', 0, ''],
  ])('%j in %i is %j', (text, most, expected) => {
    expect(cut(text, most)).toBe(expected);
  });

  it('is never longer than it may be, is a beginning, and halves no character', () => {
    fc.assert(
      fc.property(unicode(), fc.nat(40), (text, most) => {
        const short = cut(text, most);
        expect(short.length).toBeLessThanOrEqual(most);
        expect(text.startsWith(short.replace(/…$/, ''))).toBe(true);
        if (text.isWellFormed()) expect(short.isWellFormed()).toBe(true);
      }),
    );
  });
});
