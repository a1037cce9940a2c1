import type { Path } from './located.ts';

/** A value that is in force, as a text, and where it comes from. */
export interface Explained {
  readonly name: string;
  readonly value: string;
  /** `built-in`, or the key that gives it: `defaults.types.http.interval`. */
  readonly from: string;
  /** `file:line:column` of that key. */
  readonly place?: string;
}

/** Where the key at the first of these paths is written, else where a value comes from that nobody wrote. */
export type Origin = (...paths: readonly Path[]) => Pick<Explained, 'from' | 'place'>;
