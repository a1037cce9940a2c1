import type { Notice } from '../../core/alert.ts';
import type { Desk, Item, Plan, Put } from './desk.ts';

export interface StreamRules {
  /** Most alerts in one message. */
  readonly batch: number;
  /** Whether what fires and ended lately is told again. */
  readonly isRetold: boolean;
  /** What has ended is told again for this long; ms. */
  readonly keepResolvedMs: number;
  /** More than this wait for no receiver. */
  readonly mostWaiting?: number;
}

const MOST_WAITING = 100_000;
/** So many places at the beginning may be empty before the others move up. */
const MOST_EMPTY = 1000;

/** A desk for a peer that is told whatever waits, at once and in order. What is put or taken costs no look at all that waits. */
export function openStream({ batch, isRetold, keepResolvedMs, mostWaiting = MOST_WAITING }: StreamRules): Desk {
  let places: Item[] = [];
  /** Places before this one are empty. */
  let begin = 0;
  let length = 0;
  const newest = new Map<string, Item>();
  const book = new Map<string, Notice>();

  const remove = (items: readonly Item[]) => {
    for (const item of items) {
      if (item.isGone) continue;
      item.isGone = true;
      length--;
      const { fingerprint } = item.notice.alert;
      if (newest.get(fingerprint) === item) newest.delete(fingerprint);
    }
    while (begin < places.length && places[begin]?.isGone === true) begin++;
    if (begin < MOST_EMPTY || begin * 2 < places.length) return;
    places = places.slice(begin);
    begin = 0;
  };

  function* waiting(): Generator<Item> {
    for (let at = begin; at < places.length; at++) {
      const item = places[at];
      if (item !== undefined && !item.isGone) yield item;
    }
  }

  const planOf = (items: readonly Item[]): Plan => {
    for (const item of items) item.isUnderWay = true;
    const about = { group: '', groupLabels: {}, standing: [], isKnown: false, thread: undefined, toldMs: 0 };
    return { items, ...about };
  };

  /** An update of what still waits takes its place; a beginning and its end stay two. */
  const add = (notice: Notice, item: Item): Put => {
    const { fingerprint } = notice.alert;
    const last = newest.get(fingerprint);
    if (last !== undefined && !last.isUnderWay && last.notice.status === notice.status) {
      last.notice = notice;
      last.entries.push(...item.entries);
      return { item: last, blips: [], dropped: [], forgotten: [] };
    }
    places.push(item);
    length++;
    newest.set(fingerprint, item);
    const oldest = length <= mostWaiting ? undefined : waiting().find((one) => !one.isUnderWay);
    const dropped = oldest === undefined ? [] : [oldest];
    remove(dropped);
    return { item, blips: [], dropped, forgotten: [] };
  };

  return {
    get length() {
      return length;
    },
    knows: (fingerprint) =>
      book.get(fingerprint)?.status === 'firing' || newest.get(fingerprint)?.notice.status === 'firing',
    known: () => [...book.values()].filter(({ status }) => status === 'firing'),
    put(notice, { entries, nowMs, sinceMs, isKept }) {
      if (isRetold) book.set(notice.alert.fingerprint, notice);
      const about = { entries: [...entries], sinceMs, dueMs: nowMs, ripeMs: nowMs, isKept };
      return add(notice, { notice, ...about, isUnderWay: false, isGone: false });
    },
    ripeAtMs: (nowMs) => (waiting().next().value?.isKept === true ? nowMs : undefined),
    next() {
      const seen = new Set<string>();
      const items: Item[] = [];
      for (const item of waiting().take(batch)) {
        const { fingerprint } = item.notice.alert;
        if (!item.isKept || seen.has(fingerprint)) break;
        seen.add(fingerprint);
        items.push(item);
      }
      return items.length === 0 ? undefined : planOf(items);
    },
    // It knows alerts by themselves: in which messages they come is nothing to it.
    planOf: () => undefined,
    taken({ items }) {
      remove(items);
      return { alerts: new Map(), talks: new Map() };
    },
    refused: ({ items }) => remove(items),
    back({ items }) {
      for (const item of items) item.isUnderWay = false;
    },
    again(nowMs, wallMs) {
      for (const [fingerprint, notice] of book) {
        if (notice.status === 'resolved' && wallMs - notice.endsAtMs > keepResolvedMs) book.delete(fingerprint);
        else {
          const about = { entries: [], sinceMs: nowMs, dueMs: nowMs, ripeMs: nowMs, isKept: true };
          add(notice, { notice, ...about, isUnderWay: false, isGone: false });
        }
      }
    },
    clear() {
      const left = [...waiting()];
      const waits = new Set(left.map(({ notice }) => notice.alert.fingerprint));
      const retold = [...book.values()].filter(({ alert }) => !waits.has(alert.fingerprint));
      const known = retold.map((notice) => ({ group: '', notice }));
      places = [];
      begin = 0;
      length = 0;
      newest.clear();
      book.clear();
      return { waiting: left, known, talks: [] };
    },
    inherit({ known }, { monoMs }) {
      for (const { notice } of known) {
        const about = { entries: [], nowMs: monoMs, sinceMs: monoMs, dueMs: monoMs, isKept: true };
        this.put(notice, about);
      }
    },
  };
}
