import type { Alert, Notice } from '../../core/alert.ts';
import type { Labels } from '../../core/labels.ts';

/** A notice that waits at one peer. Times are monotonic ms. */
export interface Item {
  notice: Notice;
  /** The journal's entries that are settled with it; none for what is told again from memory. */
  readonly entries: number[];
  readonly sinceMs: number;
  /** Not told before. */
  readonly dueMs: number;
  /** From then on its group has waited long enough. */
  readonly ripeMs: number;
  /** What it tells would survive a crash by now. */
  isKept: boolean;
  isUnderWay: boolean;
  isGone: boolean;
}

/** How a notice is put. Times are monotonic ms. */
export interface Terms {
  /** Of the journal. */
  readonly entries: readonly number[];
  readonly nowMs: number;
  /** When it was accepted: before `nowMs` where it was so before a restart. */
  readonly sinceMs: number;
  /** Until then it is not told, and what ends by then never is. */
  readonly dueMs: number;
  readonly isKept: boolean;
}

/** What became of a notice that was put. */
export interface Put {
  /** It waits. */
  readonly item: Item | undefined;
  /** What will not be told any more: an alert that ended before it was due, and the oldest where too many wait. */
  readonly blips: readonly Item[];
  readonly dropped: readonly Item[];
  /** The peer is not to be told of the end of this alert: a graver one of the same trouble goes on. */
  readonly forgotten: readonly string[];
}

/** What is to be told next, in one message. */
export interface Plan {
  readonly items: readonly Item[];
  readonly group: string;
  readonly groupLabels: Labels;
  readonly standing: readonly Alert[];
  readonly isKnown: boolean;
  readonly thread: string | undefined;
  /** When the group was told last; Unix epoch ms. */
  readonly toldMs: number;
}

/** A group that a peer was told of and that goes on; `toldMs` is Unix epoch ms. */
export interface Talk {
  readonly group: string;
  readonly labels: Labels;
  readonly toldMs: number;
  readonly thread: string | undefined;
}

/** What a message changed in what the peer knows. */
export interface Learnt {
  /** Alerts that it knows to fire, with their group, or undefined where they ended. */
  readonly alerts: ReadonlyMap<string, { readonly group: string; readonly notice: Notice } | undefined>;
  readonly talks: ReadonlyMap<string, Talk | undefined>;
}

/** What one peer knows and has to be told: the order, the groups, the waiting. It does nothing by itself. */
export interface Desk {
  readonly length: number;
  /** Whether the peer knows, or will hear, that this alert fires. */
  knows(fingerprint: string): boolean;
  /** What the peer knows to fire. */
  known(): readonly Notice[];
  put(notice: Notice, terms: Terms): Put;
  /** When there is something to tell; monotonic ms. */
  ripeAtMs(nowMs: number): number | undefined;
  next(nowMs: number): Plan | undefined;
  /** The message that was under way before a restart, as it was. */
  planOf(entries: ReadonlySet<number>): Plan | undefined;
  taken(plan: Plan, thread: string | undefined, now: { readonly monoMs: number; readonly wallMs: number }): Learnt;
  /** It is not told any more. */
  refused(plan: Plan): void;
  back(plan: Plan): void;
  /** What fires and ended lately is to be told again; nothing where the peer is told once. */
  again(nowMs: number, wallMs: number): void;
  /** Everything that waits, in its order, and everything that the peer knows; nothing is left. */
  clear(): Heritage;
  inherit(heritage: Pick<Heritage, 'known' | 'talks'>, now: { readonly monoMs: number; readonly wallMs: number }): void;
}

/** What a desk leaves to the one that follows it. */
export interface Heritage {
  readonly waiting: readonly Item[];
  readonly known: readonly { readonly group: string; readonly notice: Notice }[];
  readonly talks: readonly Talk[];
}
