import { toRfc3339 } from '../core/clock.ts';
import { formatDuration, parseDurationMs } from '../core/duration.ts';
import { DAY_MS, HEALTH, HOUR_MS, MINUTE_MS, OF_HEALTH, type Point, type Summary } from '../core/history.ts';
import { badParameter, json } from './listing.ts';
import { isUnavailable, problem, unavailable } from './problem.ts';
import type { Site, WebContext } from './site.ts';
import { parseRfc3339 } from './time.ts';
import type { HistoryAsk } from './view.ts';

/** More points than this of one series are not answered at once. */
const MOST_POINTS = 1500;

type Wrong = { readonly parameter: string; readonly detail: string };

/** What a measure of a target came to between two times, in spans of the same length. */
export async function targetHistory(context: WebContext, site: Site): Promise<Response> {
  const target = context.req.param('name') ?? '';
  if (site.view.target(target) === undefined) return problem(404, { detail: `there is no target named "${target}"` });
  const ask = askOf(target, new URL(context.req.url).searchParams, site.clock.now().wallMs);
  if ('detail' in ask) return badParameter(ask.parameter, ask.detail);
  const seen = await site.view.history(ask);
  if (isUnavailable(seen)) return unavailable(seen);
  if ('wrong' in seen) return badParameter('measure', seen.wrong);
  const { unit, stepMs, series, changes } = seen;
  const pointJson: (point: Point) => object = OF_HEALTH.has(ask.measure) ? resultsJson : valuesJson;
  return json({
    target,
    measure: OF_HEALTH.has(ask.measure) ? HEALTH : ask.measure,
    unit,
    from: toRfc3339(ask.fromMs),
    to: toRfc3339(ask.toMs),
    step: formatDuration(stepMs),
    series: series.map(({ labels, points }) => ({ labels, points: points.map(pointJson) })),
    changes: changes.map(({ atMs, alertname, from, to, message }) => ({
      ...{ at: toRfc3339(atMs), alertname, from, to },
      message: site.showsDetails() ? message : undefined,
    })),
  });
}

function askOf(target: string, query: URLSearchParams, nowMs: number): HistoryAsk | Wrong {
  const toMs = timeOf(query, 'to') ?? nowMs;
  const fromMs = timeOf(query, 'from') ?? toMs - DAY_MS;
  for (const [parameter, ms] of [
    ['to', toMs],
    ['from', fromMs],
  ] as const)
    if (Number.isNaN(ms)) return { parameter, detail: 'expected a time as in RFC 3339, like 2030-01-01T12:00:00Z' };
  if (fromMs >= toMs) return { parameter: 'from', detail: 'does not lie before "to"' };
  const measure = query.get('measure') ?? HEALTH;
  const step = query.get('step');
  const stepMs = step === null ? undefined : (parseDurationMs(step) ?? 0);
  if (stepMs === undefined) return { target, measure, fromMs, toMs, stepMs };
  if (stepMs < MINUTE_MS || stepMs % (stepMs < HOUR_MS ? MINUTE_MS : HOUR_MS) !== 0)
    return { parameter: 'step', detail: 'expected whole minutes, or from an hour on whole hours, like 5m or 6h' };
  if ((toMs - fromMs) / stepMs > MOST_POINTS)
    return { parameter: 'step', detail: `gives more than ${MOST_POINTS} points: expected a longer one` };
  return { target, measure, fromMs, toMs, stepMs };
}

/** NaN where it is no time. */
function timeOf(query: URLSearchParams, parameter: string): number | undefined {
  const text = query.get(parameter);
  return text === null ? undefined : (parseRfc3339(text) ?? Number.NaN);
}

const resultsJson = ({ atMs, count, down, inconclusive, maintained, ...values }: Point) => ({
  ...{ at: toRfc3339(atMs), up: count, down, inconclusive, maintenance: maintained },
  ...values,
});

const valuesJson = ({ atMs, count, mean, min, max }: Point) => ({ at: toRfc3339(atMs), count, mean, min, max });

/** What the API tells of a target's last days: uptimes as ratios, and how long its good results took. */
export function summaryJson(summary: Summary | undefined) {
  const spans = Object.entries(summary ?? {});
  if (spans.length === 0) return {};
  const took = spans.filter(([, { count }]) => count > 0);
  const ms = (seconds = 0) => Number((seconds * 1000).toPrecision(6));
  return {
    uptime: Object.fromEntries(spans.map(([span, { count, down }]) => [span, count / (count + down)])),
    durationsMs: Object.fromEntries(
      took.map(([span, { mean, p50, p95, p99 }]) => [
        span,
        { mean: ms(mean), p50: ms(p50), p95: ms(p95), p99: ms(p99) },
      ]),
    ),
  };
}
