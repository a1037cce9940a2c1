import type { Covers } from './mute-scope.ts';

/** One reason that keeps alerts from being told at a moment. */
export interface Rule {
  readonly id: string;
  readonly covers: Covers;
}

/** The rules that hold at a moment, and until when none begins and none ends; Unix epoch ms. */
export interface InForce {
  readonly rules: readonly Rule[];
  readonly untilMs: number;
}

/** What has a beginning and an end. */
interface Span {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

export const holds = ({ startsAtMs, endsAtMs }: Span, nowMs: number): boolean =>
  startsAtMs <= nowMs && nowMs < endsAtMs;

/** Why a time is none in which a rule could hold, or undefined. */
export function wrongSpan({ startsAtMs, endsAtMs }: Span, nowMs: number): string | undefined {
  if (!Number.isFinite(startsAtMs) || !Number.isFinite(endsAtMs)) return 'its beginning and its end must be moments';
  if (endsAtMs <= startsAtMs) return 'it must end after it starts';
  return endsAtMs <= nowMs ? 'its end is past' : undefined;
}

/** Which of these hold now, and when that changes by time alone. */
export function inForce<T extends Span>(all: Iterable<T>, ruleOf: (one: T) => Rule, nowMs: number): InForce {
  const rules: Rule[] = [];
  let untilMs = Number.POSITIVE_INFINITY;
  for (const one of all) {
    if (holds(one, nowMs)) rules.push(ruleOf(one));
    for (const edgeMs of [one.startsAtMs, one.endsAtMs]) if (edgeMs > nowMs) untilMs = Math.min(untilMs, edgeMs);
  }
  return { rules, untilMs };
}
