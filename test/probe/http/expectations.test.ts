import { describe, expect, test } from 'vitest';
import { failureOf, lookOnce, sampleOf } from '../../support/http-prober.ts';
import { startHttpServer } from '../../support/http-server.ts';

type Keys = Parameters<typeof lookOnce>[0];

/** What a service with this answer comes to. */
async function ask(answer: { status?: number; headers?: Record<string, string>; body?: unknown }, keys: Partial<Keys>) {
  const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? '');
  await using server = await startHttpServer((_, response) =>
    response.writeHead(answer.status ?? 200, answer.headers).end(body),
  );
  return await lookOnce({ url: server.url, ...keys });
}

describe('the expected status', () => {
  test.each([
    [200, undefined],
    [299, undefined],
    [503, 503],
    [204, '2xx'],
    [301, [200, 301]],
    [250, '200-299'],
    [404, ['2xx', '400-410']],
  ])('%i is as expected by %j', async (status, expected) => {
    const keys = { redirects: 'none' as const, ...(expected === undefined ? {} : { expect: { status: expected } }) };
    expect(failureOf(await ask({ status }, keys))).toBe('up');
  });

  test.each([
    [503, undefined, 'assertion: expected status 2xx, got 503'],
    [201, 200, 'assertion: expected status 200, got 201'],
    [300, '200-299', 'assertion: expected status 2xx, got 300'],
    [500, [200, '401-403', '3xx'], 'assertion: expected status 200, 401-403, 3xx, got 500'],
    [401, undefined, 'auth: expected status 2xx, got 401'],
    [403, undefined, 'auth: expected status 2xx, got 403'],
  ])('%i is not by %j', async (status, expected, failure) => {
    const keys = expected === undefined ? {} : { expect: { status: expected } };
    expect(failureOf(await ask({ status }, keys))).toBe(failure);
  });
});

describe('the expected headers', () => {
  const headers = { 'Content-Type': 'application/json; charset=utf-8', 'X-Cache': 'HIT' };

  test('are met by what they contain, or by a regular expression', async () => {
    const expected = { 'content-type': 'application/json', 'X-Cache': '/^(hit|miss)$/i' };
    expect(failureOf(await ask({ headers }, { expect: { headers: expected } }))).toBe('up');
  });

  test.each([
    [
      { 'content-type': 'html' },
      'expected header content-type to contain "html", got "application/json; charset=utf-8"',
    ],
    [{ 'X-Cache': '/^miss$/' }, 'expected header X-Cache to match /^miss$/, got "HIT"'],
    [{ 'X-Gone': 'a' }, 'expected header X-Gone to contain "a", got none'],
  ])('are named when they are not met: %j', async (expected, message) => {
    expect(failureOf(await ask({ headers }, { expect: { headers: expected } }))).toBe(`assertion: ${message}`);
  });

  test('never show a secret', async () => {
    const failure = failureOf(
      await ask({ headers: { 'Set-Cookie': 'id=s3cret' } }, { expect: { headers: { 'Set-Cookie': 'other' } } }),
    );
    expect(failure).toBe('assertion: expected header Set-Cookie to contain "other", got <secret>');
  });
});

describe('the expected body', () => {
  test.each([['UP'], ['/status: (up|ok)/i'], ['/^all\n/m'], ['grüße']])('%j is found', async (expected) => {
    expect(failureOf(await ask({ body: 'Status: UP\nall\ngrüße' }, { expect: { body: expected } }))).toBe('up');
  });

  test('is named with an excerpt of what came', async () => {
    const seen = await ask({ body: '<html>\n  <h1>Down</h1>\n</html>' }, { expect: { body: 'UP' } });
    expect(failureOf(seen)).toBe('assertion: expected body to contain "UP", got "<html> <h1>Down</h1> </html>"');
    expect(sampleOf(seen.series, 'probe_failed_due_to_regex')).toBe(0);
    expect(seen.evidence?.['body']).toBe('"<html> <h1>Down</h1> </html>"');
  });

  test('says where it was a regular expression', async () => {
    const seen = await ask({ body: 'DOWN' }, { expect: { body: '/UP|OK/' } });
    expect(failureOf(seen)).toBe('assertion: expected body to match /UP|OK/, got "DOWN"');
    expect(sampleOf(seen.series, 'probe_failed_due_to_regex')).toBe(1);
  });

  test('is matched in linear time, whatever the pattern', async () => {
    const startedMs = performance.now();
    await ask({ body: `${'a'.repeat(200_000)}b` }, { expect: { body: '/^(a+)+$/' } });
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });

  test('keeps secrets out of its excerpt', async () => {
    const body = { error: 'no', password: 'hunter2hunter2', db: 'postgres://u:pw@db/x' };
    const seen = await ask({ status: 500, body }, { expect: { body: 'UP' } });
    expect(JSON.stringify(seen)).not.toContain('hunter2');
    expect(JSON.stringify(seen)).not.toContain('u:pw');
  });
});

describe('expected JSON', () => {
  const body = {
    status: 'degraded',
    ok: false,
    pool: { used: 0.93, text: '0.42', percent: '93%' },
    version: null,
    tags: ['a', 'b'],
    nodes: [{ up: true }, { up: false }],
    api_token: 'abc',
  };

  test.each([
    [{ '$.status': 'degraded' }],
    [{ '$.ok': false, '$.version': null }],
    [{ '$.tags': ['a', 'b'] }],
    [{ '$.pool.used': '> 90%', '$.pool.text': '< 50%', '$.pool.percent': '>= 93%' }],
    [{ '$.pool.used': '!= 1' }],
    [{ '$.version': 'present', '$.nodes[1]': 'present' }],
    [{ '$.nodes[-1].up': false }],
    [{ '$.nodes[?@.up == false]': 'present' }],
    [{ '$.nodes[*].up': 'present' }],
  ])('is as expected: %j', async (json) => {
    expect(failureOf(await ask({ body }, { expect: { json } }))).toBe('up');
  });

  test.each([
    [{ '$.status': 'healthy' }, 'expected $.status to be "healthy", got "degraded"'],
    [{ '$.pool.used': '< 80%' }, 'expected $.pool.used to be < 80%, got 0.93'],
    [{ '$.status': '< 80%' }, 'expected $.status to be < 80%, got "degraded"'],
    [{ '$.ok': true }, 'expected $.ok to be true, got false'],
    [{ '$.gone': 'present' }, 'expected $.gone to be present, but it is not there'],
    [{ '$.version.minor': 1 }, 'expected $.version.minor to be 1, but it is not there'],
    [{ '$.nodes[*].up': true }, 'expected $.nodes[*].up to be true, got false'],
    [{ '$.tags': ['b', 'a'] }, 'expected $.tags to be ["b","a"], got "["a","b"]"'],
    [{ '$.api_token': 'x' }, 'expected $.api_token to be "x", got <secret>'],
    [{ '$.constructor': 'present' }, 'expected $.constructor to be present, but it is not there'],
  ])('is named when it is not: %j', async (json, message) => {
    expect(failureOf(await ask({ body }, { expect: { json } }))).toBe(`assertion: ${message}`);
  });

  test('is named once where the body is none', async () => {
    const failure = failureOf(await ask({ body: '<html>' }, { expect: { json: { '$.a': 1, '$.b': 2 } } }));
    expect(failure).toBe('assertion: expected JSON, got "<html>"');
  });
});

test('everything that is not as expected is named', async () => {
  const seen = await ask(
    { status: 503, body: { status: 'down' } },
    { expect: { status: 200, headers: { 'x-a': 'b' }, body: 'UP', json: { '$.status': 'up', '$.n': 'present' } } },
  );
  expect(failureOf(seen)).toBe(
    [
      'assertion: expected status 200, got 503',
      'expected header x-a to contain "b", got none',
      'expected body to contain "UP", got "{"status":"down"}"',
      'expected $.status to be "up", got "down"',
      'expected $.n to be present, but it is not there',
    ].join('; '),
  );
});

describe('measures of one’s own', () => {
  const body = { pool: { used: 42, ratio: 0.42 }, ready: true, name: 'x', took_ms: 250 };

  test('come from JSON, a regular expression or a header, in their base unit', async () => {
    const seen = await ask(
      { headers: { 'X-Queue': '17' }, body },
      {
        measure: {
          used: { json: '$.pool.used', unit: '%' },
          ratio: { json: '$.pool.ratio', unit: 'ratio' },
          ready: { json: '$.ready' },
          took: { regex: '"took_ms":(\\d+)', unit: 'ms' },
          whole: { regex: '/0\\.\\d+/' },
          queue: { header: 'x-queue' },
        },
      },
    );
    const own = Object.fromEntries(seen.measures.map(({ name, value }) => [name, value]));
    expect(own).toMatchObject({ used: 0.42, ratio: 0.42, ready: 1, took: 0.25, whole: 0.42, queue: 17 });
    expect(seen.gaps).toBeUndefined();
  });

  test('are gaps, with the reason, where there is no number', async () => {
    const seen = await ask(
      { headers: { 'X-Word': 'many' }, body },
      {
        measure: {
          gone: { json: '$.pool.gone' },
          word: { json: '$.name' },
          never: { regex: '/never (\\d+)/' },
          missing: { header: 'X-Missing' },
          text: { header: 'X-Word' },
        },
      },
    );
    expect(seen).toMatchObject({
      outcome: 'up',
      gaps: [
        { measures: ['gone'], why: '$.pool.gone is not in the body' },
        { measures: ['word'], why: '$.name is not a number' },
        { measures: ['never'], why: '/never (\\d+)/ is not in the body' },
        { measures: ['missing'], why: 'there is no header X-Missing' },
        { measures: ['text'], why: 'the header X-Word is not a number' },
      ],
    });
  });

  test('say so where the body is no JSON, or too long', async () => {
    const measure = { used: { json: '$.used' } };
    expect(await ask({ body: 'UP' }, { measure })).toMatchObject({ gaps: [{ why: 'the body is not JSON' }] });
    const long = await ask({ body: { used: 1, padding: 'x'.repeat(2000) } }, { measure, max_body: '1kB' });
    expect(long).toMatchObject({ outcome: 'up', gaps: [{ why: 'the body is too long' }] });
  });

  test('are read from a bad answer too', async () => {
    const seen = await ask({ status: 503, body }, { measure: { used: { json: '$.pool.used' } } });
    expect(seen.outcome).toBe('down');
    expect(sampleOf(seen.measures, 'used')).toBe(42);
  });
});
