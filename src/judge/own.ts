import type { AlertSpec } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import { NO_LABELS } from '../core/labels.ts';
import type { ProbeResult } from '../core/result.ts';
import type { Watch } from './watch.ts';

type Inconclusive = Extract<ProbeResult, { readonly outcome: 'inconclusive' }>;

/** Inconclusive results further apart than this are not one trouble. */
const APART_MS = 60_000;
/** A trouble that lasts shorter is nobody's business: what it hid was looked at again. */
const LASTS_MS = 30_000;

/** The one alert about Outrider itself. */
export const OWN_ALERT: AlertSpec = {
  name: 'OutriderImpaired',
  when: { text: 'own trouble', tests: [{ kind: 'unmeasured' }] },
  measures: [],
  forMs: 0,
  severity: 'P1',
  keepFiringForMs: 0,
  raise: [],
  labels: {},
  summary: 'Outrider has trouble of its own and cannot tell how its targets are',
  origin: 'built-in',
};

/** Inconclusive results that followed each other closely: when they began, and the last one. */
export interface OwnTrouble {
  readonly since: Instant;
  readonly seenMs: number;
  readonly lastMs: number;
  readonly message: string;
}

/** What is known after one more inconclusive result. */
export function worry(before: OwnTrouble | undefined, { at, message }: Inconclusive, nowMs: number): OwnTrouble {
  const fresh = before === undefined || nowMs - before.lastMs > APART_MS;
  return fresh ? { since: at, seenMs: nowMs, lastMs: nowMs, message } : { ...before, lastMs: nowMs, message };
}

/** Whether it is over by now. */
export const isOver = ({ lastMs }: OwnTrouble, nowMs: number): boolean => nowMs - lastMs > APART_MS;

/** The alert where the trouble lasts. */
export function ownWatch({ since, seenMs, lastMs, message }: OwnTrouble): Watch | undefined {
  if (lastMs - seenMs < LASTS_MS) return undefined;
  const firingMs = seenMs + LASTS_MS;
  return { labels: NO_LABELS, phase: 'firing', since, seenMs, firingMs, lapsedMs: undefined, message };
}
