import { json, listByName } from './listing.ts';
import { problem } from './problem.ts';
import { targetJson } from './represent.ts';
import { type Site, shownTarget, shownTargets, type WebContext } from './site.ts';

/** All targets by name. */
export const listTargets = (context: WebContext, site: Site): Response =>
  listByName(context, shownTargets(site), targetJson);

/** One target. */
export function oneTarget(context: WebContext, site: Site): Response {
  const name = context.req.param('name') ?? '';
  const target = shownTarget(site, name);
  return target === undefined
    ? problem(404, { detail: `there is no target named "${name}"` })
    : json(targetJson(target));
}

/** Whether the process is alive. */
export const healthy = (): Response => new Response('Outrider is healthy.\n');

/** Whether the daemon does its work; how its targets are is not part of it. */
export function ready(_context: WebContext, { view }: Site): Response {
  const { ready, checked, targets } = view.readiness();
  return json({ ready, checked, targets }, ready ? 200 : 503);
}

/** Reads the config again; a bad one changes nothing. */
export async function reload(_context: WebContext, { view, log }: Site, who: string): Promise<Response> {
  log.info({ by: who }, 'a reload is asked for');
  const outcome = await view.reload();
  if (outcome.ok) return json({ reloaded: true });
  return problem(500, {
    detail: 'the config was not reloaded: it has mistakes, and the one before stays in force',
    errors: outcome.problems.map((detail) => ({ detail })),
  });
}
