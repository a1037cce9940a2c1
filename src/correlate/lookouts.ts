/** A dependency of many is looked at once for all of them: out of turn at most this often. */
const GAP_MS = 500;

export interface Lookout {
  readonly target: string;
  readonly afterMs: number;
}

export interface Lookouts {
  /** Requests for those dependencies that were not looked at since the trouble began; monotonic ms. */
  ask(dependencies: readonly string[], sinceMs: number, nowMs: number): readonly Lookout[];
}

/** Asks for looks at dependencies, so that a storm of failures does not become a storm of probes. */
export function openLookouts(lookedMs: (target: string) => number | undefined): Lookouts {
  const askedFor = new Map<string, number>();
  return {
    ask(dependencies, sinceMs, nowMs) {
      const wanted: Lookout[] = [];
      for (const target of dependencies) {
        if ((lookedMs(target) ?? Number.NEGATIVE_INFINITY) >= sinceMs) continue;
        const last = askedFor.get(target) ?? Number.NEGATIVE_INFINITY;
        if (last >= sinceMs) continue; // one is on its way, and begins after the trouble did
        const atMs = Math.max(nowMs, last + GAP_MS);
        askedFor.set(target, atMs);
        wanted.push({ target, afterMs: atMs - nowMs });
      }
      return wanted;
    },
  };
}
