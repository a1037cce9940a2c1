import { isDown, isTold, type Tracked } from './tracked.ts';

/** Troubles that began in one place at one time are one group. */
export interface Places {
  /** Puts an alert that begins to fire into its group; answers the others there of whom somebody was told. */
  join(tracked: Tracked, windowMs: number): readonly Tracked[];
  leave(tracked: Tracked): void;
  /** Names of the targets of a group. */
  targets(group: string): readonly string[];
  /** Nothing joins any more what began before this; monotonic ms. */
  forget(beforeMs: number): void;
}

interface Gathering {
  readonly group: string;
  readonly firstMs: number;
}

/** Puts together what fails in one place within a window of the first; only targets without declared dependencies. */
export function openPlaces(): Places {
  const byPlace = new Map<string, Gathering>();
  const groups = new Map<string, Set<Tracked>>();

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
      const members = groups.get(tracked.group);
      if (members === undefined) {
        groups.set(tracked.group, new Set([tracked]));
        return [];
      }
      members.add(tracked);
      return [...members].filter((member) => member !== tracked && isTold(member));
    },
    leave(tracked) {
      const members = groups.get(tracked.group);
      members?.delete(tracked);
      if (members?.size === 0) groups.delete(tracked.group);
    },
    targets: (group) => [...new Set([...(groups.get(group) ?? [])].map(({ target }) => target.name))],
    forget(beforeMs) {
      for (const [place, { firstMs }] of byPlace) if (firstMs < beforeMs) byPlace.delete(place);
    },
  };
}
