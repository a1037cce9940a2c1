import type { AlertSpec } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import { labelsKey, NO_LABELS } from '../core/labels.ts';
import type { Gap } from '../core/result.ts';
import { evaluate } from './condition.ts';
import type { Evidence, Reading } from './evidence.ts';
import { put, type TargetFile } from './file.ts';
import type { Planned } from './plan.ts';
import { hold, lapse, type Watch } from './watch.ts';
import { sightingText } from './words.ts';

/** When a probe began, and when its result was known. */
export interface Moment {
  readonly at: Instant;
  readonly now: Instant;
}

/**
 * Judges the alerts on measures by one more result. With `frozen` (the target is down) they stay as they are. An instance without
 * a value ends its alert, but not where the probe failed, nor before a window that was interrupted is covered again. What fired
 * before a restart is not ended by less than a whole window.
 */
export function judgeConditions(file: TargetFile, evidence: Evidence, moment: Moment, frozen: boolean): void {
  for (const planned of file.plan.conditions) {
    if (frozen && !planned.judgedDown) continue;
    const readings = evaluate(planned.condition, evidence);
    const known = file.watches.get(planned.spec.name);
    if (known === undefined && !readings.some(({ holds }) => holds)) continue;
    judgeOne(file, planned, readings, moment, evidence);
  }
}

function judgeOne(
  file: TargetFile,
  { spec, windowMs }: Planned,
  readings: readonly Reading[],
  moment: Moment,
  { atMs, holds }: Evidence,
): void {
  const known: ReadonlyMap<string, Watch> = file.watches.get(spec.name) ?? new Map();
  const before = new Map(known);
  const isUncovered = atMs - file.restoredMs < windowMs;
  for (const reading of readings) {
    const key = labelsKey(reading.labels);
    const watch = before.get(key);
    before.delete(key);
    if (watch === undefined && !reading.holds) continue;
    if (!reading.holds && watch?.phase === 'firing' && isUncovered) continue;
    put(file, spec.name, key, reading.holds ? held(file, spec, watch, reading, moment) : lapse(watch, spec, atMs));
  }
  if (holds.failed || atMs - file.resumedMs < windowMs) return;
  for (const [key, watch] of before) put(file, spec.name, key, lapse(watch, spec, atMs));
}

function held(
  file: TargetFile,
  spec: AlertSpec,
  before: Watch | undefined,
  { labels, value, threshold }: Reading,
  { at, now }: Moment,
): Watch {
  const message = sightingText(spec, { labels, value, threshold }, file.flap);
  const watch = hold(before, { labels, message, value, threshold, since: at, seenMs: now.monoMs }, spec, at.monoMs);
  // It is when it begins to fire that its dependencies are looked at.
  return before?.phase !== 'firing' && watch.phase === 'firing' ? { ...watch, seenMs: now.monoMs } : watch;
}

/** Judges the alert on measures that could not be had although the target is up: one for each that some alert watches. */
export function judgeGaps(file: TargetFile, gaps: readonly Gap[], { at, now }: Moment): void {
  const { missing: spec, watched } = file.plan;
  if (spec === undefined) return;
  const known = file.watches.get(spec.name);
  if (known === undefined && gaps.length === 0) return;
  const before = new Map(known);
  for (const { measures, why } of gaps) {
    for (const measure of measures) {
      if (!watched.has(measure)) continue;
      const labels = { measure };
      const key = labelsKey(labels);
      const seen = { labels, since: at, seenMs: now.monoMs, message: why };
      put(file, spec.name, key, hold(before.get(key), seen, spec, at.monoMs));
      before.delete(key);
    }
  }
  for (const [key, watch] of before) put(file, spec.name, key, lapse(watch, spec, at.monoMs));
}

/** A target without a verdict for this many of its intervals alarms by itself. */
const INTERVALS = 3;

/**
 * Judges by time alone whether a target was not probed for too long; answers whether that changed anything. `steadyMs` is since
 * when Outrider itself has gone on without a stop.
 */
export function judgeUnmeasured(file: TargetFile, now: Instant, steadyMs: number): boolean {
  const { target, plan, standing } = file;
  const spec = plan.unmeasured;
  if (spec === undefined) return false;
  const sinceMs = Math.max(steadyMs, file.knownMs, standing?.lookedMs ?? 0, standing?.blindMs ?? 0);
  const before = file.watches.get(spec.name)?.get('');
  const longMs = now.monoMs - sinceMs;
  const isMissed = longMs > INTERVALS * target.intervalMs + target.timeoutMs && standing?.blindMs === undefined;
  if (!isMissed && before === undefined) return false;
  if (isMissed && before?.phase === 'firing' && spec.raise.length === 0) return false;
  const since: Instant = { monoMs: sinceMs, wallMs: now.wallMs - longMs };
  const message = `no result for ${Math.round(longMs / 1000)}s; it is to be probed every ${target.intervalMs / 1000}s`;
  const seen = { labels: NO_LABELS, since, seenMs: now.monoMs, message };
  put(file, spec.name, '', isMissed ? hold(before, seen, spec, now.monoMs) : lapse(before, spec, now.monoMs));
  return true;
}
