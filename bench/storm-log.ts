/** What the daemon's log says of a storm. */
export interface StormLog {
  readonly take: (line: string) => void;
  /** Targets of which somebody was told, or that are symptoms. */
  readonly decided: number;
  readonly firing: number;
  readonly suppressed: number;
  /** Targets that are up again. */
  readonly ended: number;
  /** From the first target that was down to the last one that was decided, ms. */
  readonly decidedMs: number;
  /** Counts ends from now on. */
  again(): void;
  summary(): string;
}

interface Line {
  readonly time: string;
  readonly msg: string;
  readonly target?: string;
}

/** An empty count. */
export function openStormLog(): StormLog {
  const firing = new Set<string>();
  const suppressed = new Set<string>();
  let up = new Set<string>();
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NaN;
  const others = new Map<string, number>();
  const decided = () => firing.union(suppressed).size;
  return {
    take(line) {
      if (!line.startsWith('{')) return console.error(line); // Node's own words
      const { time, msg, target = '' } = JSON.parse(line) as Line;
      if (msg === 'target is down') firstMs = Math.min(firstMs, Date.parse(time));
      else if (msg === 'target is up') up.add(target);
      else if (msg === 'alert fires' || msg === 'alert is a symptom') {
        (msg === 'alert fires' ? firing : suppressed).add(target);
        lastMs = Date.parse(time);
      } else others.set(msg, (others.get(msg) ?? 0) + 1);
    },
    get decided() {
      return decided();
    },
    get firing() {
      return firing.size;
    },
    get suppressed() {
      return suppressed.size;
    },
    get ended() {
      return up.size;
    },
    get decidedMs() {
      return lastMs - firstMs;
    },
    again() {
      up = new Set();
    },
    summary: () =>
      JSON.stringify({
        firing: firing.size,
        suppressed: suppressed.size,
        up: up.size,
        others: Object.fromEntries(others),
      }),
  };
}
