import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal, fieldsLike, parseInfo, parsePairs } from '../../../src/probe/redis/info.ts';

const field = fc.stringMatching(/^[a-z][a-z0-9_|.]{0,20}$/);
const value = fc.stringMatching(/^[^\r\n]{0,40}$/);

describe('parseInfo', () => {
  it('gives back every field that was written, in sections and with CR LF as Redis sends it', () => {
    fc.assert(
      fc.property(fc.dictionary(field, value), fc.constantFrom('\r\n', '\n'), (fields, newline) => {
        const lines = Object.entries(fields).flatMap(([name, text]) => ['# Section', `${name}:${text}`, '']);
        expect(Object.fromEntries(parseInfo(lines.join(newline)))).toEqual({ ...fields });
      }),
    );
  });

  it('takes any text without throwing, and every field it finds is in the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        for (const [name, found] of parseInfo(text)) expect(text).toContain(`${name}:${found}`);
      }),
    );
  });

  it('keeps colons in values and the first of two fields of one name', () => {
    expect([...parseInfo('os:Linux: 6\r\nslave0:ip=::1,port=1\r\nos:other\r\n')]).toEqual([
      ['os', 'Linux: 6'],
      ['slave0', 'ip=::1,port=1'],
    ]);
  });

  it.each(['', '# Server', ':value', 'no colon here'])('finds nothing in %j', (text) => {
    expect(parseInfo(text).size).toBe(0);
  });
});

describe('parsePairs', () => {
  it('gives back what was written', () => {
    const text = fc.stringMatching(/^[^,=\r\n]{0,10}$/);
    fc.assert(
      fc.property(fc.dictionary(field, text), (pairs) => {
        const line = Object.entries(pairs).map(([name, each]) => `${name}=${each}`);
        expect(Object.fromEntries(parsePairs(line.join(',')))).toEqual({ ...pairs });
      }),
    );
  });
});

describe('decimal', () => {
  it('reads every finite number', () => {
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (n) => decimal(String(n)) === n));
  });

  it.each([undefined, '', ' ', 'nan', '-nan', 'inf', '1.2.3', '0x10', '12M', '5%'])('reads %j as nothing', (text) => {
    expect(decimal(text)).toBeUndefined();
  });
});

describe('fieldsLike', () => {
  it('yields what the pattern caught, with the pairs of the field', () => {
    const info = parseInfo('cmdstat_config|set:calls=2,usec=14\ncmdstat_get:calls=1\nother:1');
    const found = Array.from(fieldsLike(info, /^cmdstat_(.+)$/), ({ key, pairs }) => [key, pairs.get('calls')]);
    expect(found).toEqual([
      ['config|set', '2'],
      ['get', '1'],
    ]);
  });
});
