import type { Tracked } from './tracked.ts';

/** Every active alert, by its target. */
export interface Book {
  readonly size: number;
  add(tracked: Tracked): void;
  remove(tracked: Tracked): void;
  of(target: string): Iterable<Tracked>;
  /** Those of a target that the judge found, by their key. */
  found(target: string): Map<string, Tracked>;
  all(): readonly Tracked[];
  /** A look at each of now when it is its turn, without those that ended meanwhile; can be gone through more than once. */
  inTurn<T>(look: (tracked: Tracked) => T): Iterable<T>;
}

const NOTHING: readonly Tracked[] = [];

/** An empty book. */
export function openBook(): Book {
  const byTarget = new Map<string, Map<string, Tracked>>();
  const all = () => [...byTarget.values()].flatMap((known) => [...known.values()]);
  return {
    get size() {
      return byTarget.size;
    },
    add(tracked) {
      const known = byTarget.get(tracked.target.name);
      if (known === undefined) byTarget.set(tracked.target.name, new Map([[tracked.key, tracked]]));
      else known.set(tracked.key, tracked);
    },
    remove(tracked) {
      const known = byTarget.get(tracked.target.name);
      known?.delete(tracked.key);
      if (known?.size === 0) byTarget.delete(tracked.target.name);
    },
    of: (target) => byTarget.get(target)?.values() ?? NOTHING,
    found: (target) => new Map([...(byTarget.get(target) ?? [])].filter(([, { origin }]) => origin === 'own')),
    all,
    inTurn(look) {
      const now = all();
      return {
        *[Symbol.iterator]() {
          for (const one of now) if (byTarget.get(one.target.name)?.get(one.key) === one) yield look(one);
        },
      };
    },
  };
}
