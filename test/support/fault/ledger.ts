/** What a receiver was told of one alert: that it began, or that it ended. */
export interface Word {
  /** The alert by what tells it apart for people: `HttpDown/api`. */
  readonly alert: string;
  readonly status: 'firing' | 'resolved';
  /** When it began, where the message says so; Unix ms. */
  readonly startsAtMs?: number;
  readonly endsAtMs?: number;
}

/** A request as a sink got it, and what became of it. */
export interface Entry {
  readonly atMs: number;
  readonly receiver: string;
  readonly url: string;
  /** By which the receiver knows a message that it has already: absent where it has no such thing. */
  readonly key: string | undefined;
  readonly words: readonly Word[];
  /** The message itself says that it may be a repeat. */
  readonly marked: boolean;
  readonly body: string;
  /** The status that it answered, or why there was none. */
  readonly answer: number | 'hung' | 'dropped';
}

/** Everything that receivers were sent, in order. */
export interface Ledger {
  readonly entries: readonly Entry[];
  add(entry: Entry): void;
  clear(): void;
  /** What this receiver took: answered with a 2xx, or read before its answer was lost. */
  taken(receiver: string): readonly Entry[];
  /** Calls `fn` for each entry from now on, until the answer is disposed. */
  watch(fn: (entry: Entry) => void): Disposable;
}

/** An empty ledger. */
export function openLedger(): Ledger {
  const entries: Entry[] = [];
  const watching = new Set<(entry: Entry) => void>();
  return {
    entries,
    add(entry) {
      entries.push(entry);
      for (const fn of watching) fn(entry);
    },
    clear: () => void entries.splice(0),
    taken: (receiver) => entries.filter((entry) => entry.receiver === receiver && isTaken(entry)),
    watch(fn) {
      watching.add(fn);
      return { [Symbol.dispose]: () => watching.delete(fn) };
    },
  };
}

const isTaken = ({ answer }: Entry): boolean =>
  answer === 'dropped' || (typeof answer === 'number' && answer >= 200 && answer < 300);
