import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from '../src/core/log.ts';
import { scrubber } from '../src/core/secret.ts';
import { openLog } from '../src/log.ts';

/** A log whose lines are kept. */
function aLog(format: LogFormat, level: LogLevel = 'debug') {
  const lines: string[] = [];
  return { lines, ...openLog({ level, format, write: (line) => lines.push(line) }) };
}

/** The one line that saying this makes. */
function lineOf(format: LogFormat, fields: Readonly<Record<string, unknown>>, secrets: readonly string[] = []): string {
  const log = aLog(format);
  log.useScrub(scrubber(secrets));
  log.warn(fields, 'target is down');
  expect(log.lines).toHaveLength(1);
  return log.lines[0] ?? '';
}

describe('json', () => {
  it('is an object a line: level, time, fields and the message', () => {
    const line = JSON.parse(lineOf('json', { target: 'api', attempts: 2 }));
    expect(line).toEqual({
      level: 'warn',
      time: expect.any(String),
      target: 'api',
      attempts: 2,
      msg: 'target is down',
    });
    expect(new Date(line.time).toISOString()).toBe(line.time);
  });
});

describe('logfmt', () => {
  it('is pairs in Prometheus’ order, quoted where they must be', () => {
    const line = lineOf('logfmt', { target: 'api', why: 'expected status 200, got 503', empty: '', equal: 'a=b' });
    expect(line).toMatch(/^time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=warn msg="target is down" target=api /);
    expect(line).toMatch(/ why="expected status 200, got 503" empty="" equal="a=b"\n$/);
  });

  it('has objects and lists as JSON', () => {
    expect(lineOf('logfmt', { alert: { name: 'HttpDown' }, urls: ['a', 'b'] })).toContain(
      String.raw`alert="{\"name\":\"HttpDown\"}" urls="[\"a\",\"b\"]"`,
    );
  });
});

describe('pretty', () => {
  const zone = process.env['TZ'];
  beforeEach(() => {
    process.env['TZ'] = 'Asia/Tokyo';
  });
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  it('is a time of the person’s own clock, the level, the message and the fields', () => {
    const tokyo = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit' });
    const before = tokyo.format();
    const line = lineOf('pretty', { target: 'api', why: 'no answer within 5s' });
    expect(line).toMatch(/^\d\d:\d\d:\d\d WARN {2}target is down {2}target=api why="no answer within 5s"\n$/);
    expect([before, tokyo.format()]).toContain(line.slice(0, 5));
  });

  it('ends with the message where there are no fields', () => {
    expect(lineOf('pretty', {})).toMatch(/WARN {2}target is down\n$/);
  });
});

describe.each(LOG_FORMATS)('in %s', (format) => {
  it.each(LOG_LEVELS)('nothing below the level %s is written', (level) => {
    const log = aLog(format, level);
    for (const each of LOG_LEVELS) log[each]({}, each);
    expect(log.lines).toHaveLength(LOG_LEVELS.length - LOG_LEVELS.indexOf(level));
  });

  it('an error is told with its stack and its cause', () => {
    const line = lineOf(format, { err: new Error('no answer', { cause: new Error('socket closed') }) });
    expect(line).toContain('no answer');
    expect(line).toContain('socket closed');
    expect(line).toContain('log.test.ts');
  });

  it('whatever is said stays on one line, and moves no cursor', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = lineOf(format, {
          said: `a${text}\r\n\u001b[2J\u009b31m\u2028`,
          deep: { said: `${text}\n\u001b` },
        });
        expect(line.match(/[\p{Cc}\u2028\u2029]/gu)).toEqual(['\n']);
        expect(line.endsWith('\n')).toBe(true);
      }),
    );
  });

  it('no secret is written, however it is said', () => {
    const secret = fc.string({ minLength: 6, maxLength: 30 }).filter((text) => new Set(text).size > 4);
    fc.assert(
      fc.property(secret, (text) => {
        const err = Object.assign(new Error(`login with ${text} failed`), { detail: { password: text } });
        const fields = { plain: text, deep: { a: [text, { b: `x${text}y` }] }, json: JSON.stringify({ a: text }), err };
        const line = lineOf(format, fields, [text]);
        let rest = line;
        // As written, and as whoever reads the line takes it apart, layer by layer.
        for (let layer = 0; layer < 4; layer++) {
          expect(rest.includes(text)).toBe(false);
          rest = rest.replace(/\\(["\\])/g, '$1');
        }
      }),
    );
  });

  it('a reload replaces the secrets', () => {
    const log = aLog(format);
    log.useScrub(scrubber(['first-secret']));
    log.info({ a: 'first-secret', b: 'second-secret' }, 'one');
    log.useScrub(scrubber(['second-secret']));
    log.info({ a: 'first-secret', b: 'second-secret' }, 'two');
    expect(log.lines[0]).not.toContain('first-secret');
    expect(log.lines[0]).toContain('second-secret');
    expect(log.lines[1]).toContain('first-secret');
    expect(log.lines[1]).not.toContain('second-secret');
  });

  it('what cannot be written as JSON throws nothing', () => {
    const round: Record<string, unknown> = { big: 10n, nothing: undefined, none: null, method: () => {} };
    round['self'] = round;
    expect(lineOf(format, { round, none: null, symbol: Symbol('x') })).toContain('target is down');
  });
});
