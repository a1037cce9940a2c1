import { expect } from 'vitest';
import type { Alert, Notice } from '../../src/core/alert.ts';
import type { Deployment } from '../../src/core/change.ts';
import type { Instant } from '../../src/core/clock.ts';
import { parseDurationMs } from '../../src/core/duration.ts';
import type { Labels } from '../../src/core/labels.ts';
import { OWN_NAME, ownTarget } from '../../src/core/own-target.ts';
import type { FailureReason, Gap, ProbeResult, Sample, Turn } from '../../src/core/result.ts';
import type { LabelMatcher } from '../../src/core/silence.ts';
import type { StoreTrouble } from '../../src/core/store.ts';
import type { Target } from '../../src/core/target.ts';
import { openChanges } from '../../src/correlate/changes.ts';
import { openCorrelator } from '../../src/correlate/correlator.ts';
import type { Received } from '../../src/correlate/external.ts';
import { openMutes } from '../../src/correlate/mutes.ts';
import { openJudge, type UsualOf } from '../../src/judge/judge.ts';
import { openMetrics } from '../../src/observe/metrics.ts';
import { openWindows } from '../../src/observe/windows.ts';
import { type Effects, openPipeline, type PipelineRules } from '../../src/pipeline.ts';

/** A whole outage as a list of moments: `at('10s').probe('db').down('refused')`, then what must have been told. */
export interface Scenario {
  at(time: string): Moment;
  /** Fails on anything told that was not expected. */
  expectNothingElse(): void;
}

/** What a probe measured: a number, or a number for each instance. */
export type Measured = Readonly<Record<string, number | readonly (readonly [Labels, number])[]>>;

export interface Moment {
  /** The answer to a probe that began `tookMs` before. */
  probe(
    target: string,
    turn?: Turn,
    tookMs?: number,
  ): {
    up(measured?: Measured, gaps?: readonly Gap[]): void;
    down(reason?: FailureReason): void;
    inconclusive(): void;
  };
  retarget(targets: readonly Target[]): void;
  silence(matchers: readonly LabelMatcher[], forTime: string): string;
  expire(id: string): void;
  maintain(targets: readonly string[], forTime: string): void;
  deploy(deployment: Partial<Deployment>): void;
  receive(...alerts: readonly Partial<Received>[]): void;
  /** State by `alertname/target`, of all that is active. */
  readonly states: Readonly<Record<string, string>>;
  /** `firing HttpDown/api`, in order, since the last look. */
  told(...expected: readonly string[]): void;
  /** What was told since the last look, in the same form. */
  heard(): readonly string[];
  /** The same with the severity: `firing HttpDown/api P0`. */
  toldGravely(...expected: readonly string[]): void;
  /** Targets whose probes out of turn were asked for since the last look. */
  asked(...expected: readonly string[]): void;
  alert(alert: string): Alert | undefined;
  annotations(alert: string): Labels;
  /** Why an alert is in its state. */
  because(alert: string): string;
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

/** `severity=~"P0|P1"` and the like, for silences. */
export const matcher = (name: string, value: string, isRegex = false): LabelMatcher => ({
  name,
  value,
  isRegex,
  isEqual: true,
});

const samplesOf = (measured: Measured): readonly Sample[] =>
  Object.entries(measured).flatMap(([name, seen]): readonly Sample[] =>
    typeof seen === 'number' ? [{ name, value: seen }] : seen.map(([labels, value]) => ({ name, value, labels })),
  );

/** The stages behind a scenario or a world, joined as the daemon joins them. */
export function openStages(storeTrouble?: () => StoreTrouble | undefined, usualOf?: UsualOf) {
  let ids = 0;
  const newId = () => `id${++ids}`;
  const mutes = openMutes(newId);
  const changes = openChanges(newId);
  const windows = openWindows();
  const judge = openJudge(windows, storeTrouble, usualOf);
  const correlator = openCorrelator({ standing: (target) => judge.standing(target), mutes, changes });
  const pipeline = openPipeline({ metrics: openMetrics([]), windows, judge, correlator });
  return { mutes, changes, judge, correlator, pipeline };
}

export function scenario(
  targets: readonly Target[],
  rules: PipelineRules = RULES,
  storeTrouble?: (now: Instant) => StoreTrouble | undefined,
  usualOf?: UsualOf,
): Scenario {
  const { mutes, changes, correlator, pipeline } = openStages(() => storeTrouble?.(now()), usualOf);
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
  const ran = (target: string, turn: Turn, tookMs: number) => ({ target, turn, at: ago(tookMs) });
  const seen = (measured: Measured, tookMs: number) => ({
    durationMs: tookMs,
    measures: samplesOf({ duration: tookMs / 1000, ...measured }),
    series: [],
  });
  const step = (result: ProbeResult) => {
    const { outcome } = result;
    if (outcome === 'up' || outcome === 'down') changes.seen(result.target, outcome === 'up', result.at.wallMs);
    take(pipeline.onResult(result, now()));
  };
  const observed = (all: readonly Target[]) => all.map((target) => ({ target, ownMeasures: [] }));
  const nameOf = ({ labels, target }: Alert) =>
    target === OWN_NAME ? `${labels['alertname']}` : `${labels['alertname']}/${labels['target'] ?? target}`;
  const heard = () => told.splice(0).map(({ status, alert }) => `${status} ${nameOf(alert)}`);
  const find = (name: string) => correlator.alerts().find((one) => nameOf(one) === name);
  const during = (forTime: string) => ({
    startsAtMs: now().wallMs,
    endsAtMs: now().wallMs + (parseDurationMs(forTime) ?? Number.NaN),
  });

  take(pipeline.retarget(observed(targets), rules, now()));
  return {
    at(time) {
      goTo(time);
      return {
        probe: (target, turn = 'scheduled', tookMs = 0) => ({
          up: (measured = {}, gaps = []) =>
            step({
              ...ran(target, turn, tookMs),
              ...seen({ up: 1, failed: 0, ...measured }, tookMs),
              outcome: 'up',
              gaps,
            }),
          down: (reason = 'refused') =>
            step({
              ...ran(target, turn, tookMs),
              ...seen({ up: 0, failed: 1 }, tookMs),
              outcome: 'down',
              reason,
              message: `${target} ${reason}`,
            }),
          inconclusive: () =>
            step({ ...ran(target, turn, tookMs), outcome: 'inconclusive', why: 'own-limits', message: '' }),
        }),
        retarget: (next) => take(pipeline.retarget(observed(next), rules, now())),
        silence(matchers, forTime) {
          const wanted = { matchers, ...during(forTime), createdBy: 'alice', comment: 'test' };
          const silence = mutes.silence(wanted, now().wallMs);
          return 'id' in silence ? silence.id : expect.fail(silence.wrong);
        },
        expire: (id) => expect(mutes.expire(id, now().wallMs)).toBe(true),
        maintain(names, forTime) {
          const about = { name: 'upgrade', targets: names, groups: [], matchers: [] };
          expect(mutes.plan({ ...about, ...during(forTime) }, now().wallMs)).toHaveProperty('id');
        },
        deploy: (deployment) =>
          void changes.deploy({
            service: 'api',
            version: '2',
            atMs: now().wallMs,
            by: 'alice',
            url: undefined,
            targets: undefined,
            graceMs: 0,
            ...deployment,
          }),
        receive(...alerts) {
          const nothing = { startsAtMs: undefined, endsAtMs: undefined, generatorUrl: undefined };
          const received = alerts.map((alert) => ({ labels: {}, annotations: {}, ...nothing, ...alert }));
          take(pipeline.onReceived(received, now()));
        },
        get states() {
          return Object.fromEntries(correlator.alerts().map((alert) => [nameOf(alert), alert.state]));
        },
        told: (...expected) => expect(heard()).toEqual(expected),
        heard,
        toldGravely: (...expected) =>
          expect(told.splice(0).map(({ status, alert }) => `${status} ${nameOf(alert)} ${alert.severity}`)).toEqual(
            expected,
          ),
        asked: (...expected) => expect(asked.splice(0)).toEqual(expected),
        alert: find,
        annotations: (alert) => find(alert)?.annotations ?? {},
        because: (alert) => (correlator.explain(find(alert)?.fingerprint ?? '', now())?.because ?? []).join('; '),
      };
    },
    expectNothingElse: () => expect(told).toEqual([]),
  };
}
