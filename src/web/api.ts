import type { Alert } from '../core/alert.ts';
import { nextReference, type Page, pageOf, pageRequest } from './paging.ts';
import { problem } from './problem.ts';
import { alertJson, targetJson } from './represent.ts';
import { compareText, type Site, shownAlerts, shownTarget, shownTargets, type WebContext } from './site.ts';

const json = (value: unknown, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(`${JSON.stringify(value)}\n`, { headers: { 'Content-Type': 'application/json', ...headers } });

const badParameter = (parameter: string, detail: string): Response =>
  problem(400, { detail: `the query parameter "${parameter}" is wrong: ${detail}`, errors: [{ detail, parameter }] });

function listed<T>(query: URLSearchParams, { rows, next }: Page<T>, toJson: (row: T) => unknown): Response {
  const reference = nextReference(query, next);
  return json(rows.map(toJson), reference === undefined ? {} : { Link: `<${reference}>; rel="next"` });
}

/** All targets by name. */
export function listTargets(context: WebContext, site: Site): Response {
  const query = new URL(context.req.url).searchParams;
  const wanted = pageRequest(query);
  if ('wrong' in wanted) return badParameter('limit', wanted.wrong);
  const sorted = shownTargets(site).toSorted((a, b) => compareText(a.name, b.name));
  const byName = {
    cursor: (row: { name: string }) => row.name,
    isAfter: (row: { name: string }, after: string) => row.name > after,
  };
  return listed(query, pageOf(sorted, wanted, byName), targetJson);
}

/** One target. */
export function oneTarget(context: WebContext, site: Site): Response {
  const name = context.req.param('name') ?? '';
  const target = shownTarget(site, name);
  return target === undefined
    ? problem(404, { detail: `there is no target named "${name}"` })
    : json(targetJson(target));
}

const CURSOR = /^(\d+)-([0-9a-f]+)$/;

/** Everything that is active, newest first. */
export function listAlerts(context: WebContext, site: Site): Response {
  const query = new URL(context.req.url).searchParams;
  const wanted = pageRequest(query);
  if ('wrong' in wanted) return badParameter('limit', wanted.wrong);
  if (wanted.after !== undefined && !CURSOR.test(wanted.after))
    return badParameter('after', 'expected a cursor as the Link header of the page before gives it');
  const byAge = {
    cursor: (row: Alert) => `${row.startsAtMs}-${row.fingerprint}`,
    isAfter(row: Alert, after: string) {
      const [, startsAt = '', fingerprint = ''] = CURSOR.exec(after) ?? [];
      return row.startsAtMs === Number(startsAt) ? row.fingerprint > fingerprint : row.startsAtMs < Number(startsAt);
    },
  };
  return listed(query, pageOf(shownAlerts(site), wanted, byAge), alertJson);
}

/** Whether the process is alive. */
export const healthy = (): Response => new Response('Outrider is healthy.\n');

/** Whether the daemon does its work; how its targets are is not part of it. */
export function ready(_context: WebContext, { view }: Site): Response {
  const { ready, checked, targets } = view.readiness();
  return new Response(`${JSON.stringify({ ready, checked, targets })}\n`, {
    status: ready ? 200 : 503,
    headers: { 'Content-Type': 'application/json' },
  });
}

/** Reads the config again; a bad one changes nothing. */
export async function reload(_context: WebContext, { view }: Site): Promise<Response> {
  const outcome = await view.reload();
  if (outcome.ok) return json({ reloaded: true });
  return problem(500, {
    detail: 'the config was not reloaded: it has mistakes, and the one before stays in force',
    errors: outcome.problems.map((detail) => ({ detail })),
  });
}
