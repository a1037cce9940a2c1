import type { Config } from './config/config.ts';
import type { Notice } from './core/alert.ts';
import type { Clock } from './core/clock.ts';
import { type History, OF_HEALTH } from './core/history.ts';
import type { MeasureSpec } from './core/measure.ts';
import type { Target } from './core/target.ts';
import type { Changes } from './correlate/changes.ts';
import type { Correlator } from './correlate/contract.ts';
import type { Mutes } from './correlate/mutes.ts';
import type { Judge } from './judge/judge.ts';
import type { Keeper } from './keep.ts';
import { alertBlocks, maintenanceBlock } from './observe/alert-blocks.ts';
import { targetBlocks, type Verdict } from './observe/blocks.ts';
import { type Block, exposition } from './observe/exposition.ts';
import type { Metrics, Row } from './observe/metrics.ts';
import type { OwnMetrics } from './observe/own.ts';
import { measuresOf } from './probe/registry.ts';
import { openRetrospect, type Retrospect } from './retrospect.ts';
import type {
  Explanation,
  HistoryAsk,
  MeasureView,
  Readiness,
  ReceivedAlert,
  ReceiverView,
  Reload,
  TargetView,
  View,
} from './web/view.ts';

/** What the view shows, and where it finds it. */
export interface Shown {
  readonly version: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly own: OwnMetrics;
  readonly judge: Judge;
  readonly correlator: Correlator;
  readonly mutes: Mutes;
  readonly changes: Changes;
  /** Undefined where none is kept. */
  readonly history: History | undefined;
  /** Why an active alert is in its state. */
  explain(fingerprint: string): Explanation | undefined;
  /** Takes alerts of another Alertmanager client. */
  receive(alerts: readonly ReceivedAlert[]): void;
  /** Runs a person's command and commits what it changed. */
  command: Keeper['command'];
  receivers(): readonly ReceiverView[];
  config(): Config;
  running(): boolean;
  reload(): Promise<Reload>;
}

/** Joins the stages' states into what the web stage shows. */
export function openView(shown: Shown): View {
  const retrospect = openRetrospect(shown.history, shown.clock);
  const { metrics, correlator, mutes, changes } = shown;
  const nowMs = () => shown.clock.now().wallMs;
  const verdict = (target: string): Verdict => verdictOf(shown, metrics.row(target)?.target);
  return {
    about: () => ({ service: shown.config().service, version: shown.version }),
    async *metrics(selection, format) {
      const whole = selection.types.length === 0 && selection.targets.length === 0;
      const blocks: Block[] = [...targetBlocks(metrics, { service: shown.config().service, verdict }, selection)];
      if (whole)
        blocks.push(
          ...alertBlocks(correlator.glimpses()),
          maintenanceBlock(inMaintenance(shown)),
          ...(await shown.own.blocks()),
        );
      yield* exposition(blocks, format);
    },
    targets() {
      const specs = specsOf(shown.config());
      return [...metrics.rows()].map((row) => targetView(shown, row, specs));
    },
    target(name) {
      const row = metrics.row(name);
      return row === undefined ? undefined : targetView(shown, row, specsOf(shown.config()));
    },
    summaries: retrospect.summaries,
    history: (ask) => historyOf(shown, retrospect, ask),
    alerts: () => correlator.alerts(),
    explain: (fingerprint) => shown.explain(fingerprint),
    silences: () => mutes.silences(nowMs()),
    silence: (wanted) => shown.command(() => mutes.silence(wanted, nowMs())),
    expireSilence: (id) => shown.command(() => mutes.expire(id, nowMs())),
    maintenance: () => mutes.maintenance(nowMs()),
    planMaintenance: (wanted) => shown.command(() => mutes.plan(wanted, nowMs())),
    cancelMaintenance: (id) => shown.command(() => mutes.cancel(id, nowMs())),
    deployments: () => changes.deployments(),
    deploy: (wanted) => shown.command(() => changes.deploy(wanted)),
    receive: (alerts) => shown.receive(alerts),
    receivers: () => shown.receivers(),
    readiness: () => readiness(shown),
    reload: () => shown.reload(),
  };
}

async function historyOf(shown: Shown, retrospect: Retrospect, ask: HistoryAsk): ReturnType<View['history']> {
  const target = shown.metrics.row(ask.target)?.target;
  const specs = target === undefined ? undefined : specsOf(shown.config())(target);
  const spec = specs?.get(ask.measure);
  if (spec === undefined) return { wrong: `expected one of ${[...(specs ?? new Map()).keys()].join(', ')}` };
  const seen = await retrospect.history(ask, shown.config().history.minutesMs);
  return 'unavailable' in seen ? seen : { unit: OF_HEALTH.has(spec.name) ? 'seconds' : spec.unit, ...seen };
}

/** The targets that are in maintenance now. */
function* inMaintenance({ metrics, mutes, clock }: Shown): Generator<string> {
  const { wallMs } = clock.now();
  for (const { target } of metrics.rows())
    if (mutes.maintenanceOf(target.name, target.group, wallMs).length > 0) yield target.name;
}

function readiness({ metrics, running }: Shown): Readiness {
  let checked = 0;
  let targets = 0;
  for (const row of metrics.rows()) {
    if (!row.target.enabled) continue;
    targets++;
    if (row.at !== undefined) checked++;
  }
  return { ready: running(), checked, targets };
}

type Specs = (target: Target) => ReadonlyMap<string, MeasureSpec>;

/** What a target's measures are: its type's and those that it defines. */
function specsOf({ targets }: Config): Specs {
  const settings = new Map(targets.map((one) => [one.target.name, one.settings]));
  return (target) => new Map(measuresOf(settings.get(target.name) ?? target).map((spec) => [spec.name, spec]));
}

/** Who could not be seen for this many of its intervals is unknown again. */
const BLIND_INTERVALS = 3;

function verdictOf({ judge, clock }: Shown, target: Target | undefined): Verdict {
  const standing = target === undefined ? undefined : judge.standing(target.name);
  if (target === undefined || standing === undefined) return 'unknown';
  const { verdict, blindMs } = standing;
  const isBlind = blindMs !== undefined && clock.monoMs() - blindMs > BLIND_INTERVALS * target.intervalMs;
  return isBlind ? 'unknown' : verdict;
}

function targetView(shown: Shown, row: Row, specs: Specs): TargetView {
  const { target } = row;
  const standing = shown.judge.standing(target.name);
  const failure = standing?.failing ?? row.failure;
  return {
    name: target.name,
    type: target.type,
    status: target.enabled ? verdictOf(shown, target) : 'paused',
    reason: failure?.reason,
    message: failure?.message,
    evidence: row.evidence,
    sinceMs: standing?.sinceMs,
    lastProbeMs: row.at?.wallMs,
    durationMs: row.durationMs,
    measures: measureViews(shown, target, specs(target)),
    alerts: shown.correlator.alertsOf(target.name),
    critical: target.critical,
    group: target.group,
    description: target.description,
    runbook: target.runbook,
    dashboard: target.dashboard,
    dependsOn: target.dependsOn.map((dependency) => dependency.name),
  };
}

function measureViews(shown: Shown, target: Target, specs: ReadonlyMap<string, MeasureSpec>): readonly MeasureView[] {
  return shown.metrics.measures(target.name).flatMap(({ name, value, labels }) => {
    const spec = specs.get(name);
    return spec === undefined ? [] : [{ name, value, labels, unit: spec.unit, word: spec.words?.[value] }];
  });
}

/** What fires now, for a receiver that joins. */
export const firing = (correlator: Correlator): readonly Notice[] =>
  correlator.told().map((alert) => ({ status: 'firing', alert }));
