import type { Outrider } from './outrider.ts';
import { type Exposition, parseExposition } from './peer.ts';
import { until } from './wait.ts';

type Asked = Pick<Outrider, 'json' | 'get'>;

/** A target as the daemon's API shows it. */
export interface ShownTarget {
  readonly name: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastProbe?: string;
  readonly durationMs?: number;
}

/** All targets by name, as the daemon shows them now. */
export async function shownTargets(outrider: Asked): Promise<Readonly<Record<string, ShownTarget>>> {
  const targets = await outrider.json<readonly ShownTarget[]>('/api/v1/targets');
  return Object.fromEntries(targets.map((target) => [target.name, target]));
}

/** Waits until each of these targets has this status; a failure says how they stand. */
export async function untilStatus(
  outrider: Asked,
  status: string,
  names: readonly string[],
  withinMs?: number,
): Promise<{ readonly tookMs: number }> {
  let last: unknown;
  const what = `${names.join(', ')} ${status}`;
  return until(
    what,
    async () => {
      const targets = await shownTargets(outrider);
      last = Object.values(targets).map(({ name, status: now, message }) => `${name} ${now} ${message ?? ''}`);
      return names.every((name) => targets[name]?.status === status) ? true : undefined;
    },
    withinMs,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${JSON.stringify(last)}`);
  });
}

/** What the daemon's /metrics says now. */
export async function exposedBy(outrider: Asked, query = ''): Promise<Exposition> {
  return parseExposition(await (await outrider.get(`/metrics${query}`)).text());
}

/** The value of the only series of that name whose labels include these, or undefined where there is none. */
export function seriesIn(
  exposed: Exposition,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = (exposed.get(name) ?? []).filter((series) =>
    Object.entries(labels).every(([key, value]) => series.labels[key] === value),
  );
  if (found.length > 1) throw new Error(`${name} has ${found.length} series with ${JSON.stringify(labels)}`);
  return found[0]?.value;
}
