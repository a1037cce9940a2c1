/** A dependency of many is looked at once for all of them: out of turn at most this often. */
const GAP_MS = 500;

export interface Lookout {
  readonly target: string;
  readonly afterMs: number;
}

export interface Lookouts {
  /** Requests for looks at these dependencies of a target whose first failure was seen now; monotonic ms. */
  ask(dependencies: readonly string[], nowMs: number): readonly Lookout[];
  retain(targets: ReadonlySet<string>): void;
}

/** Asks for looks at dependencies, so that a storm of failures does not become a storm of probes. */
export function openLookouts(): Lookouts {
  const askedFor = new Map<string, number>();
  return {
    ask(dependencies, nowMs) {
      const wanted: Lookout[] = [];
      for (const target of dependencies) {
        const last = askedFor.get(target) ?? Number.NEGATIVE_INFINITY;
        if (last >= nowMs) continue; // one is on its way
        const atMs = Math.max(nowMs, last + GAP_MS);
        askedFor.set(target, atMs);
        wanted.push({ target, afterMs: atMs - nowMs });
      }
      return wanted;
    },
    retain(targets) {
      for (const target of askedFor.keys()) if (!targets.has(target)) askedFor.delete(target);
    },
  };
}
