import type { Notice } from './core/alert.ts';
import type { Instant } from './core/clock.ts';
import type { ProbeResult } from './core/result.ts';
import type { Target } from './core/target.ts';
import { windowsOf } from './core/when/needs.ts';
import type { Correlated, CorrelationRules, Correlator } from './correlate/contract.ts';
import type { Received } from './correlate/external.ts';
import type { AlertChange } from './correlate/teller.ts';
import type { Judge, Judgement, JudgeRules } from './judge/judge.ts';
import type { Metrics, Observed } from './observe/metrics.ts';
import type { WindowNeed, Windows } from './observe/windows.ts';
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
  /** Targets of which the judge knows something else than was kept. */
  readonly standings: readonly string[];
}

export interface Stages {
  readonly metrics: Metrics;
  readonly windows: Windows;
  readonly judge: Judge;
  readonly correlator: Correlator;
}

export interface PipelineRules extends CorrelationRules, JudgeRules {
  /** Which types also speak their exporter's names. */
  readonly exporterNames: (type: string) => boolean;
}

export interface Pipeline {
  onResult(result: ProbeResult, now: Instant): Effects;
  /** What only time changes. */
  onTick(now: Instant): Effects;
  /** Alerts from outside join the correlation. */
  onReceived(alerts: readonly Received[], now: Instant): Effects;
  /** Takes these targets from now on. */
  retarget(targets: readonly Observed[], rules: PipelineRules, now: Instant): Effects;
}

/** The way of one result: observe → judge → correlate → (incident →) notify. Synchronous from end to end. */
export function openPipeline({ metrics, windows, judge, correlator }: Stages): Pipeline {
  const verdictOf = (target: string) => judge.standing(target)?.verdict ?? 'unknown';
  const effects = (correlated: Correlated, judged?: Judgement, from?: string): Effects => ({
    ...effectsOf(correlated, judged, from),
    standings: judge.changed(),
  });

  return {
    onResult(result, now) {
      metrics.record(result);
      windows.record(result);
      const from = verdictOf(result.target);
      const judged = judge.onResult(result, now);
      if (judged === undefined) return effects({ changes: [], notices: [], probeNow: [] });
      return effects(correlator.onFinding(judged, now), judged, from);
    },
    onTick(now) {
      const all = judge.onTick(now).map((judged) => correlator.onFinding(judged, now));
      return effects(joined([...all, correlator.onTick(now)]));
    },
    onReceived: (alerts, now) => effects(correlator.receive(alerts, now)),
    retarget(observed, rules, now) {
      metrics.retarget(observed, rules.exporterNames);
      const targets = observed.map(({ target }) => target);
      const enabled = targets.filter((target) => target.enabled);
      windows.retarget(enabled.map(needOf));
      judge.retarget(enabled, rules, now);
      const names = [...enabled.map(({ name }) => name), rules.own.name];
      const findings = names.flatMap((name) => judge.review(name, now) ?? []);
      return effects(correlator.retarget(targets, findings, rules, now));
    },
  };
}

const needs = new WeakMap<Target, WindowNeed>();

/** The windows that a target's alerts look back through; the very same for a target that nothing has changed. */
function needOf(target: Target): WindowNeed {
  const known = needs.get(target);
  if (known !== undefined) return known;
  const { name, type, intervalMs, alerts } = target;
  const need = { target: name, type, intervalMs, windows: windowsOf(alerts.map(({ when }) => when)) };
  needs.set(target, need);
  return need;
}

const joined = (all: readonly Correlated[]): Correlated => ({
  changes: all.flatMap(({ changes }) => changes),
  notices: all.flatMap(({ notices }) => notices),
  probeNow: all.flatMap(({ probeNow }) => probeNow),
});

function effectsOf(correlated: Correlated, judged?: Judgement, from?: string): Omit<Effects, 'standings'> {
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
