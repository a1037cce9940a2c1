import type { Notice } from './core/alert.ts';
import type { Instant } from './core/clock.ts';
import type { ProbeResult } from './core/result.ts';
import type { AlertChange, Correlated, CorrelationRules, Correlator } from './correlate/correlator.ts';
import type { Judge, Judgement } from './judge/judge.ts';
import type { Metrics, Observed } from './observe/metrics.ts';
import type { ProbeRequest } from './schedule/scheduler.ts';

/** A target's verdict changed. */
export interface VerdictChange {
  readonly target: string;
  readonly from: string;
  readonly to: string;
  readonly message: string | undefined;
}

/** What one step of the flow asks the rest of the daemon to do. */
export interface Effects {
  readonly verdicts: readonly VerdictChange[];
  readonly changes: readonly AlertChange[];
  readonly notices: readonly Notice[];
  readonly probeNow: readonly ProbeRequest[];
}

export interface Stages {
  readonly metrics: Metrics;
  readonly judge: Judge;
  readonly correlator: Correlator;
}

export interface PipelineRules extends CorrelationRules {
  /** Which types also speak their exporter's names. */
  readonly exporterNames: (type: string) => boolean;
}

export interface Pipeline {
  onResult(result: ProbeResult, now: Instant): Effects;
  /** What only time changes. */
  onTick(now: Instant): Effects;
  /** Takes these targets from now on. */
  retarget(targets: readonly Observed[], rules: PipelineRules, now: Instant): Effects;
}

/** The way of one result: observe → judge → correlate → (incident →) notify. Synchronous from end to end. */
export function openPipeline({ metrics, judge, correlator }: Stages): Pipeline {
  const verdictOf = (target: string) => judge.standing(target)?.verdict ?? 'unknown';

  return {
    onResult(result, now) {
      metrics.record(result);
      const from = verdictOf(result.target);
      const judged = judge.onResult(result, now);
      if (judged === undefined) return effects({ changes: [], notices: [], probeNow: [] });
      return effects(correlator.onFinding(judged, now), judged, from);
    },
    onTick: (now) => effects(correlator.onTick(now)),
    retarget(observed, rules, now) {
      metrics.retarget(observed, rules.exporterNames);
      const targets = observed.map(({ target }) => target);
      const enabled = targets.filter((target) => target.enabled);
      judge.retarget(enabled);
      const findings = enabled.flatMap((target) => judge.review(target.name, now) ?? []);
      return effects(correlator.retarget(targets, findings, rules, now));
    },
  };
}

function effects(correlated: Correlated, judged?: Judgement, from?: string): Effects {
  const standing = judged?.standing;
  const verdicts: VerdictChange[] = [];
  if (judged !== undefined && standing !== undefined && standing.verdict !== from) {
    const message = standing.failing?.message;
    verdicts.push({ target: judged.target.name, from: from ?? 'unknown', to: standing.verdict, message });
  }
  if (judged?.confirmAfterMs === undefined) return { ...correlated, verdicts };
  const confirm = { target: judged.target.name, afterMs: judged.confirmAfterMs };
  return { ...correlated, verdicts, probeNow: [...correlated.probeNow, confirm] };
}
