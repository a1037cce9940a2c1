import { type Mistakes, readJson, wrongBody } from './body.ts';
import type { Mistake } from './problem.ts';
import { alertsSchema, parseBody } from './schema.ts';
import type { Site, WebContext } from './site.ts';

/**
 * Prometheus sends up to 256 alerts at once, each with its labels and annotations: 16 KiB for each are plenty, and
 * reading so much takes the event loop a few hundredths of a second.
 */
export const MOST_ALERTS_BYTES = 4 * 1024 ** 2;

/** Takes alerts as Alertmanager does, but all or none: whose batch has a mistake hears of it and loses nothing unseen. */
export async function receiveAlerts(context: WebContext, site: Site, who: string): Promise<Response> {
  const body = await readJson(context, MOST_ALERTS_BYTES);
  if (!body.ok) return body.answer;
  const parsed = parseBody(alertsSchema, body.json);
  if (!parsed.ok) return wrongBody(named(parsed.mistakes, body.json), 'nothing of this batch was taken: ');
  const nowMs = site.clock.now().wallMs;
  site.view.receive(
    parsed.value.map(({ labels, annotations = {}, startsAt, endsAt, generatorURL }) => ({
      labels,
      annotations,
      startsAtMs: startsAt ?? Math.min(nowMs, endsAt ?? nowMs),
      endsAtMs: endsAt,
      generatorUrl: generatorURL === '' ? undefined : generatorURL,
    })),
  );
  // Each alert comes again every minute: at info that would be all there is to read.
  site.log.debug({ by: who, alerts: parsed.value.length }, 'alerts are received');
  return new Response(null, { status: 200 });
}

/** The mistakes with the alertnames of the alerts that have them. */
function named([first, ...rest]: Mistakes, batch: unknown): Mistakes {
  const withName = (mistake: Mistake): Mistake => {
    const index = /^#\/(\d+)/.exec(mistake.pointer ?? '')?.[1] ?? '';
    const name = property(property(property(batch, index), 'labels'), 'alertname');
    return typeof name === 'string' && name !== ''
      ? { ...mistake, detail: `${mistake.detail} (${name.slice(0, 200)})` }
      : mistake;
  };
  return [withName(first), ...rest.map(withName)];
}

const property = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
