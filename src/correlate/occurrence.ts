import type { Cron } from '../core/cron.ts';
import { firstWallAfter, lastWallUntil } from '../core/cron-walls.ts';
import { momentOf, wallAt } from '../core/zone.ts';

/** When something comes: by the wall clock of a zone, for an elapsed time. */
export interface Recurrence {
  readonly cron: Cron;
  readonly timezone: string;
  readonly durationMs: number;
}

/** How things stand at a moment; true until `changesAtMs`. Times are Unix epoch ms. */
export interface Standing {
  /** When it started, where it lasts still: of several that overlap the last. */
  readonly startedAtMs: number | undefined;
  readonly nextAtMs: number;
  readonly changesAtMs: number;
}

/** No clock was ever turned further than this. */
const LARGEST_TURN_MS = 26 * 3_600_000;

/** The occurrence that lasts at a moment and the one after it, found without counting through the time between. */
export function standingAt({ cron, timezone, durationMs }: Recurrence, nowMs: number): Standing {
  const wallMs = wallAt(timezone, nowMs);
  const last = lastWallUntil(cron, wallMs, wallMs - durationMs - LARGEST_TURN_MS);
  const next = firstWallAfter(cron, wallMs);
  const nextAtMs = next === undefined ? Number.POSITIVE_INFINITY : momentOf(timezone, next);
  const lastAtMs = last === undefined ? undefined : momentOf(timezone, last);
  const startedAtMs = lastAtMs !== undefined && nowMs < lastAtMs + durationMs ? lastAtMs : undefined;
  const endsAtMs = startedAtMs === undefined ? Number.POSITIVE_INFINITY : startedAtMs + durationMs;
  return { startedAtMs, nextAtMs, changesAtMs: Math.min(nextAtMs, endsAtMs) };
}
