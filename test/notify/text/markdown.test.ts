import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cutMarkdown,
  escapeButLinks,
  escapeButQuietLinks,
  escapeMarkdown,
  markdownLink,
} from '../../../src/notify/text/markdown.ts';
import { anyText } from '../../support/any-message.ts';

/** What a reader of Markdown makes of its escapes. */
const unescaped = (text: string): string => text.replace(/\\([!-/:-@[-`{-~])/g, '$1');

describe('a text in Markdown', () => {
  it.each([
    ['*bold* and _it_', '\\*bold\\* and \\_it\\_'],
    ['[runbook](https://evil.example)', '\\[runbook\\](https:\\/\\/evil.example)'],
    ['<@123> <#4> <t:5>', '\\<@123\\> \\<#4\\> \\<t:5\\>'],
    ['`code` ~~gone~~ ||hidden||', '\\`code\\` \\~\\~gone\\~\\~ \\|\\|hidden\\|\\|'],
    ['# heading\n- item\n1. first\n> quote', '\\# heading\n\\- item\n1\\. first\n\\> quote'],
    ['  12) twelfth\n== under', '  12\\) twelfth\n\\== under'],
    ['{{DATE(2026-11-21T03:00:00Z)}}', '\\{\\{DATE(2026-11-21T03:00:00Z)\\}\\}'],
    ['&lt;b&gt;', '\\&lt;b\\&gt;'],
    ['a\\b', 'a\\\\b'],
    ['connection refused by 10.0.0.1:5432 - really #1', 'connection refused by 10.0.0.1:5432 - really #1'],
    ['nul\u0000 and \u202eturned', 'nul  and  turned'],
  ])('%j is written %j', (text, expected) => {
    expect(escapeMarkdown(text)).toBe(expected);
  });

  it('is read as what it was, whatever it was', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const seen = text
          .toWellFormed()
          .replace(/[[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]--[\n\t]]+/gv, ' ');
        expect(unescaped(escapeMarkdown(text))).toBe(seen);
      }),
    );
  });

  it('has no mark left that means something', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const rest = escapeMarkdown(text).replace(/\\[!-/:-@[-`{-~]/g, '');
        expect(rest).not.toMatch(/[\\`*_~|[\]<>{}&]|:\/\/|^[\t ]*(?:[#+=-]|\d+[.)])/m);
      }),
    );
  });
});

describe('a text in Markdown that is cut', () => {
  it.each([
    ['fits', 4, 'fits'],
    ['\\*\\*', 3, '\\*…'],
    ['a\\*b', 3, 'a…'],
    ['a\\\\b', 4, 'a\\\\b'],
    ['a\\\\bc', 4, 'a\\\\…'],
    ['\u{1f600}\u{1f600}', 3, '\u{1f600}…'],
    ['any', 0, ''],
  ])('%j in %i is %j', (text, most, expected) => {
    expect(cutMarkdown(text, most)).toBe(expected);
  });

  it('is never too long, and ends within no escape and no character', () => {
    fc.assert(
      fc.property(anyText, fc.nat(200), (text, most) => {
        const short = cutMarkdown(escapeMarkdown(text), most);
        expect(short.length).toBeLessThanOrEqual(most);
        expect(short.isWellFormed()).toBe(true);
        expect(/(?<!\\)(?:\\\\)*\\…$/.test(short)).toBe(false);
      }),
    );
  });
});

describe('a link in Markdown', () => {
  it.each([
    ['https://wiki.example.com/db', '[Runbook](https://wiki.example.com/db)'],
    ['https://wiki.example.com/a(b)c d', '[Runbook](https://wiki.example.com/a%28b%29c%20d)'],
    ['javascript:alert(1)', ''],
    ['', ''],
    [`https://wiki.example.com/${'x'.repeat(1000)}`, ''],
  ])('to %s is %j', (url, expected) => {
    expect(markdownLink('Runbook', url)).toBe(expected);
  });
});

describe('a value in a person’s Markdown', () => {
  it.each([
    ['https://wiki.example.com/a_b(c)', 'https://wiki.example.com/a_b%28c%29'],
    ['see https://evil.example', 'see https:\\/\\/evil.example'],
    ['*no link*', '\\*no link\\*'],
    ['javascript:alert(1)', 'javascript:alert(1)'],
  ])('%j is written %j: only what is a link is left to be one', (text, expected) => {
    expect(escapeButLinks(text)).toBe(expected);
  });

  it('that is a link shows nothing of what is behind it', () => {
    expect(escapeButQuietLinks('https://wiki.example.com/db')).toBe('<https://wiki.example.com/db>');
    expect(escapeButQuietLinks('<@1>')).toBe('\\<@1\\>');
  });
});
