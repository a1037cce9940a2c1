import type { Instant } from './clock.ts';

/** What is kept across restarts: for each kind a set of documents by id. */
export const KEPT = [
  'silence',
  'maintenance',
  'deployment',
  'told',
  'seen',
  'standing',
  'mark',
  'notice',
  'done',
  'heard',
  'talk',
  'sending',
] as const;
export type Kept = (typeof KEPT)[number];

/** A document to keep, or with `undefined` to forget; documents are plain JSON. */
export interface Write {
  readonly kind: Kept;
  readonly id: string;
  readonly doc: object | undefined;
}

/** What people must know of a store in trouble. */
export interface StoreTrouble {
  readonly since: Instant;
  /** Something is lost already, or nothing is kept at all: no time to see whether it passes. */
  readonly grave: boolean;
  /** What is wrong, where, and what to do. */
  readonly message: string;
}

export interface StoreState {
  /** Whether it took the last commit. */
  readonly isUp: boolean;
  readonly trouble: StoreTrouble | undefined;
}

/** Where state survives the process. */
export interface Store extends AsyncDisposable {
  /** Every document of a kind, in the order of their first commit. */
  load(kind: Kept): Promise<readonly unknown[]>;
  /**
   * Commits all or nothing; resolved once it would survive a crash. Rejects where it could not be, or not within 5 s: what can be
   * written as JSON is made up for all the same as soon as the store takes it, the newest of each document. Calls are answered in turn.
   */
  commit(writes: readonly Write[]): Promise<void>;
  state(): StoreState;
}

/** Keeps nothing beyond the process. */
export const memoryStore: Store = {
  load: () => Promise.resolve([]),
  commit: () => Promise.resolve(),
  state: () => ({ isUp: true, trouble: undefined }),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
