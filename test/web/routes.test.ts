import { describe, expect, it } from 'vitest';
import { SCOPES, type Scope } from '../../src/core/scope.ts';
import { routes } from '../../src/web/routes.ts';
import { bearer, siteOf, targetView, viewOf, withTokens } from '../support/site.ts';

const view = viewOf({ targets: [targetView({ name: 'api' })] });
const calls = routes.flatMap((route) =>
  route.methods.map((method) => ({ method, path: route.path.replace(':name', 'api'), scope: route.scope })),
);

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

/** 200 or the refusal that the contract names, worked out independently of the code under test. */
function expected(scope: 'open' | Scope, credential: Credential, read: 'public' | 'token'): number {
  if (scope === 'open') return 200;
  if (credential === 'wrong') return 401;
  const open = read === 'public' && rank(scope) <= rank('read');
  if (credential === 'none') return open ? 200 : 401;
  return open || rank(credential) >= rank(scope) ? 200 : 403;
}

describe.each(['public', 'token'] as const)('with tokens and read: %s', (read) => {
  const cases = calls.flatMap((call) => credentials.map((credential) => ({ ...call, credential })));
  it.each(cases)('$method $path with credential $credential', async ({ method, path, scope, credential }) => {
    const { hono } = siteOf(view, { auth: withTokens(read, ...SCOPES) });
    const response = await hono.request(path, { method, headers: headersOf(credential) });
    expect(response.status).toBe(expected(scope, credential, read));
    expect(response.headers.has('WWW-Authenticate')).toBe(response.status === 401 || response.status === 403);
  });
});

describe('without any token', () => {
  it.each(calls.flatMap((call) => credentials.map((credential) => ({ ...call, credential }))))(
    '$method $path with credential $credential: reads pass, everything else is off',
    async ({ method, path, scope, credential }) => {
      const { hono } = siteOf(view);
      const response = await hono.request(path, { method, headers: headersOf(credential) });
      expect(response.status).toBe(scope === 'write' || scope === 'admin' ? 403 : 200);
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
