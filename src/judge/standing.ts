import type { Instant } from '../core/clock.ts';
import type { Failure, ProbeResult } from '../core/result.ts';

export const VERDICTS = ['unknown', 'up', 'down'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** How a target stands: what its results so far mean. */
export interface Standing {
  readonly verdict: Verdict;
  /** When the verdict began, Unix ms: for `down` the first failed probe. */
  readonly sinceMs: number;
  /** The failures of now: since when, how many in a row, and what the last one said. */
  readonly failing: (Failure & { readonly since: Instant; readonly count: number }) | undefined;
  /** Scheduled successes in a row while down. */
  readonly successes: number;
  readonly everUp: boolean;
  readonly firstSeen: Instant;
  /** When the last probe that saw something began, monotonic ms. */
  readonly lookedMs: number;
}

/** What a target's config says about its verdict. */
export interface VerdictRules {
  readonly intervalMs: number;
  readonly confirm: number;
  readonly recover: number;
  readonly startupGraceMs: number;
}

export interface Step {
  readonly standing: Standing;
  /** Ask for a re-probe after so many ms. */
  readonly confirmAfterMs?: number;
  /** The first failure of a trouble: look at what the target depends on. */
  readonly began?: true;
}

/** Re-probes are quick: a tenth of the interval, at most a second. */
const confirmGapMs = (intervalMs: number): number => Math.min(intervalMs / 10, 1000);

const unseen = (at: Instant): Standing => ({
  verdict: 'unknown',
  sinceMs: at.wallMs,
  failing: undefined,
  successes: 0,
  everUp: false,
  firstSeen: at,
  lookedMs: at.monoMs,
});

/**
 * The verdict after one more result. A failure counts once `confirm` re-probes failed too; it ends after
 * `recover` scheduled successes in a row; a target that was never up stays unknown for its startup grace.
 */
export function step(before: Standing | undefined, result: ProbeResult, rules: VerdictRules): Step {
  const standing = before ?? unseen(result.at);
  if (result.outcome === 'up') return { standing: succeed(standing, result, rules) };
  if (result.outcome === 'down') return fail(standing, result, rules);
  return { standing };
}

function succeed(standing: Standing, { at, turn }: ProbeResult, rules: VerdictRules): Standing {
  const seen = { ...standing, lookedMs: at.monoMs };
  if (standing.verdict !== 'down') {
    const sinceMs = standing.verdict === 'up' ? standing.sinceMs : at.wallMs;
    return { ...seen, verdict: 'up', sinceMs, failing: undefined, everUp: true };
  }
  if (turn === 'extra') return seen; // no sample of `recover`
  const successes = standing.successes + 1;
  if (successes < rules.recover) return { ...seen, successes };
  return { ...seen, verdict: 'up', sinceMs: at.wallMs, failing: undefined, successes: 0, everUp: true };
}

function fail(standing: Standing, result: ProbeResult & { outcome: 'down' }, rules: VerdictRules): Step {
  const { at, reason, message } = result;
  const began = standing.failing === undefined;
  const count = (standing.failing?.count ?? 0) + 1;
  const failing = { reason, message, count, since: standing.failing?.since ?? at };
  const next = { ...standing, failing, successes: 0, lookedMs: at.monoMs };
  if (standing.verdict === 'down') return { standing: next };
  if (count <= rules.confirm) {
    const confirmAfterMs = confirmGapMs(rules.intervalMs);
    return { standing: next, confirmAfterMs, ...(began ? { began } : {}) };
  }
  const waiting = !standing.everUp && at.monoMs - standing.firstSeen.monoMs < rules.startupGraceMs;
  const confirmed: Standing = waiting ? next : { ...next, verdict: 'down', sinceMs: failing.since.wallMs };
  return { standing: confirmed, ...(began ? { began } : {}) };
}
