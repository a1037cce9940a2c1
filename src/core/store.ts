/** What is kept across restarts: for each kind a set of documents by id. */
export const KEPT = ['silence', 'maintenance', 'deployment', 'told', 'seen'] as const;
export type Kept = (typeof KEPT)[number];

/** A document to keep, or with `undefined` to forget; documents are plain JSON. */
export interface Write {
  readonly kind: Kept;
  readonly id: string;
  readonly doc: object | undefined;
}

/** Where state survives the process. */
export interface Store extends AsyncDisposable {
  /** Every document of a kind, in the order of their first commit. Rejects where the store cannot be read. */
  load(kind: Kept): Promise<readonly unknown[]>;
  /** Commits all or nothing; resolved once it would survive a crash. Rejects where it could not be. */
  commit(writes: readonly Write[]): Promise<void>;
}

/** Keeps nothing beyond the process. */
export const memoryStore: Store = {
  load: () => Promise.resolve([]),
  commit: () => Promise.resolve(),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
