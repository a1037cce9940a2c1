import type { Deployment } from '../core/change.ts';
import { toRfc3339 } from '../core/clock.ts';
import { formatDuration } from '../core/duration.ts';
import { readJson, wrongBody } from './body.ts';
import { json, listByAge } from './listing.ts';
import { isUnavailable, unavailable } from './problem.ts';
import { deploymentSchema, parseBody } from './schema.ts';
import type { Site, WebContext } from './site.ts';
import { unknownTargets } from './unknown-targets.ts';

/** Clocks of two machines differ by so much without anybody being wrong. */
const MOST_AHEAD_MS = 300_000;

const deploymentJson = (deployment: Deployment) => ({
  id: deployment.id,
  service: deployment.service,
  version: deployment.version,
  at: toRfc3339(deployment.atMs),
  by: deployment.by,
  url: deployment.url,
  targets: deployment.targets,
  grace: deployment.graceMs > 0 ? formatDuration(deployment.graceMs) : undefined,
});

/** The deployments that were marked. */
export const listDeployments = (context: WebContext, { view }: Site): Response =>
  listByAge(context, view.deployments(), ({ atMs, id }) => ({ atMs, id }), deploymentJson);

/** Marks a deployment. */
export async function markDeployment(context: WebContext, site: Site, who: string): Promise<Response> {
  const body = await readJson(context);
  if (!body.ok) return body.answer;
  const parsed = parseBody(deploymentSchema, body.json);
  if (!parsed.ok) return wrongBody(parsed.mistakes);
  const { service, version, at, by, url, targets, grace } = parsed.value;
  const unknown = unknownTargets(site.view, targets ?? []);
  if (unknown !== undefined) return wrongBody(unknown);
  const nowMs = site.clock.now().wallMs;
  if (at !== undefined && at > nowMs + MOST_AHEAD_MS)
    return wrongBody([{ detail: 'lies in the future: mark what has happened', pointer: '#/at' }]);
  const deployment = await site.view.deploy({
    ...{ service, version, url, targets },
    atMs: at ?? nowMs,
    by: by ?? who,
    graceMs: grace ?? 0,
  });
  if (isUnavailable(deployment)) return unavailable(deployment);
  site.log.info({ by: who, deployment: deployment.id, version, service }, 'a deployment is marked');
  return json(deploymentJson(deployment), 201);
}
