/** What the daemon's log says of a storm; a reader that is too slow misses lines. */
export interface StormLog {
  readonly take: (line: string) => void;
  /** From the first target that was down to the last one of which somebody was told, or that is a symptom, ms. */
  readonly decidedMs: number;
  /** Such decisions. */
  readonly decided: number;
}

interface Line {
  readonly time: string;
  readonly msg: string;
}

const DECISIONS: ReadonlySet<string> = new Set(['alert fires', 'alert is a symptom']);

/** Nothing said yet. */
export function openStormLog(): StormLog {
  let firstMs = Number.POSITIVE_INFINITY;
  let lastMs = Number.NaN;
  let decided = 0;
  return {
    take(line) {
      if (!line.startsWith('{')) return console.error(line); // Node's own words
      const { time, msg } = JSON.parse(line) as Line;
      if (msg === 'target is down') firstMs = Math.min(firstMs, Date.parse(time));
      if (!DECISIONS.has(msg)) return;
      lastMs = Date.parse(time);
      decided++;
    },
    get decidedMs() {
      return lastMs - firstMs;
    },
    get decided() {
      return decided;
    },
  };
}
