import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHead } from '../../../src/probe/http/head.ts';

const latin1 = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)) });

const parse = (text: string) => {
  const parsed = parseHead(text);
  return parsed.ok ? { ...parsed.head, headers: Object.fromEntries(parsed.head.headers) } : parsed.problem;
};

describe('the head of an answer', () => {
  test('has a version, a status and headers with names in lower case', () => {
    expect(parse('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-A:  b \r\n')).toEqual({
      version: '1.1',
      status: 200,
      headers: { 'content-type': 'text/html', 'x-a': 'b' },
    });
  });

  test.each([
    ['without a reason', 'HTTP/1.1 503'],
    ['with an empty reason', 'HTTP/1.1 503 '],
    ['with lines that end in LF alone', 'HTTP/1.1 503 Busy\n'],
    ['of HTTP/1.0', 'HTTP/1.0 503 Busy'],
  ])('may be one %s', (_, text) => {
    expect(parse(text)).toMatchObject({ status: 503 });
  });

  test('joins what is repeated', () => {
    expect(parse('HTTP/1.1 200 OK\r\nVia: a\r\nvia: b')).toMatchObject({ headers: { via: 'a, b' } });
  });

  test('unfolds what is folded', () => {
    expect(parse('HTTP/1.1 200 OK\r\nX-A: one\r\n  two\r\n\tthree\r\nX-B: c')).toMatchObject({
      headers: { 'x-a': 'one two three', 'x-b': 'c' },
    });
  });

  test('keeps a value that has colons, and one that is empty', () => {
    expect(parse('HTTP/1.1 200 OK\r\nLocation: http://a:80/b\r\nX-Empty:')).toMatchObject({
      headers: { location: 'http://a:80/b', 'x-empty': '' },
    });
  });

  test.each([
    ['HTTP/2.0 200 OK', 'sent a status line that is not HTTP/1.1'],
    ['HTTP/1.1 20 OK', 'sent a status line that is not HTTP/1.1'],
    ['HTTP/1.1 2000 OK', 'sent a status line that is not HTTP/1.1'],
    ['HTTP/1.1 abc', 'sent a status line that is not HTTP/1.1'],
    ['HTTP/1.1 200 OK\r\n folded: x', 'sent a folded line before any header'],
    ['HTTP/1.1 200 OK\r\n: x', 'sent a header without a name'],
    ['HTTP/1.1 200 OK\r\nnothing', 'sent a header without a name'],
    ['HTTP/1.1 200 OK\r\nname : x', 'sent a header whose name ends in a space'],
  ])('is refused as %j', (text, problem) => {
    expect(parse(text)).toBe(problem);
  });

  test('is refused with more than a thousand headers', () => {
    const many = Array.from({ length: 1001 }, (_, i) => `X-${i}: a`).join('\r\n');
    expect(parse(`HTTP/1.1 200 OK\r\n${many}`)).toBe('sent more than 1000 headers');
  });

  test('never throws, whatever comes', () => {
    fc.assert(fc.property(latin1, (text) => parseHead(`HTTP/1.1 200 OK\r\n${text}`) !== undefined));
  });
});
