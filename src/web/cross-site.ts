import { problem } from './problem.ts';
import type { WebContext } from './site.ts';

/**
 * The answer to a write that a page of another site makes in somebody's browser; what is no browser says nothing of it and passes.
 * Source: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
export function crossSite(context: WebContext, externalUrl: string | undefined): Response | undefined {
  const { method } = context.req;
  if (method === 'GET' || method === 'HEAD') return undefined;
  const site = context.req.header('sec-fetch-site');
  const origin = context.req.header('origin');
  const own =
    (site ?? 'same-origin') === 'same-origin' && (origin === undefined || isOwn(context, origin, externalUrl));
  return own ? undefined : problem(403, { detail: 'a page of another site may change nothing here' });
}

/** Behind a proxy that speaks TLS the scheme differs, and the host may. */
function isOwn(context: WebContext, origin: string, externalUrl: string | undefined): boolean {
  const host = URL.parse(origin)?.host;
  if (host === undefined || host === '') return false;
  return host === URL.parse(context.req.url)?.host || host === URL.parse(externalUrl ?? '')?.host;
}
