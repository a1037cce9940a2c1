import type { Kept, Write } from '../core/store.ts';

/** What the thread that holds the file is asked. */
export type Request =
  | { readonly id: number; readonly op: 'open'; readonly path: string; readonly stamp: string }
  | { readonly id: number; readonly op: 'load'; readonly kind: Kept }
  | { readonly id: number; readonly op: 'commit'; readonly writes: readonly Write[] }
  | { readonly id: number; readonly op: 'close' };

/** Why a file cannot be used: another process has it, a newer Outrider wrote it, or anything else. */
export type OpenFailure = 'locked' | 'newer' | 'failed';

/** What opening found: a file that was broken is set aside under `setAside`. */
export interface Opened {
  readonly setAside: string | undefined;
  readonly why: string | undefined;
}

export type Answer =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly failure: OpenFailure; readonly message: string };
