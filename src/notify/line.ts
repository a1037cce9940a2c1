import type { Notice } from '../core/alert.ts';

/** More than this wait for no receiver. */
const MOST_WAITING = 100_000;

/** A notice that waits to be told. */
export interface Waiting {
  notice: Notice;
  readonly sinceMs: number;
  /** In a message that is under way: an update of it is another notice. */
  inFlight: boolean;
  /** It has left the line. */
  gone?: true;
}

/** Notices in the order in which they are to be told. */
export interface Line {
  readonly length: number;
  /** An update of what still waits takes its place; a beginning and its end stay two. Answers how many were dropped: the oldest. */
  put(notice: Notice, atMs: number): number;
  /** Takes the place of what tells of the same alert and still waits; answers whether there was any. */
  renew(notice: Notice): boolean;
  /** The newest notice of an alert that waits or is under way. */
  of(fingerprint: string): Notice | undefined;
  /** The next message: at most so many, none of an alert that is in it already; of one group where `grouped`. */
  take(most: number, grouped?: boolean): readonly Waiting[];
  /** The message was taken, or refused for good. */
  done(message: readonly Waiting[]): void;
  /** The message is to be told again. */
  back(message: readonly Waiting[]): void;
  /** Everything that waits or is under way; nothing does any more. */
  clear(): readonly Notice[];
}

/** So many places at the beginning may be empty before the others move up. */
const MOST_EMPTY = 1000;

/** An empty line. What is put or taken costs no look at all that waits, however much that is. */
export function openLine(mostWaiting: number = MOST_WAITING): Line {
  let places: Waiting[] = [];
  /** Places before this one are empty. */
  let begin = 0;
  let length = 0;
  const newest = new Map<string, Waiting>();

  const remove = (items: readonly Waiting[]) => {
    for (const item of items) {
      if (item.gone === true) continue;
      item.gone = true;
      length--;
      const { fingerprint } = item.notice.alert;
      if (newest.get(fingerprint) === item) newest.delete(fingerprint);
    }
    while (begin < places.length && places[begin]?.gone === true) begin++;
    if (begin < MOST_EMPTY || begin * 2 < places.length) return;
    places = places.slice(begin);
    begin = 0;
  };

  function* waiting(): Generator<Waiting> {
    for (let at = begin; at < places.length; at++) {
      const item = places[at];
      if (item !== undefined && item.gone !== true) yield item;
    }
  }

  const renew = (notice: Notice): boolean => {
    const last = newest.get(notice.alert.fingerprint);
    if (last === undefined || last.inFlight || last.notice.status !== notice.status) return false;
    last.notice = notice;
    return true;
  };

  return {
    renew,
    of: (fingerprint) => newest.get(fingerprint)?.notice,
    get length() {
      return length;
    },
    put(notice, atMs) {
      if (renew(notice)) return 0;
      const item = { notice, sinceMs: atMs, inFlight: false };
      places.push(item);
      length++;
      newest.set(notice.alert.fingerprint, item);
      if (length <= mostWaiting) return 0;
      const oldest = waiting().find((one) => !one.inFlight);
      if (oldest !== undefined) remove([oldest]);
      return oldest === undefined ? 0 : 1;
    },
    take(most, grouped = false) {
      const seen = new Set<string>();
      const message: Waiting[] = [];
      let first: string | undefined;
      for (const item of waiting().take(most)) {
        const { fingerprint, group } = item.notice.alert;
        first ??= group;
        const isOfIt = !grouped || group === first;
        if (isOfIt && seen.has(fingerprint)) break;
        seen.add(fingerprint);
        if (isOfIt) message.push(item);
      }
      for (const item of message) item.inFlight = true;
      return message;
    },
    done: remove,
    back(message) {
      for (const item of message) item.inFlight = false;
    },
    clear() {
      const all = [...waiting()].map(({ notice }) => notice);
      places = [];
      begin = 0;
      length = 0;
      newest.clear();
      return all;
    },
  };
}
