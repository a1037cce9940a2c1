import type { AlertSpec } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import type { Labels } from '../core/labels.ts';
import type { Severity } from '../core/severity.ts';

/** One alert of one instance while it is active: pending until its `for` is over, then firing. */
export interface Watch {
  readonly labels: Labels;
  readonly phase: 'pending' | 'firing';
  /** When the condition began to hold. */
  readonly since: Instant;
  /** When that was known, and when it was known to fire; monotonic ms. */
  readonly seenMs: number;
  readonly firingMs: number | undefined;
  /** When it was first seen not to hold any more: `keep_firing_for` counts from here; monotonic ms. */
  readonly lapsedMs: number | undefined;
  readonly message: string;
  readonly value?: number | undefined;
  readonly threshold?: number | undefined;
}

/** What of an alert its steps go by. */
export type WatchRules = Pick<AlertSpec, 'forMs' | 'keepFiringForMs'>;

/** What was seen that makes the condition hold. */
export interface Sighting extends Pick<Watch, 'labels' | 'message' | 'value' | 'threshold'> {
  readonly since: Instant;
  readonly seenMs: number;
}

/** The condition holds at a moment. With `confirmed: false` it stays pending whatever its `for`. */
export function hold(
  before: Watch | undefined,
  seen: Sighting,
  { forMs }: WatchRules,
  atMs: number,
  confirmed = true,
): Watch {
  const { labels, message, value, threshold } = seen;
  const since = before?.since ?? seen.since;
  const seenMs = before?.seenMs ?? seen.seenMs;
  const fires = before?.phase === 'firing' || (confirmed && atMs - since.monoMs >= forMs);
  const firingMs = before?.firingMs ?? (fires ? atMs : undefined);
  const phase = fires ? 'firing' : 'pending';
  return { labels, phase, since, seenMs, firingMs, lapsedMs: undefined, message, value, threshold };
}

/**
 * The condition does not hold at a moment: a pending alert is gone, a firing one once `keep_firing_for` is over.
 * As in Prometheus: https://github.com/prometheus/prometheus/blob/main/rules/alerting.go
 */
export function lapse(before: Watch | undefined, { keepFiringForMs }: WatchRules, atMs: number): Watch | undefined {
  if (before?.phase !== 'firing' || keepFiringForMs === 0) return undefined;
  const lapsedMs = before.lapsedMs ?? atMs;
  return atMs - lapsedMs >= keepFiringForMs ? undefined : { ...before, lapsedMs };
}

/** How grave it is by now: `raise` counts from when it began to fire. */
export function severityOf({ severity, raise }: AlertSpec, { firingMs }: Watch, nowMs: number): Severity {
  if (firingMs === undefined) return severity;
  return raise.findLast(({ afterMs }) => nowMs - firingMs >= afterMs)?.severity ?? severity;
}
