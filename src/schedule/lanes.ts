import pLimit, { type LimitFunction } from 'p-limit';

/** What a probe must have room for before it starts. */
export interface Passenger {
  readonly type: string;
  readonly hosts: readonly string[];
}

export type Lane = 'scheduled' | 'extra';

export interface Lanes {
  /** Runs `task` as soon as every lane that it passes has room: its host's, its type's, then the global one. */
  enter(passenger: Passenger, lane: Lane, task: () => Promise<void>): Promise<void>;
}

/** With several types, none takes more than this share, so that one dead kind of service leaves room for the others. */
const TYPE_SHARE = 0.75;
const HOST_SHARE = 0.25;
/** Confirmations and dependency probes: few, and never behind the scheduled ones. */
const EXTRA_SHARE = 0.1;
const LEAST = 4;

const share = (limit: number, part: number): number => Math.max(LEAST, Math.floor(limit * part));

/**
 * Lanes of p-limit for these passengers. A target has at most one run, so a host gets a lane only where
 * it has more targets than it may have runs.
 */
export function openLanes(limit: number, passengers: readonly Passenger[]): Lanes {
  const global = pLimit(Math.max(1, limit));
  const extra = pLimit(share(limit, EXTRA_SHARE));
  const perHost = share(limit, HOST_SHARE);
  const types = new Set(passengers.map((p) => p.type));
  const byType = new Map<string, LimitFunction>();
  if (types.size > 1) for (const type of types) byType.set(type, pLimit(share(limit, TYPE_SHARE)));
  const byHost = new Map<string, LimitFunction>();
  for (const [host, count] of countHosts(passengers)) if (count > perHost) byHost.set(host, pLimit(perHost));

  return {
    enter(passenger, lane, task) {
      let run = lane === 'extra' ? () => extra(task) : () => global(task);
      const type = lane === 'extra' ? undefined : byType.get(passenger.type);
      if (type !== undefined) run = through(type, run);
      for (const host of passenger.hosts) {
        const own = byHost.get(host);
        if (own !== undefined && lane === 'scheduled') run = through(own, run);
      }
      return run();
    },
  };
}

const through = (limit: LimitFunction, run: () => Promise<void>) => () => limit(run);

function countHosts(passengers: readonly Passenger[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const passenger of passengers)
    for (const host of new Set(passenger.hosts)) counts.set(host, (counts.get(host) ?? 0) + 1);
  return counts;
}
