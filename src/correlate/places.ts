import { type Beginning, openRoll, type Roll } from './roll.ts';
import { isDown, isTold, type Tracked } from './tracked.ts';

/** Troubles that began in one place at one time are one group. */
export interface Places {
  /** Puts an alert that begins to fire into its group; answers the others there that were told without it. */
  join(tracked: Tracked, windowMs: number): readonly Tracked[];
  leave(tracked: Tracked): void;
  /** Somebody was told of it, and of whom is in its group now. */
  told(tracked: Tracked): void;
  /** The targets of a group. */
  targets(group: string): Beginning;
  /** Lets go of what began too long ago for anything to join it; monotonic ms. */
  forget(nowMs: number): void;
}

/** As long as the longest window that the config takes. */
const KEPT_MS = 3_600_000;

interface Gathering {
  readonly group: string;
  readonly firstMs: number;
}

interface Group {
  readonly members: Set<Tracked>;
  readonly targets: Roll;
  /** Those of whom somebody was told since the last one joined. */
  readonly current: Set<Tracked>;
}

const NOBODY: Beginning = { count: 0, text: '' };

/** Puts together what fails in one place within a window of the first; only targets without declared dependencies. */
export function openPlaces(namesShown: number): Places {
  const byPlace = new Map<string, Gathering>();
  const groups = new Map<string, Group>();

  const groupOf = ({ target, found, voice: { fingerprint } }: Tracked, windowMs: number): string => {
    const { places, dependsOn } = target;
    if (dependsOn.length > 0 || windowMs === 0) return fingerprint;
    const { monoMs } = found.since;
    const gatherings = places.flatMap((place) => byPlace.get(place) ?? []);
    const near = gatherings.find(({ firstMs }) => Math.abs(monoMs - firstMs) <= windowMs);
    const joined = near ?? { group: fingerprint, firstMs: monoMs };
    for (const place of places) byPlace.set(place, joined);
    return joined.group;
  };

  return {
    join(tracked, windowMs) {
      if (isDown(tracked)) tracked.group = groupOf(tracked, windowMs);
      const group = groups.get(tracked.group) ?? openGroup(namesShown);
      groups.set(tracked.group, group);
      if (!group.members.has(tracked)) group.targets.add(tracked.target.name);
      group.members.add(tracked);
      const outdated = [...group.current];
      group.current.clear();
      if (isTold(tracked)) group.current.add(tracked); // before a restart
      return outdated;
    },
    leave(tracked) {
      const group = groups.get(tracked.group);
      if (group?.members.delete(tracked) !== true) return;
      group.current.delete(tracked);
      group.targets.remove(tracked.target.name);
      if (group.members.size === 0) groups.delete(tracked.group);
    },
    told(tracked) {
      const group = groups.get(tracked.group);
      if (group?.members.has(tracked) === true) group.current.add(tracked);
    },
    targets: (group) => groups.get(group)?.targets.beginning() ?? NOBODY,
    forget(nowMs) {
      for (const [place, { firstMs }] of byPlace) if (firstMs < nowMs - KEPT_MS) byPlace.delete(place);
    },
  };
}

const openGroup = (namesShown: number): Group => ({
  members: new Set(),
  targets: openRoll(namesShown),
  current: new Set(),
});
