import { describe, expect, test } from 'vitest';
import { http } from '../../../src/probe/http/type.ts';

const parse = (keys: object) => http.schema.safeParse({ type: 'http', url: 'https://api.example/health', ...keys });
const problemsOf = (keys: object) =>
  parse(keys).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('the keys of an http target', () => {
  test('need no more than a URL', () => {
    expect(parse({}).data).toMatchObject({ redirects: 5, reuse_connection: false });
  });

  test.each([
    [{ url: 'ftp://x' }, 'url: expected a URL such as http://host, got "ftp://…"'],
    [{ method: 'GET /' }, 'method: expected a method such as GET or POST'],
    [{ headers: { 'A B': 'c' } }, 'headers.A B: "A B" is not a name that a header can have'],
    [{ headers: { A: 'b\r\nC: d' } }, 'headers.A: the value of A has a character that a header cannot carry'],
    [{ headers: { 'Content-Length': '1' } }, 'headers.Content-Length: Content-Length is set by the connection itself'],
    [{ body: 'a', json: 1 }, 'json: expected one of body and json'],
    [{ auth: {} }, 'auth: expected one of basic and bearer'],
    [{ expect: { status: 'fine' } }, 'expect.status: expected a status such as 200, 2xx or 200-299, got "fine"'],
    [{ expect: { status: [200, 700] } }, 'expect.status: expected a status such as 200, 2xx or 200-299, got "700"'],
    [{ expect: { status: '299-200' } }, 'expect.status: expected a status such as 200, 2xx or 200-299, got "299-200"'],
    [
      { expect: { json: { '$.a': '< many' } } },
      'expect.json.$.a: expected a number after the comparison, such as "< 80%", got "< many"',
    ],
    [{ measure: { up: { json: '$.a' } } }, 'measure.up: the http type has a measure up already: choose another name'],
    [
      { measure: { Up: { json: '$.a' } } },
      'measure.Up: expected a name of lower-case letters, digits and _, beginning with a letter, got "Up"',
    ],
    [{ measure: { a: { json: '$.a', header: 'b' } } }, 'measure.a: expected exactly one of json, regex and header'],
    [{ redirects: 21 }, 'redirects: Too big: expected number to be <=20'],
  ])('%j is a mistake', (keys, problem) => {
    expect(problemsOf(keys)).toEqual([problem]);
  });

  test.each([
    [{ expect: { body: '/(?=a)/' } }, /^expect\.body: the regular expression does not parse: .*\(\?=/],
    [{ measure: { a: { regex: '(' } } }, /^measure\.a\.regex: the regular expression does not parse: /],
    [
      { expect: { json: { 'a.b': 1 } } },
      /^expect\.json\.a\.b: "a\.b" is not a JSONPath \(RFC 9535\) such as \$\.status: /,
    ],
    [
      { measure: { a: { json: "$[?match(@.a, '(a+)+')]" } } },
      /match\(\) and search\(\) are not supported: use a \/regex\/ on the body$/,
    ],
  ])('%j is a mistake, with what is wrong', (keys, problem) => {
    expect(problemsOf(keys)).toEqual([expect.stringMatching(problem)]);
  });

  test('hide what is secret, whatever prints them', () => {
    const settings = parse({
      url: 'https://u:hunter1@api.example/?key=hunter2',
      headers: { Authorization: 'hunter3', 'X-Api-Key': 'hunter4', Accept: 'text/html' },
      auth: { basic: { username: 'ann', password: 'hunter5' } },
    });
    expect(JSON.stringify(settings.data)).not.toContain('hunter');
    expect(JSON.stringify(settings.data)).toContain('text/html');
  });
});

describe('what the type declares', () => {
  const settings = (keys: object) => http.schema.parse({ type: 'http', url: 'https://api.example/', ...keys });

  test.each([
    ['https://api.example:8443/', 'api.example'],
    ['http://[::1]:80/', '::1'],
    ['http://10.0.0.1/', '10.0.0.1'],
  ])('%s asks %s', (url, host) => {
    expect(http.hosts(settings({ url }))).toEqual([host]);
  });

  test('measures of a config’s own have one metric, told apart by a label', () => {
    const own = http.ownMeasures?.(
      settings({ measure: { pool: { json: '$.a', unit: '%' }, took: { header: 'x', unit: 'ms' } } }),
    );
    expect(own).toMatchObject([
      { name: 'pool', unit: 'ratio', metric: { name: 'outrider_measure', labels: { measure: 'pool' } } },
      { name: 'took', unit: 'seconds', metric: { name: 'outrider_measure', labels: { measure: 'took' } } },
    ]);
  });

  test('no two measures or series have one name', () => {
    const names = [...http.measures, ...http.series].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
