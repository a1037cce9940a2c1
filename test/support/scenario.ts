import { expect } from 'vitest';
import type { Notice } from '../../src/core/alert.ts';
import type { Instant } from '../../src/core/clock.ts';
import { parseDurationMs } from '../../src/core/duration.ts';
import type { FailureReason, ProbeResult, Turn } from '../../src/core/result.ts';
import type { Target } from '../../src/core/target.ts';
import { ownTarget } from '../../src/core/own-target.ts';
import { openChanges } from '../../src/correlate/changes.ts';
import { openCorrelator } from '../../src/correlate/correlator.ts';
import { openMutes } from '../../src/correlate/mutes.ts';
import { openJudge } from '../../src/judge/judge.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import { openWindows } from '../../src/observe/windows.ts';
import { type Effects, openPipeline, type PipelineRules } from '../../src/pipeline.ts';

/** A whole outage as a list of moments: `at('10s').probe('db').down('refused')`, then what must have been told. */
export interface Scenario {
  at(time: string): Moment;
  /** Fails on anything told that was not expected. */
  expectNothingElse(): void;
}

export interface Moment {
  /** The answer to a probe that began `tookMs` before. */
  probe(
    target: string,
    turn?: Turn,
    tookMs?: number,
  ): { up(): void; down(reason?: FailureReason): void; inconclusive(): void };
  retarget(targets: readonly Target[]): void;
  /** State by `alertname/target`, of all that is active. */
  readonly states: Readonly<Record<string, string>>;
  /** `firing HttpDown/api`, in order, since the last look. */
  told(...expected: readonly string[]): void;
  /** Targets whose probes out of turn were asked for since the last look. */
  asked(...expected: readonly string[]): void;
  annotations(alert: string): Readonly<Record<string, string>>;
}

const START_MS = Date.UTC(2026, 0, 1);
const TICK_MS = 500;

export const RULES: PipelineRules = {
  service: 'shop',
  externalUrl: 'https://outrider.example',
  holdMs: 15_000,
  grace: 2,
  windowMs: 30_000,
  flapping: { high: 0.3, low: 0.2 },
  own: ownTarget({}),
  exporterNames: () => true,
};

export function scenario(targets: readonly Target[], rules: PipelineRules = RULES): Scenario {
  let ids = 0;
  const newId = () => `id${++ids}`;
  const mutes = openMutes(newId);
  const changes = openChanges(newId);
  const windows = openWindows();
  const judge = openJudge(windows);
  const correlator = openCorrelator({ standing: (target) => judge.standing(target), mutes, changes });
  const pipeline = openPipeline({ metrics: openMetrics([]), windows, judge, correlator });
  const told: Notice[] = [];
  const asked: string[] = [];
  let clockMs = 0;

  const ago = (ms: number): Instant => ({ monoMs: clockMs - ms, wallMs: START_MS + clockMs - ms });
  const now = () => ago(0);
  const take = ({ notices, probeNow }: Effects) => {
    told.push(...notices);
    asked.push(...probeNow.map((request) => request.target));
  };
  const goTo = (time: string) => {
    const untilMs = parseDurationMs(time) ?? Number.NaN;
    expect(untilMs, `${time} is not before ${clockMs} ms`).toBeGreaterThanOrEqual(clockMs);
    while (clockMs + TICK_MS <= untilMs) {
      clockMs += TICK_MS;
      take(pipeline.onTick(now()));
    }
    clockMs = untilMs;
  };
  const ran = (target: string, turn: Turn, tookMs: number) => {
    const seen = { durationMs: tookMs, measures: [], series: [] };
    return { target, turn, at: ago(tookMs), ...seen };
  };
  const step = (result: ProbeResult) => take(pipeline.onResult(result, now()));
  const observed = (all: readonly Target[]) => all.map((target) => ({ target, ownMeasures: [] }));
  const nameOf = ({ labels }: { labels: Readonly<Record<string, string>> }) =>
    `${labels['alertname']}/${labels['target']}`;

  take(pipeline.retarget(observed(targets), rules, now()));
  return {
    at(time) {
      goTo(time);
      return {
        probe: (target, turn = 'scheduled', tookMs = 0) => ({
          up: () => step({ ...ran(target, turn, tookMs), outcome: 'up' }),
          down: (reason = 'refused') =>
            step({ ...ran(target, turn, tookMs), outcome: 'down', reason, message: `${target} ${reason}` }),
          inconclusive: () =>
            step({ ...ran(target, turn, tookMs), outcome: 'inconclusive', why: 'own-limits', message: '' }),
        }),
        retarget: (next) => take(pipeline.retarget(observed(next), rules, now())),
        get states() {
          return Object.fromEntries(correlator.alerts().map((alert) => [nameOf(alert), alert.state]));
        },
        told: (...expected) =>
          expect(told.splice(0).map(({ status, alert }) => `${status} ${nameOf(alert)}`)).toEqual(expected),
        asked: (...expected) => expect(asked.splice(0)).toEqual(expected),
        annotations: (alert) => correlator.alerts().find((one) => nameOf(one) === alert)?.annotations ?? {},
      };
    },
    expectNothingElse: () => expect(told).toEqual([]),
  };
}
