import { bearer, siteOf, targetView, viewOf, withTokens } from '../support/site.ts';

type Given = NonNullable<Parameters<typeof viewOf>[0]>;

/** A site with two targets whose token `write` may write. */
export const open = (given: Given = {}) =>
  siteOf(viewOf({ targets: [targetView({ name: 'api' }), targetView({ name: 'database' })], ...given }), {
    auth: withTokens('public', 'write'),
  });

/** Sends a body as JSON with that token. */
export const post = (site: ReturnType<typeof siteOf>, path: string, body: unknown) =>
  site.hono.request(path, {
    method: 'POST',
    headers: { ...bearer('write'), 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

/** A site, and what a stage was asked for through its view. */
export const asked = <K extends 'silence' | 'planMaintenance' | 'deploy' | 'receive'>(name: K) => {
  const calls: unknown[] = [];
  const method = viewOf()[name] as (wanted: unknown) => unknown;
  const given = {
    [name]: (wanted: unknown) => {
      calls.push(wanted);
      return method(wanted);
    },
  };
  return { calls, site: open(given as Given) };
};
