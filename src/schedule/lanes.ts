import pLimit, { type LimitFunction } from 'p-limit';

/** What a probe must have room for before it starts. */
export interface Passenger {
  readonly type: string;
  readonly hosts: readonly string[];
}

/** Confirmations and dependency probes are `extra`: few, and never behind the scheduled ones. */
export type Lane = 'scheduled' | 'extra';

export interface Lanes {
  /** Sets the bounds for these passengers; what runs or waits goes on and counts. */
  arrange(limit: number, passengers: readonly Passenger[]): void;
  /** Runs `task` as soon as everything that it passes has room: its hosts' lanes, its type's, then its whole lane. */
  enter(passenger: Passenger, lane: Lane, task: () => Promise<void>): Promise<void>;
}

/** With several types, none takes more than this share, so that one dead kind of service leaves room for the others. */
const TYPE_SHARE = 0.75;
const HOST_SHARE = 0.25;
const EXTRA_SHARE = 0.1;
const LEAST = 4;

const share = (limit: number, part: number): number => Math.max(LEAST, Math.floor(limit * part));

/** Lanes of p-limit, closed to all but one probe a lane until they are arranged. */
export function openLanes(): Lanes {
  const lanes = { scheduled: openLane(), extra: openLane() };
  return {
    arrange(limit, passengers) {
      const forExtra = Math.max(1, Math.floor(limit * EXTRA_SHARE));
      lanes.extra.arrange(forExtra, passengers);
      lanes.scheduled.arrange(Math.max(1, limit - forExtra), passengers);
    },
    enter: (passenger, lane, task) => lanes[lane].enter(passenger, task),
  };
}

/** A target has at most one run, so a host gets a limit only where it has more targets than it may have runs. */
function openLane() {
  const whole = pLimit(1);
  const byType = new Map<string, LimitFunction>();
  const byHost = new Map<string, LimitFunction>();
  return {
    arrange(limit: number, passengers: readonly Passenger[]) {
      whole.concurrency = limit;
      const types = [...new Set(passengers.map(({ type }) => type))];
      bound(byType, types.length > 1 ? types : [], share(limit, TYPE_SHARE));
      const perHost = share(limit, HOST_SHARE);
      const crowded = [...countHosts(passengers)].filter(([, count]) => count > perHost);
      bound(
        byHost,
        crowded.map(([host]) => host),
        perHost,
      );
    },
    enter({ type, hosts }: Passenger, task: () => Promise<void>): Promise<void> {
      // In one order for all: two that wait for each other's hosts would wait for ever.
      const own = [...new Set(hosts)].sort().map((host) => byHost.get(host));
      let run = () => whole(task);
      for (const limit of [byType.get(type), ...own]) if (limit !== undefined) run = through(limit, run);
      return run();
    },
  };
}

const through = (limit: LimitFunction, run: () => Promise<void>) => () => limit(run);

/** Makes `limits` be of these names; one that stays keeps what runs in it. */
function bound(limits: Map<string, LimitFunction>, names: readonly string[], concurrency: number): void {
  const wanted = new Set(names);
  for (const name of limits.keys()) if (!wanted.has(name)) limits.delete(name);
  for (const name of wanted) {
    const limit = limits.get(name);
    if (limit === undefined) limits.set(name, pLimit(concurrency));
    else limit.concurrency = concurrency;
  }
}

function countHosts(passengers: readonly Passenger[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { hosts } of passengers)
    for (const host of hosts.length > 1 ? new Set(hosts) : hosts) counts.set(host, (counts.get(host) ?? 0) + 1);
  return counts;
}
