import { Hono } from 'hono';
import { getPath } from 'hono/utils/url';
import type { Scope } from '../core/scope.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import { type Auth, type AuthSettings, bearerOf, createAuth } from './auth.ts';
import { MOST_BODY_BYTES, tooBig } from './body.ts';
import { crossSite } from './cross-site.ts';
import { harden } from './headers.ts';
import { problem } from './problem.ts';
import { type Route, routes } from './routes.ts';
import type { Connection, Site, WebContext } from './site.ts';

/** What may change with a reload. */
export interface WebSettings {
  readonly auth: AuthSettings;
  /** Where people reach it; a path in it may also stand before every route, for proxies that do not take it away. */
  readonly externalUrl: string | undefined;
}

export interface WebApp {
  readonly hono: Hono<{ Bindings: Connection }>;
  update(settings: WebSettings): void;
}

const LONGEST_URL = 4096;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** The routes behind their guards, without a port. `loopback` tells whether only this machine can reach it. */
export function createApp(parts: Omit<Site, 'showsDetails'>, settings: WebSettings, loopback: () => boolean): WebApp {
  const attempts = createAttempts();
  let auth = createAuth(settings.auth);
  let { externalUrl } = settings;
  let prefix = prefixOf(externalUrl);
  const site: Site = { ...parts, showsDetails: () => auth.configured || loopback() };
  const hono = new Hono<{ Bindings: Connection }>({ getPath: (request) => withoutPrefix(getPath(request), prefix) });

  const serve = async (route: Route, context: WebContext): Promise<Response> => {
    const refusal = tooMuch(context, route.maxBodyBytes) ?? crossSite(context, externalUrl);
    if (refusal !== undefined) return harden(refusal);
    const admitted = admit(route.scope, context, { auth, attempts, site });
    return harden(admitted instanceof Response ? admitted : await route.handle(context, site, admitted.who));
  };
  for (const route of routes) hono.on([...route.methods], route.path, (context) => serve(route, context));
  hono.notFound((context) => harden(tooMuch(context) ?? nothingHere(hono, context)));
  hono.onError((error, context) => {
    site.log.error({ err: error, method: context.req.method, path: context.req.path }, 'a request failed');
    return harden(problem(500, { detail: 'Outrider made a mistake while answering; its log says which' }));
  });
  return {
    hono,
    update(next) {
      auth = createAuth(next.auth);
      externalUrl = next.externalUrl;
      prefix = prefixOf(externalUrl);
    },
  };
}

const prefixOf = (externalUrl: string | undefined): string =>
  (externalUrl === undefined ? '' : (URL.parse(externalUrl)?.pathname ?? '')).replace(/\/+$/, '');

const withoutPrefix = (path: string, prefix: string): string =>
  prefix !== '' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : path;

/** The answer to a request that is larger than any honest one. */
function tooMuch(context: WebContext, maxBodyBytes = MOST_BODY_BYTES): Response | undefined {
  const url = context.env?.incoming?.url ?? context.req.url;
  if (url.length > LONGEST_URL) return problem(414, { detail: `a URL here has at most ${LONGEST_URL} characters` });
  return Number(context.req.header('content-length') ?? 0) > maxBodyBytes ? tooBig(maxBodyBytes) : undefined;
}

const ANYBODY = 'anybody';

interface Guard {
  readonly auth: Auth;
  readonly attempts: Attempts;
  readonly site: Site;
}

/** Who asks, for a request that may pass; else the answer. */
function admit(
  scope: Route['scope'],
  context: WebContext,
  { auth, attempts, site }: Guard,
): Response | { readonly who: string } {
  if (scope === 'open') return { who: ANYBODY };
  const bearer = bearerOf(context.req.header('authorization'));
  const address = context.env?.incoming?.socket.remoteAddress ?? '';
  const nowMs = site.clock.monoMs();
  const waitMs = bearer === undefined ? 0 : attempts.waitMs(address, nowMs);
  if (waitMs > 0)
    return problem(429, {
      detail: 'too many wrong tokens from this address',
      headers: { 'Retry-After': String(Math.ceil(waitMs / 1000)) },
    });
  const verdict = auth.check(scope, bearer);
  if (verdict.ok) return { who: verdict.name ?? ANYBODY };
  if (verdict.why === 'wrong') attempts.failed(address, nowMs);
  return refusal(scope, verdict.why);
}

function refusal(scope: Scope, why: 'off' | 'missing' | 'wrong' | 'insufficient'): Response {
  if (why === 'off') return problem(403, { detail: 'this is off: the config has no auth.tokens' });
  if (why === 'missing')
    return problem(401, {
      detail: `this needs a token with the scope ${scope}`,
      headers: { 'WWW-Authenticate': 'Bearer realm="outrider"' },
    });
  if (why === 'wrong')
    return problem(401, {
      detail: 'the token is wrong',
      headers: { 'WWW-Authenticate': 'Bearer realm="outrider", error="invalid_token"' },
    });
  return problem(403, {
    detail: `this needs the scope ${scope}, which the token does not have`,
    headers: { 'WWW-Authenticate': `Bearer realm="outrider", error="insufficient_scope", scope="${scope}"` },
  });
}

/** 405 where the path is served under another method, else 404. */
function nothingHere(hono: WebApp['hono'], context: WebContext): Response {
  const allowed = METHODS.filter((method) => {
    const [handlers] = hono.router.match(method === 'HEAD' ? 'GET' : method, context.req.path);
    return handlers.length > 0;
  });
  if (allowed.length === 0) return problem(404, { detail: `there is nothing at ${context.req.path}` });
  return problem(405, {
    detail: `${context.req.path} takes ${allowed.join(', ')}`,
    headers: { Allow: allowed.join(', ') },
  });
}
