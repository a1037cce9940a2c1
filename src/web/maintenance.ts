import { toRfc3339 } from '../core/clock.ts';
import { readJson, wrongBody } from './body.ts';
import { json, listByAge } from './listing.ts';
import { isUnavailable, problem, unavailable } from './problem.ts';
import { maintenanceSchema, parseBody } from './schema.ts';
import type { Site, WebContext } from './site.ts';
import { unknownTargets } from './unknown-targets.ts';
import type { PlannedMaintenance } from './view.ts';

const orAbsent = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

const maintenanceJson = (planned: PlannedMaintenance, nowMs: number) => ({
  id: planned.id,
  name: planned.name,
  targets: planned.targets,
  groups: orAbsent(planned.groups),
  matchers: orAbsent(planned.matchers),
  startsAt: toRfc3339(planned.startsAtMs),
  endsAt: toRfc3339(planned.endsAtMs),
  recurring: planned.recurring,
  status: { state: planned.endsAtMs <= nowMs ? 'expired' : planned.startsAtMs > nowMs ? 'pending' : 'active' },
});

/** What is under way and planned; of the config's recurring ones the present or next occurrence. */
export function listMaintenance(context: WebContext, { view, clock }: Site): Response {
  const nowMs = clock.now().wallMs;
  const ageOf = ({ startsAtMs, id }: PlannedMaintenance) => ({ atMs: startsAtMs, id });
  return listByAge(context, view.maintenance(), ageOf, (planned) => maintenanceJson(planned, nowMs));
}

/** Plans a maintenance, or begins one now. */
export async function planMaintenance(context: WebContext, site: Site, who: string): Promise<Response> {
  const body = await readJson(context);
  if (!body.ok) return body.answer;
  const parsed = parseBody(maintenanceSchema, body.json);
  if (!parsed.ok) return wrongBody(parsed.mistakes);
  const { startsAt, endsAt, ...rest } = parsed.value;
  const unknown = unknownTargets(site.view, rest.targets);
  if (unknown !== undefined) return wrongBody(unknown);
  const nowMs = site.clock.now().wallMs;
  const planned = await site.view.planMaintenance({ ...rest, startsAtMs: startsAt ?? nowMs, endsAtMs: endsAt });
  if (isUnavailable(planned)) return unavailable(planned);
  if ('wrong' in planned) return wrongBody([{ detail: planned.wrong }]);
  const { id, name } = planned;
  site.log.info({ by: who, maintenance: id, name, until: toRfc3339(planned.endsAtMs) }, 'a maintenance is planned');
  return json(maintenanceJson(planned, nowMs), 201);
}

/** Ends a maintenance that was set by hand. */
export async function cancelMaintenance(context: WebContext, { view, log }: Site, who: string): Promise<Response> {
  const id = context.req.param('id') ?? '';
  const outcome = await view.cancelMaintenance(id);
  if (isUnavailable(outcome)) return unavailable(outcome);
  if (outcome === 'unknown') return problem(404, { detail: `there is no maintenance "${id}"` });
  if (outcome === 'recurring')
    return problem(409, { detail: `the maintenance "${id}" comes from the config: change it there` });
  log.info({ by: who, maintenance: id }, 'a maintenance is ended');
  return new Response(null, { status: 204 });
}
