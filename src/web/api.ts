import { summaryJson } from './history.ts';
import { json, listByName } from './listing.ts';
import { problem } from './problem.ts';
import { targetJson } from './represent.ts';
import { type Site, shownTarget, shownTargets, type WebContext } from './site.ts';

/** All targets by name. */
export const listTargets = (context: WebContext, site: Site): Promise<Response> =>
  listByName(context, shownTargets(site), async (targets) => {
    const summaries = await site.view.summaries(targets.map(({ name }) => name));
    return (target) => ({ ...targetJson(target), ...summaryJson(summaries.get(target.name)) });
  });

/** One target. */
export async function oneTarget(context: WebContext, site: Site): Promise<Response> {
  const name = context.req.param('name') ?? '';
  const target = shownTarget(site, name);
  if (target === undefined) return problem(404, { detail: `there is no target named "${name}"` });
  const summaries = await site.view.summaries([name]);
  return json({ ...targetJson(target), ...summaryJson(summaries.get(name)) });
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
