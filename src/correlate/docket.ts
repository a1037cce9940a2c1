import type { Tracked } from './tracked.ts';

/** The alerts that fire and of whom somebody may still have to be told, or told more gravely. */
export interface Docket {
  add(tracked: Tracked): void;
  remove(tracked: Tracked): void;
  /** Something changed about it, whether it is on the docket or not. */
  touch(tracked: Tracked): void;
  /** Those on it that were added or touched since it was last asked for any. */
  touched(): readonly Tracked[];
  all(): readonly Tracked[];
}

/** An empty docket. One finding among thousands costs a look at those that it touched; time, by the tick, one at all. */
export function openDocket(): Docket {
  const open = new Set<Tracked>();
  const changed = new Set<Tracked>();
  return {
    add(tracked) {
      open.add(tracked);
      changed.add(tracked);
    },
    remove: (tracked) => void open.delete(tracked),
    touch: (tracked) => void changed.add(tracked),
    touched() {
      const found = [...changed].filter((tracked) => open.has(tracked));
      changed.clear();
      return found;
    },
    all() {
      changed.clear();
      return [...open];
    },
  };
}
