import type { Kept } from '../core/store.ts';

/** A document as the file has it: JSON text, or `undefined` to forget it. */
export interface Row {
  readonly kind: Kept;
  readonly id: string;
  readonly text: string | undefined;
}

/** What the thread that holds the file is asked. */
export type Request =
  | ({ readonly id: number; readonly op: 'open' } & Place)
  | { readonly id: number; readonly op: 'commit'; readonly rows: readonly Row[] }
  | { readonly id: number; readonly op: 'look' }
  | { readonly id: number; readonly op: 'close' };

export interface Place {
  readonly path: string;
  /** Names what is set aside. */
  readonly stamp: string;
  /** What it said when it was used; then it is set aside although it may look well. */
  readonly suspect: string | undefined;
}

/** Why a file cannot be used: another process has it, a newer Outrider wrote it, it is broken, its disk is full, or anything else. */
export type Failure = 'locked' | 'newer' | 'broken' | 'full' | 'failed';

/** A file that cannot be used, and why. */
export class Unusable extends Error {
  readonly failure: Failure;
  constructor(failure: Failure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** What opening found: all documents in the order of their first commit, of a broken file those that could be read. */
export interface Opened {
  readonly documents: readonly Row[];
  /** Where the broken file is now, and what was wrong with it. */
  readonly setAside: { readonly path: string; readonly why: string } | undefined;
  /** The last process was killed, and somebody has removed the log that held its last commits. */
  readonly logMissing: boolean;
}

/** How much room there is around the file. */
export interface Room {
  readonly freeBytes: number;
}

export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly failure: Failure; readonly message: string };
