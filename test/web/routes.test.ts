import { describe, expect, it } from 'vitest';
import { SCOPES, type Scope } from '../../src/core/scope.ts';
import { routes } from '../../src/web/routes.ts';
import { alertView, bearer, siteOf, targetView, viewOf, withTokens } from '../support/site.ts';

const api = targetView({ name: 'api', alerts: [alertView({ target: 'api', fingerprint: 'aa' })] });
const view = viewOf({ targets: [api] });

const SOON = '2026-03-01T14:00:00Z';
/** What each route that reads a body is sent. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /api/v1/silences': { matchers: [{ name: 'team', value: 'core' }], endsAt: SOON },
  'POST /api/v1/maintenance': { name: 'upgrade', targets: ['api'], endsAt: SOON },
  'POST /api/v1/deployments': { version: '1.4.2' },
  'POST /api/v2/alerts': [{ labels: { alertname: 'DiskFull' } }],
};

interface Call {
  readonly method: string;
  readonly path: string;
  readonly scope: 'open' | Scope;
  readonly body: unknown;
  readonly good: number;
}

const calls: readonly Call[] = routes.flatMap((route) =>
  route.methods.map((method) => {
    const path = route.path.replace(':name', 'api').replace(':fingerprint', 'aa').replace(':id', '1');
    const good = method === 'DELETE' ? 204 : /^POST \/api\/v1\//.test(`${method} ${path}`) ? 201 : 200;
    return { method, path, scope: route.scope, body: BODIES[`${method} ${route.path}`], good };
  }),
);

const send = (hono: ReturnType<typeof siteOf>['hono'], call: Call, headers: Record<string, string>) =>
  hono.request(call.path, {
    method: call.method,
    headers: call.body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });

describe('the route table', () => {
  it('is all that is served', () => {
    const served = siteOf().hono.routes.map(({ method, path }) => `${method} ${path}`);
    const declared = routes.flatMap(({ methods, path }) => methods.map((method) => `${method} ${path}`));
    expect(served.toSorted()).toEqual(declared.toSorted());
    expect(new Set(declared).size).toBe(declared.length);
  });

  it('declares a known scope for every route', () => {
    for (const { path, scope } of routes) expect(['open', ...SCOPES], path).toContain(scope);
  });

  it('changes nothing on GET and asks at least write for anything else', () => {
    for (const { methods, path, scope } of routes) {
      if (methods.includes('GET')) expect(methods, path).toEqual(['GET']);
      else expect(['write', 'admin'], path).toContain(scope);
    }
  });
});

type Credential = 'none' | 'wrong' | Scope;
const credentials: readonly Credential[] = ['none', 'wrong', ...SCOPES];
const headersOf = (credential: Credential): Record<string, string> =>
  credential === 'none' ? {} : credential === 'wrong' ? { Authorization: 'Bearer otr_guess' } : bearer(credential);
const rank = (scope: Scope) => SCOPES.indexOf(scope);

/** The route's own answer or the refusal that the contract names, worked out independently of the code under test. */
function expected({ scope, good }: Call, credential: Credential, read: 'public' | 'token'): number {
  if (scope === 'open') return good;
  if (credential === 'wrong') return 401;
  const open = read === 'public' && rank(scope) <= rank('read');
  if (credential === 'none') return open ? good : 401;
  return open || rank(credential) >= rank(scope) ? good : 403;
}

describe.each(['public', 'token'] as const)('with tokens and read: %s', (read) => {
  const cases = calls.flatMap((call) => credentials.map((credential) => ({ ...call, credential })));
  it.each(cases)('$method $path with credential $credential', async ({ credential, ...call }) => {
    const { hono } = siteOf(view, { auth: withTokens(read, ...SCOPES) });
    const response = await send(hono, call, headersOf(credential));
    expect(response.status).toBe(expected(call, credential, read));
    expect(response.headers.has('WWW-Authenticate')).toBe(response.status === 401 || response.status === 403);
  });
});

describe('without any token', () => {
  it.each(calls.flatMap((call) => credentials.map((credential) => ({ ...call, credential }))))(
    '$method $path with credential $credential: reads pass, everything else is off',
    async ({ credential, ...call }) => {
      const response = await send(siteOf(view).hono, call, headersOf(credential));
      expect(response.status).toBe(call.scope === 'write' || call.scope === 'admin' ? 403 : call.good);
    },
  );

  it('does not call what a refused route would do', async () => {
    let reloads = 0;
    const view = viewOf({
      reload: async () => {
        reloads += 1;
        return { ok: true };
      },
    });
    await siteOf(view).hono.request('/-/reload', { method: 'POST' });
    expect(reloads).toBe(0);
  });
});

const writes = calls.filter(({ scope }) => scope === 'write' || scope === 'admin');
const withBody = writes.filter(({ body }) => body !== undefined);
const site = () => siteOf(view, { auth: withTokens('public', ...SCOPES) });

describe('a page of another site', () => {
  it.each(
    writes.flatMap((call) => [
      { ...call, headers: { Origin: 'https://evil.example' } },
      { ...call, headers: { Origin: 'null' } },
      { ...call, headers: { 'Sec-Fetch-Site': 'cross-site' } },
      { ...call, headers: { 'Sec-Fetch-Site': 'same-site', Origin: 'http://localhost' } },
    ]),
  )('may not $method $path, even with a token: $headers', async ({ headers, ...call }) => {
    expect((await send(site().hono, call, { ...bearer('admin'), ...headers } as Record<string, string>)).status).toBe(
      403,
    );
  });

  it.each(writes)('of our own may $method $path', async (call) => {
    const headers = { ...bearer('admin'), Origin: 'http://localhost', 'Sec-Fetch-Site': 'same-origin' };
    expect((await send(site().hono, call, headers)).status).toBe(call.good);
  });

  it('is our own also behind a proxy that has another name and speaks TLS', async () => {
    const externalUrl = 'https://ops.example.com/outrider';
    const { hono } = siteOf(view, { auth: withTokens('public', 'admin'), externalUrl });
    const [call] = withBody;
    if (call === undefined) throw new Error('no route takes a body');
    const asked = (Origin: string) => send(hono, call, { ...bearer('admin'), Origin });
    expect((await asked('https://ops.example.com')).status).toBe(201);
    expect((await asked('https://ops.example.com.evil.example')).status).toBe(403);
  });
});

describe('a body', () => {
  const sent = (call: Call, body: string | Uint8Array<ArrayBuffer>, type: string | undefined) =>
    site().hono.request(call.path, {
      method: call.method,
      body,
      headers: { ...bearer('admin'), ...(type === undefined ? {} : { 'Content-Type': type }) },
    });

  it.each(
    withBody.flatMap((call) =>
      [
        undefined,
        'text/plain',
        'application/x-www-form-urlencoded',
        'multipart/form-data; boundary=x',
        'text/json',
      ].map((type) => ({ ...call, type })),
    ),
  )('of $type is not taken by $method $path', async ({ type, ...call }) => {
    expect((await sent(call, JSON.stringify(call.body), type)).status).toBe(415);
  });

  it.each(withBody)('may name its charset: $method $path', async (call) => {
    expect((await sent(call, JSON.stringify(call.body), 'application/json; charset=utf-8')).status).toBe(call.good);
  });

  it.each(withBody.flatMap((call) => ['', '{', '{"a":1}}', "{'a':1}", 'hunter2'].map((text) => ({ ...call, text }))))(
    'that is no JSON is refused in a sentence that does not repeat it: $method $path $text',
    async ({ text, ...call }) => {
      const response = await sent(call, text, 'application/json');
      expect(await response.json()).toEqual({
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: 'the body is no JSON text in UTF-8',
      });
    },
  );

  it.each(withBody)('that is no UTF-8 is refused: $method $path', async (call) => {
    expect((await sent(call, new Uint8Array([34, 255, 34]), 'application/json')).status).toBe(400);
  });

  it.each(withBody)('that lies about its length is cut off: $method $path', async (call) => {
    const { maxBodyBytes = 256 * 1024 } =
      routes.find(({ path, methods }) => path === call.path && methods.includes('POST')) ?? {};
    const piece = new Uint8Array(64 * 1024).fill(32);
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += piece.length;
        controller.enqueue(piece);
      },
    });
    const request = new Request(`http://localhost${call.path}`, {
      method: call.method,
      body,
      headers: { ...bearer('admin'), 'Content-Type': 'application/json' },
      duplex: 'half',
    } as RequestInit);
    expect((await site().hono.request(request)).status).toBe(413);
    expect(pulled).toBeLessThan(maxBodyBytes + 4 * piece.length);
  });

  it.each(withBody)('whose length is said to be too large is not read: $method $path', async (call) => {
    const { hono } = site();
    const headers = { ...bearer('admin'), 'Content-Length': String(5 * 1024 ** 2) };
    expect((await send(hono, call, headers)).status).toBe(413);
  });
});
