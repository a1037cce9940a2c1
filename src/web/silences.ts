import { toRfc3339 } from '../core/clock.ts';
import type { Silence } from '../core/silence.ts';
import { readJson, wrongBody } from './body.ts';
import { json, listByAge } from './listing.ts';
import { isUnavailable, problem, unavailable } from './problem.ts';
import { parseBody, silenceSchema } from './schema.ts';
import type { Site, WebContext } from './site.ts';

/** A silence in Alertmanager's shape. */
export const silenceJson = (silence: Silence, nowMs: number) => ({
  id: silence.id,
  matchers: silence.matchers,
  startsAt: toRfc3339(silence.startsAtMs),
  endsAt: toRfc3339(silence.endsAtMs),
  createdBy: silence.createdBy,
  comment: silence.comment,
  status: { state: stateOf(silence, nowMs) },
});

const stateOf = ({ startsAtMs, endsAtMs }: Silence, nowMs: number): 'expired' | 'pending' | 'active' =>
  endsAtMs <= nowMs ? 'expired' : startsAtMs > nowMs ? 'pending' : 'active';

/** All silences, expired ones for a while. */
export function listSilences(context: WebContext, { view, clock }: Site): Response {
  const nowMs = clock.now().wallMs;
  const ageOf = ({ startsAtMs, id }: Silence) => ({ atMs: startsAtMs, id });
  return listByAge(context, view.silences(), ageOf, (silence) => silenceJson(silence, nowMs));
}

/** Sets a silence, or changes the one whose id is given. */
export async function setSilence(context: WebContext, site: Site, who: string): Promise<Response> {
  const body = await readJson(context);
  if (!body.ok) return body.answer;
  const parsed = parseBody(silenceSchema, body.json);
  if (!parsed.ok) return wrongBody(parsed.mistakes);
  const { id, matchers, startsAt, endsAt, createdBy, comment } = parsed.value;
  const nowMs = site.clock.now().wallMs;
  const silence = await site.view.silence({
    ...(id === undefined || id === '' ? {} : { id }),
    matchers,
    startsAtMs: startsAt ?? nowMs,
    endsAtMs: endsAt,
    createdBy: createdBy ?? who,
    comment,
  });
  if (isUnavailable(silence)) return unavailable(silence);
  if ('wrong' in silence) return wrongBody([{ detail: silence.wrong }]);
  site.log.info({ by: who, silence: silence.id, until: toRfc3339(silence.endsAtMs) }, 'a silence is set');
  return json({ ...silenceJson(silence, nowMs), silenceID: silence.id }, 201);
}

/** Ends a silence now. */
export async function expireSilence(context: WebContext, { view, log }: Site, who: string): Promise<Response> {
  const id = context.req.param('id') ?? '';
  const ended = await view.expireSilence(id);
  if (isUnavailable(ended)) return unavailable(ended);
  if (!ended) return problem(404, { detail: `no silence "${id}" is set` });
  log.info({ by: who, silence: id }, 'a silence is ended');
  return new Response(null, { status: 204 });
}
