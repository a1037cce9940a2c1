import { type Instant, toRfc3339 } from '../core/clock.ts';
import { formatDuration } from '../core/duration.ts';
import { heldUntilMs, isKnown, isOpen, isUpForNow, possibleCauses, type Scene } from './causes.ts';
import type { Mutes } from './mutes.ts';
import { isFiring, isMuted, isTold, type Tracked } from './tracked.ts';

/** What the reasons go by. */
export interface Circumstances {
  readonly scene: Scene;
  readonly mutes: Mutes;
  readonly now: Instant;
  readonly holdMs: number;
  readonly graceUntilMs: number | undefined;
}

/** Why an alert is in its state, the weightiest first, as sentences for people. */
export function because(tracked: Tracked, around: Circumstances): readonly string[] {
  return [
    ...timing(tracked, around.now),
    ...roots(tracked),
    ...muting(tracked, around),
    ...waiting(tracked, around),
    ...hints(tracked, around),
  ];
}

const seconds = (ms: number): string => formatDuration(Math.max(0, Math.round(ms / 1000)) * 1000);

function timing({ found, told }: Tracked, { monoMs }: Instant): readonly string[] {
  const { spec, since, phase } = found;
  const heldMs = monoMs - since.monoMs;
  const held = `it has held since ${toRfc3339(since.wallMs)}, for ${seconds(heldMs)}`;
  if (phase === 'pending') {
    const rest = spec.forMs - heldMs;
    return [
      rest > 0 ? `${held} of the ${formatDuration(spec.forMs)} that it must` : `${held}; it is not confirmed yet`,
    ];
  }
  const voices = [...told.values()].map(({ alert }) => alert.severity);
  return [held, voices.length === 0 ? 'nobody has been told of it' : `it was told as ${voices.join(', then ')}`];
}

const roots = ({ roots: all, target }: Tracked): readonly string[] =>
  all.map((root) => {
    const { spec } = root.found;
    const what =
      root.target.name === target.name
        ? `${spec.name} of the same target covers it`
        : `${root.target.name} (${spec.name}) is down and explains it`;
    if (root.muted.maintenance.length > 0) return `${what}; that is in maintenance`;
    return isKnown(root) ? `${what}; that was told` : `${what}; that is not told yet`;
  });

function muting({ muted }: Tracked, { mutes, now }: Circumstances): readonly string[] {
  const silences = mutes.silences(now.wallMs).filter(({ id }) => muted.silences.includes(id));
  const windows = mutes.maintenance(now.wallMs).filter(({ id }) => muted.maintenance.includes(id));
  return [
    ...silences.map(({ id, createdBy, comment, endsAtMs }) => {
      const why = comment === '' ? '' : ` ("${comment}")`;
      return `silence ${id} of ${createdBy}${why} keeps it quiet until ${toRfc3339(endsAtMs)}`;
    }),
    ...windows.map(({ name, endsAtMs }) => `the maintenance "${name}" keeps it quiet until ${toRfc3339(endsAtMs)}`),
  ];
}

function waiting(tracked: Tracked, { scene, now, holdMs, graceUntilMs }: Circumstances): readonly string[] {
  if (!isFiring(tracked) || isTold(tracked)) return [];
  const { freeAtMs, roots: explained } = tracked;
  const reasons: string[] = [];
  if (graceUntilMs !== undefined) reasons.push(`a deployment has grace until ${toRfc3339(graceUntilMs)}`);
  if (explained.length > 0 || isMuted(tracked)) return reasons;
  const restMs = heldUntilMs(tracked, holdMs, now.monoMs) - now.monoMs;
  if (isUpForNow(scene, tracked)) reasons.push('its target is up for now; it fires if that is down again');
  else if (freeAtMs !== undefined && freeAtMs > now.monoMs)
    reasons.push(`what explained it is over; it fires on its own in ${seconds(freeAtMs - now.monoMs)} if it stays`);
  else if (isOpen(scene, tracked))
    reasons.push(`what it depends on is being looked at, for ${seconds(restMs)} at most`);
  return reasons;
}

function hints(tracked: Tracked, { scene }: Circumstances): readonly string[] {
  const causes = possibleCauses(scene, tracked);
  return causes.length === 0 ? [] : [`possible causes: ${causes.join(', ')}`];
}
