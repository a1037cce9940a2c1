import type { Address } from '../resolver.ts';
import type { Body } from './body.ts';
import type { Head } from './head.ts';
import type { Phase } from './measures.ts';
import type { Secure } from './secure.ts';

/** What one run has seen so far. Filled as it comes, so that a run that fails halfway can still tell the half. */
export interface Seen {
  readonly startedMs: number;
  /** Durations by phase, ms, summed over redirects; undefined where the run never came to it. */
  readonly phasesMs: Record<Phase, number | undefined>;
  /** Time to look up the first host, ms. */
  firstLookupMs: number | undefined;
  /** Of the last request. */
  address: Address | undefined;
  secure: Secure | undefined;
  /** Of the last answer. */
  head: Head | undefined;
  body: Body | undefined;
  /** Where the redirects led, without queries. */
  followed: string[] | undefined;
}

/** A run that has seen nothing yet. */
export const beginSeen = (startedMs: number): Seen => ({
  startedMs,
  phasesMs: { resolve: undefined, connect: undefined, tls: undefined, processing: undefined, transfer: undefined },
  firstLookupMs: undefined,
  address: undefined,
  secure: undefined,
  head: undefined,
  body: undefined,
  followed: undefined,
});

export const addPhase = (seen: Seen, phase: Phase, ms: number): void => {
  seen.phasesMs[phase] = (seen.phasesMs[phase] ?? 0) + ms;
};
