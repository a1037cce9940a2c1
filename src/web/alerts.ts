import { json, listByAge } from './listing.ts';
import { problem } from './problem.ts';
import { alertJson, explanationJson } from './represent.ts';
import { type Site, shownAlerts, shownExplanation, type WebContext } from './site.ts';

/** Everything that is active, newest first. */
export const listAlerts = (context: WebContext, site: Site): Response =>
  listByAge(
    context,
    shownAlerts(site),
    ({ startsAtMs, fingerprint }) => ({ atMs: startsAtMs, id: fingerprint }),
    alertJson,
  );

/** One active alert, and why it is in its state. */
export function oneAlert(context: WebContext, site: Site): Response {
  const fingerprint = context.req.param('fingerprint') ?? '';
  const explanation = shownExplanation(site, fingerprint);
  return explanation === undefined ? noAlert(fingerprint) : json(explanationJson(explanation));
}

/** The answer where no alert of this fingerprint is active. */
export const noAlert = (fingerprint: string): Response =>
  problem(404, { detail: `no alert with the fingerprint "${fingerprint}" is active` });
