import type { Opened, Room, Row } from './wire.ts';

/** Where documents are written to, and what may fail: a file, a database. Everything rejects with Unusable, or with anything else. */
export interface Medium {
  /** For people: its path, or its address without a secret. */
  readonly name: string;
  /** Opens it, also again after a failure; `suspect` says why it is to be replaced whatever it looks like. */
  open(stamp: string, suspect: string | undefined): Promise<Opened>;
  /** All or nothing; resolved once it would survive a crash. */
  commit(rows: readonly Row[]): Promise<void>;
  look(): Promise<Room>;
  close(): Promise<void>;
}
