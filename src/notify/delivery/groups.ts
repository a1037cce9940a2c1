import type { Alert, Notice } from '../../core/alert.ts';
import { type Labels, labelsKey } from '../../core/labels.ts';
import { rankOf } from '../../core/severity.ts';
import type { Desk, Item, Learnt, Plan, Put, Talk, Terms } from './desk.ts';

/** How a peer is told of groups; all times in ms. */
export interface GroupRules {
  /** The labels whose values make a group; undefined: the root cause does. */
  readonly by: readonly string[] | undefined;
  readonly waitMs: number;
  /** The wait where the gravest severity is in it. */
  readonly gravestWaitMs: number;
  readonly intervalMs: number;
  readonly repeatMs: number;
  /** Most alerts in one message. */
  readonly batch: number;
  /** Whether it reaches people: a severity that gives way to a graver one is no news to them. */
  readonly isForPeople: boolean;
}

/** More groups than this at once are told in one message. */
const MOST_GROUPS = 10;
/** The group of such a message. */
export const DIGEST = 'digest';

interface Room {
  readonly labels: Labels;
  items: Item[];
}
interface Known extends Talk {
  /** Monotonic ms of the last message. */
  readonly atMs: number;
  readonly firing: Map<string, Notice>;
}

/** A desk for a peer that is told of groups: of beginnings and ends alone, after a wait, and now and then that it goes on. */
export function openGroups(rules: GroupRules): Desk {
  const rooms = new Map<string, Room>();
  /** In the order of their last messages. */
  const talks = new Map<string, Known>();
  const newest = new Map<string, Item>();
  /** Where an alert was begun to be told, whatever group it is in by now. */
  const groupOf = new Map<string, string>();
  let length = 0;

  const told = (fingerprint: string) => talks.get(groupOf.get(fingerprint) ?? '')?.firing.get(fingerprint);

  const remove = (items: readonly Item[]) => {
    const touched = new Set<string>();
    for (const item of items) {
      if (item.isGone) continue;
      item.isGone = true;
      length--;
      const { fingerprint } = item.notice.alert;
      touched.add(groupOf.get(fingerprint) ?? '');
      if (newest.get(fingerprint) === item) newest.delete(fingerprint);
    }
    for (const group of touched) {
      const room = rooms.get(group);
      if (room === undefined) continue;
      room.items = room.items.filter(({ isGone }) => !isGone);
      if (room.items.length === 0) rooms.delete(group);
    }
    for (const { notice } of items) leave(notice.alert.fingerprint);
  };

  /** An alert that neither waits nor is known has no place any more. */
  const leave = (fingerprint: string) => {
    if (!newest.has(fingerprint) && told(fingerprint) === undefined) groupOf.delete(fingerprint);
  };

  const ripeMsOf = (group: string, notice: Notice, dueMs: number): number => {
    const talk = talks.get(group);
    const isGravest = notice.status === 'firing' && rankOf(notice.alert.severity) === 0;
    if (talk !== undefined) return isGravest ? dueMs : Math.max(dueMs, talk.atMs + rules.intervalMs);
    const ripeMs = dueMs + (isGravest ? rules.gravestWaitMs : rules.waitMs);
    const waits = rooms.get(group)?.items.map((item) => item.ripeMs) ?? [];
    return Math.max(dueMs, Math.min(ripeMs, ...waits));
  };

  const enter = (notice: Notice, { entries, sinceMs, dueMs: heldMs, nowMs, isKept }: Terms): Item => {
    const { alert } = notice;
    const labels = labelsOf(alert, rules.by);
    const group = groupOf.get(alert.fingerprint) ?? (labels === undefined ? alert.group : labelsKey(labels));
    groupOf.set(alert.fingerprint, group);
    const dueMs = notice.status === 'firing' ? heldMs : Math.min(nowMs, sinceMs);
    const ripeMs = ripeMsOf(group, notice, dueMs);
    const item: Item = {
      notice,
      entries: [...entries],
      sinceMs,
      dueMs,
      ripeMs,
      isKept,
      isUnderWay: false,
      isGone: false,
    };
    const room = rooms.get(group) ?? { labels: labels ?? {}, items: [] };
    room.items.push(item);
    rooms.set(group, room);
    newest.set(alert.fingerprint, item);
    length++;
    return item;
  };

  const forget = (fingerprint: string): readonly string[] => {
    const group = groupOf.get(fingerprint) ?? '';
    const known = talks.get(group)?.firing.delete(fingerprint) === true;
    if (talks.get(group)?.firing.size === 0) talks.delete(group);
    leave(fingerprint);
    return known ? [fingerprint] : [];
  };

  /** Whether a graver alert of the same trouble is known in its place. */
  const isSucceeded = ({ fingerprint, severity, labels, target }: Alert): boolean => {
    const group = groupOf.get(fingerprint) ?? '';
    const others = [
      ...(talks.get(group)?.firing.values() ?? []),
      ...(rooms.get(group)?.items.map(({ notice }) => notice) ?? []),
    ];
    return others.some(
      ({ status, alert }) =>
        status === 'firing' &&
        alert.target === target &&
        rankOf(alert.severity) < rankOf(severity) &&
        troubleOf(alert.labels) === troubleOf(labels),
    );
  };

  const putEnd = (notice: Notice, terms: Terms): Put => {
    const { fingerprint } = notice.alert;
    const waits = newest.get(fingerprint);
    const begins = waits !== undefined && waits.notice.status === 'firing' && !waits.isUnderWay;
    const isOver = waits?.notice.status === 'resolved' || (waits === undefined && told(fingerprint) === undefined);
    if (isOver) return NOTHING;
    const isUntold = begins && told(fingerprint) === undefined;
    if (isUntold && waits.dueMs > terms.nowMs) {
      remove([waits]);
      return { ...NOTHING, blips: [waits] };
    }
    if (rules.isForPeople && isSucceeded(notice.alert)) {
      if (isUntold) remove([waits]);
      return { ...NOTHING, blips: isUntold ? [waits] : [], forgotten: isUntold ? [] : forget(fingerprint) };
    }
    return { ...NOTHING, item: enter(notice, terms) };
  };

  const planOf = (group: string, items: readonly Item[]): Plan => {
    for (const item of items) item.isUnderWay = true;
    const talk = talks.get(group);
    const within = new Set(items.map(({ notice }) => notice.alert.fingerprint));
    const standing = [...(talk?.firing.values() ?? [])].map(({ alert }) => alert);
    return {
      items,
      group,
      groupLabels: talk?.labels ?? rooms.get(group)?.labels ?? {},
      standing: standing.filter(({ fingerprint }) => !within.has(fingerprint)),
      isKnown: talk !== undefined,
      thread: talk?.thread,
      toldMs: talk?.toldMs ?? 0,
    };
  };

  /** What of a room may be told now; no alert twice. */
  const tellable = ({ items }: Room, nowMs: number): readonly Item[] => {
    const seen = new Set<string>();
    return items.filter(({ notice: { alert }, isKept, dueMs }) => {
      if (seen.has(alert.fingerprint)) return false;
      seen.add(alert.fingerprint);
      return isKept && dueMs <= nowMs;
    });
  };

  const ripeMsOfRoom = ({ items }: Room): number =>
    items.reduce((first, { isKept, ripeMs }) => (isKept ? Math.min(first, ripeMs) : first), Number.POSITIVE_INFINITY);

  const reminderOf = (): Known | undefined => talks.values().find(({ group }) => !rooms.has(group));

  /** Its last message was now: it is the last of all. */
  const talked = (group: string, known: Known, learnt: Map<string, Talk | undefined>) => {
    talks.delete(group);
    if (known.firing.size > 0) talks.set(group, known);
    learnt.set(group, known.firing.size > 0 ? talkOf(known) : undefined);
  };

  return {
    get length() {
      return length;
    },
    knows: (fingerprint) => newest.get(fingerprint)?.notice.status === 'firing' || told(fingerprint) !== undefined,
    known: () => [...talks.values()].flatMap((talk) => [...talk.firing.values()]),
    put(notice, terms) {
      if (notice.status === 'resolved') return putEnd(notice, terms);
      const { fingerprint, startsAtMs } = notice.alert;
      const waits = newest.get(fingerprint);
      const before = waits?.notice ?? told(fingerprint);
      const isNews = before?.status !== 'firing' || before.alert.startsAtMs !== startsAtMs;
      if (isNews) return { ...NOTHING, item: enter(notice, terms) };
      if (waits !== undefined && !waits.isUnderWay) waits.notice = notice;
      return NOTHING;
    },
    ripeAtMs() {
      const reminder = reminderOf();
      const remindMs = reminder === undefined ? Number.POSITIVE_INFINITY : reminder.atMs + rules.repeatMs;
      const ripeMs = [...rooms.values()].reduce((first, room) => Math.min(first, ripeMsOfRoom(room)), remindMs);
      return ripeMs === Number.POSITIVE_INFINITY ? undefined : ripeMs;
    },
    next(nowMs) {
      const ripe = [...rooms].filter(([, room]) => ripeMsOfRoom(room) <= nowMs);
      if (ripe.length > MOST_GROUPS) {
        const all = ripe.flatMap(([, room]) => tellable(room, nowMs)).slice(0, rules.batch);
        return planOf(DIGEST, all);
      }
      const [first] = ripe.toSorted(([, a], [, b]) => ripeMsOfRoom(a) - ripeMsOfRoom(b));
      if (first !== undefined) return planOf(first[0], tellable(first[1], nowMs).slice(0, rules.batch));
      const reminder = reminderOf();
      return reminder !== undefined && reminder.atMs + rules.repeatMs <= nowMs ? planOf(reminder.group, []) : undefined;
    },
    planOf(entries) {
      const items = [...rooms.values()].flatMap((room) =>
        room.items.filter((item) => item.entries.some((entry) => entries.has(entry))),
      );
      const groups = new Set(items.map(({ notice }) => groupOf.get(notice.alert.fingerprint) ?? ''));
      const [only = DIGEST] = groups;
      return items.length === 0 ? undefined : planOf(groups.size === 1 ? only : DIGEST, items);
    },
    taken({ items, group }, thread, { monoMs, wallMs }) {
      const alerts: Map<string, { readonly group: string; readonly notice: Notice } | undefined> = new Map();
      const changed = new Map<string, Talk | undefined>();
      const touched = new Map<string, Known>();
      const knownOf = (of: string): Known => {
        const before = touched.get(of) ?? talks.get(of);
        const labels = before?.labels ?? rooms.get(of)?.labels ?? {};
        const said = of === group ? (thread ?? before?.thread) : before?.thread;
        const known = { group: of, labels, toldMs: wallMs, atMs: monoMs, thread: said };
        return { ...known, firing: before?.firing ?? new Map<string, Notice>() };
      };
      if (items.length === 0) touched.set(group, knownOf(group));
      for (const { notice } of items) {
        const { fingerprint } = notice.alert;
        const of = groupOf.get(fingerprint) ?? '';
        const known = knownOf(of);
        touched.set(of, known);
        if (notice.status === 'firing') known.firing.set(fingerprint, notice);
        else known.firing.delete(fingerprint);
        alerts.set(fingerprint, notice.status === 'firing' ? { group: of, notice } : undefined);
      }
      for (const [of, known] of touched) talked(of, known, changed);
      remove(items);
      return { alerts, talks: changed } satisfies Learnt;
    },
    refused({ items, group }) {
      remove(items);
      const talk = talks.get(group);
      // A reminder that nobody wants is not made again at once.
      if (items.length === 0 && talk !== undefined) talks.delete(group);
      if (items.length === 0 && talk !== undefined) talks.set(group, { ...talk, atMs: talk.atMs + rules.repeatMs });
    },
    back({ items }) {
      for (const item of items) item.isUnderWay = false;
    },
    again() {},
    clear() {
      const waiting = [...rooms.values()].flatMap(({ items }) => items).sort((a, b) => a.sinceMs - b.sinceMs);
      const known = [...talks.values()].flatMap(({ group, firing }) =>
        [...firing.values()].map((notice) => ({ group, notice })),
      );
      const left = { waiting, known, talks: [...talks.values()].map(talkOf) };
      for (const map of [rooms, talks, newest, groupOf]) map.clear();
      length = 0;
      return left;
    },
    inherit({ known, talks: left }, { monoMs, wallMs }) {
      const members = Map.groupBy(known, ({ group }) => group);
      for (const talk of left.toSorted((a, b) => a.toldMs - b.toldMs)) {
        const of = members.get(talk.group) ?? [];
        const firing = new Map(of.map(({ notice }) => [notice.alert.fingerprint, notice]));
        for (const fingerprint of firing.keys()) groupOf.set(fingerprint, talk.group);
        // The wall clock may have been set back meanwhile.
        const atMs = monoMs - Math.max(0, wallMs - talk.toldMs);
        if (firing.size > 0) talks.set(talk.group, { ...talk, atMs, firing });
      }
    },
  };
}

const NOTHING: Put = { item: undefined, blips: [], dropped: [], forgotten: [] };

const talkOf = ({ group, labels, toldMs, thread }: Talk): Talk => ({ group, labels, toldMs, thread });

/** The labels that make an alert's group, where labels do. */
const labelsOf = ({ labels }: Alert, by: readonly string[] | undefined): Labels | undefined =>
  by === undefined ? undefined : Object.fromEntries(by.map((name) => [name, labels[name] ?? '']));

/** What two severities of one alert share. */
const troubleOf = ({ severity: _, ...labels }: Labels): string => labelsKey(labels);
