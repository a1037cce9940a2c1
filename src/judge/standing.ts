import type { Instant } from '../core/clock.ts';
import type { Failure, ProbeResult } from '../core/result.ts';

export const VERDICTS = ['unknown', 'up', 'down'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** How a target stands: what its results so far mean. */
export interface Standing {
  readonly verdict: Verdict;
  /** When the verdict began, Unix ms: for `down` the first failed probe. */
  readonly sinceMs: number;
  /** The failures of now: since when, how many in a row, and what the last one said; `seenMs` is when the first was known. */
  readonly failing:
    | (Failure & { readonly since: Instant; readonly seenMs: number; readonly count: number })
    | undefined;
  /** Scheduled successes in a row while down. */
  readonly successes: number;
  readonly everUp: boolean;
  readonly firstSeen: Instant;
  /** When the last probe that saw something had its answer, monotonic ms; `-Infinity` before the first. */
  readonly lookedMs: number;
  /** Since when, monotonic ms, Outrider's own trouble has kept it from seeing anything. */
  readonly blindMs: number | undefined;
}

/** What a target's config says about its verdict. */
export interface VerdictRules {
  readonly intervalMs: number;
  readonly confirm: number;
  readonly recover: number;
  readonly startupGraceMs: number;
}

export interface Step {
  /** Undefined before anything was looked at. */
  readonly standing: Standing | undefined;
  /** Ask for a re-probe after so many ms: one that confirms, that looks again after an inconclusive one, or at the end of the startup grace. */
  readonly confirmAfterMs?: number;
  /** The first failure of a trouble: look at what the target depends on. */
  readonly began?: true;
}

/** Re-probes are quick: a tenth of the interval, at most a second. */
const confirmGapMs = (intervalMs: number): number => Math.min(intervalMs / 10, 1000);

type Seen = Extract<ProbeResult, { readonly durationMs: number }>;
const answeredMs = ({ at, durationMs }: Seen): number => at.monoMs + durationMs;

/** How a target stands that nothing is known of. */
export const unseen = ({ at }: ProbeResult): Standing => ({
  verdict: 'unknown',
  sinceMs: at.wallMs,
  failing: undefined,
  successes: 0,
  everUp: false,
  firstSeen: at,
  lookedMs: Number.NEGATIVE_INFINITY,
  blindMs: undefined,
});

/**
 * The verdict after one more result. A failure counts once `confirm` re-probes failed too; it ends after
 * `recover` scheduled successes in a row; a target that was never up stays unknown for its startup grace.
 */
export function step(before: Standing | undefined, result: ProbeResult, rules: VerdictRules): Step {
  if (result.outcome === 'up') return { standing: succeed(before ?? unseen(result), result, rules) };
  if (result.outcome === 'down') return fail(before ?? unseen(result), result, rules);
  if (result.outcome === 'skipped') return { standing: before };
  const standing = before ?? unseen(result);
  const blind = { standing: { ...standing, blindMs: standing.blindMs ?? result.at.monoMs } };
  return result.turn === 'extra' ? blind : { ...blind, confirmAfterMs: confirmGapMs(rules.intervalMs) };
}

function succeed(standing: Standing, result: Seen, rules: VerdictRules): Standing {
  const { at, turn } = result;
  const seen = { ...standing, lookedMs: answeredMs(result), blindMs: undefined };
  if (standing.verdict !== 'down') {
    const sinceMs = standing.verdict === 'up' ? standing.sinceMs : at.wallMs;
    return { ...seen, verdict: 'up', sinceMs, failing: undefined, everUp: true };
  }
  if (turn === 'extra') return seen; // no sample of `recover`
  const successes = standing.successes + 1;
  if (successes < rules.recover) return { ...seen, successes };
  return { ...seen, verdict: 'up', sinceMs: at.wallMs, failing: undefined, successes: 0, everUp: true };
}

function fail(standing: Standing, result: Seen & { outcome: 'down' }, rules: VerdictRules): Step {
  const { at, reason, message, turn } = result;
  const { since, seenMs, count: before } = standing.failing ?? { since: at, seenMs: answeredMs(result), count: 0 };
  const began = before === 0 ? { began: true as const } : {};
  const failing = { reason, message, since, seenMs, count: before + 1 };
  const successes = turn === 'extra' ? standing.successes : 0;
  const next = { ...standing, failing, successes, lookedMs: answeredMs(result), blindMs: undefined };
  if (standing.verdict === 'down') return { standing: next };
  if (failing.count <= rules.confirm)
    return { standing: next, confirmAfterMs: confirmGapMs(rules.intervalMs), ...began };
  const graceMs = standing.everUp ? 0 : standing.firstSeen.monoMs + rules.startupGraceMs - at.monoMs;
  if (graceMs <= 0) return { standing: { ...next, verdict: 'down', sinceMs: since.wallMs }, ...began };
  // The grace may end long before the next turn.
  return { standing: next, ...(graceMs < rules.intervalMs ? { confirmAfterMs: Math.ceil(graceMs) } : {}), ...began };
}
