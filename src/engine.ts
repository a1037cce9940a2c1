import { randomUUID } from 'node:crypto';
import { audienceOf, senderOf } from './audience.ts';
import { sayChanges } from './chronicle.ts';
import type { Config, ConfiguredTarget } from './config/config.ts';
import type { Notice } from './core/alert.ts';
import type { Clock } from './core/clock.ts';
import type { History } from './core/history.ts';
import { ownTarget } from './core/own-target.ts';
import type { ProbeResult } from './core/result.ts';
import { type Secret, scrubber } from './core/secret.ts';
import type { Store, Write } from './core/store.ts';
import { type Changes, openChanges } from './correlate/changes.ts';
import type { Correlator } from './correlate/contract.ts';
import { openCorrelator } from './correlate/correlator.ts';
import type { Received } from './correlate/external.ts';
import { type Mutes, openMutes } from './correlate/mutes.ts';
import { type Deliveries, openDeliveries } from './deliveries.ts';
import { openHistorian } from './historian.ts';
import { type Judge, openJudge } from './judge/judge.ts';
import { type Keeper, openKeeper } from './keep.ts';
import type { ScrubbedLogger } from './log.ts';
import { openOutbox } from './notify/delivery/outbox.ts';
import { openHeartbeat } from './notify/heartbeat.ts';
import { receiverTypeOf } from './notify/registry.ts';
import { openWatchdog } from './notify/watchdog.ts';
import { openCertificates } from './observe/certificates.ts';
import { openClockSteps } from './observe/clock-steps.ts';
import { openGaps } from './observe/gaps.ts';
import { type Metrics, openMetrics } from './observe/metrics.ts';
import type { Flow, OwnMetrics } from './observe/own.ts';
import { openWindows } from './observe/windows.ts';
import { type Effects, openPipeline } from './pipeline.ts';
import { openResolver } from './probe/dns.ts';
import { openFleet } from './probe/fleet.ts';
import { openOwnTrouble } from './probe/own-trouble.ts';
import { ownMeasuresOf, probeTypeOf, probeTypes } from './probe/registry.ts';
import { inFlightLimit } from './schedule/descriptors.ts';
import { openLanes } from './schedule/lanes.ts';
import { openScheduler } from './schedule/scheduler.ts';
import { firing } from './view.ts';

/** What only time changes is looked at this often. */
const TICK_MS = 500;
/** A stop tells what waits within this; the whole stop takes at most 5 s. */
const LAST_WORDS_MS = 2000;
/** A reload waits so long for what it lets go of; the next one need not wait for a peer that hangs. */
const LET_GO_MS = 1000;
/** So long after the start alerts that came from outside have come again: Prometheus sends each at least every few minutes. */
const FORGOTTEN_MS = 5 * 60_000;

export interface EngineOptions {
  readonly clock: Clock;
  readonly log: ScrubbedLogger;
  readonly own: OwnMetrics;
  readonly store: Store;
  readonly history: History | undefined;
  readonly random: () => number;
  /** Called at the points where a crash would matter most. */
  readonly failpoint?: (point: string) => void;
}

/** The stages, joined and running. */
export interface Engine {
  readonly receivers: Deliveries['all'];
  readonly metrics: Metrics;
  readonly judge: Judge;
  readonly correlator: Correlator;
  readonly mutes: Mutes;
  readonly changes: Changes;
  /** Takes alerts of another Alertmanager client. */
  receive(alerts: readonly Received[]): void;
  /** Runs a person's command and commits what it changed. */
  command: Keeper['command'];
  /** Gives the stages what was kept; to be called once, before the first `use`. */
  restore(): Promise<void>;
  /** Takes this config from now on: unchanged targets keep their state, their schedule and their connection. */
  use(config: Config): Promise<void>;
  stop(): Promise<void>;
}

/** Joins the stages; nothing runs before the first `use`. */
export function openEngine({ clock, log, own, random, store, history, failpoint }: EngineOptions): Engine {
  const opened = new AsyncDisposableStack();
  const historian = openHistorian({ history, clock, log, own });
  opened.defer(() => historian.stop());
  const metrics = openMetrics(probeTypes);
  const windows = openWindows();
  const judge = openJudge(windows, () => store.state().trouble, historian.usual);
  const mutes = openMutes(randomUUID);
  const changes = openChanges(randomUUID);
  const correlator = openCorrelator({ standing: (target) => judge.standing(target), mutes, changes });
  const pipeline = openPipeline({ metrics, windows, judge, correlator });
  const gaps = openGaps(log);
  const resolver = opened.use(openResolver({ clock }));
  const lookUp = resolver.resolve;
  const deliveries = openDeliveries(own, log, clock, random);
  const hooks = { ...deliveries.hooks, ...(failpoint === undefined ? {} : { onPoint: failpoint }) };
  const commit = (writes: readonly Write[]) => keeper.record(writes);
  const outbox = openOutbox({ typeOf: receiverTypeOf, clock, log, lookUp, hooks, commit });
  opened.defer(() => outbox.stop(LAST_WORDS_MS));
  const ownTrouble = opened.use(openOwnTrouble({ clock, log, resolver }));
  const fleet = openFleet({ typeOf: probeTypeOf, clock, log, resolver, ownTrouble });
  opened.defer(() => fleet.stop());

  const keeper = openKeeper({ store, clock, judge, correlator, mutes, changes });
  let ended: readonly Notice[] = [];
  let secrets: readonly string[] = [];
  opened.defer(() => keeper.settled());

  const bug = (stage: Flow, error: unknown) => {
    own.internalErrors.inc({ stage });
    log.error({ stage, err: error }, 'an error of Outrider’s own');
  };
  /** One boundary: an exception in one step stops no other. */
  const flow = (stage: Flow, step: () => Effects) => {
    try {
      const effects = step();
      sayChanges(log, effects);
      historian.changed(effects);
      keeper.keep(effects, outbox.accept(effects.notices));
      if (effects.probeNow.length > 0) scheduler.probeNow(effects.probeNow);
    } catch (error) {
      bug(stage, error);
    }
  };
  /** Whoever said it before the restart and says it still has said it again by now. */
  const endForgotten = () => {
    const firingNow = new Set(correlator.told().map(({ fingerprint }) => fingerprint));
    outbox.endAllBut((fingerprint) => firingNow.has(fingerprint));
  };
  const certificates = openCertificates();
  const isMaintained = (target: string) =>
    mutes.maintenanceOf(target, metrics.row(target)?.target.group, clock.now().wallMs).length > 0;
  const onResult = (result: ProbeResult) => {
    count(own, metrics, result);
    historian.record(result, isMaintained(result.target));
    gaps.onResult(result);
    const { outcome } = result;
    if (outcome === 'up' || outcome === 'down') changes.seen(result.target, outcome === 'up', result.at.wallMs);
    const change = certificates.onResult(result);
    if (change !== undefined) changes.add(change);
    flow('pipeline', () => pipeline.onResult(result, clock.now()));
  };
  const noteStep = (stepMs: number) => {
    if (stepMs === 0) return;
    own.clockSteps.inc();
    log.warn({ seconds: stepMs / 1000 }, 'the wall clock was set, or the machine slept');
  };
  const lanes = openLanes();
  const scheduler = openScheduler(clock, lanes, {
    probe: (target, turn) => fleet.run(target.name, turn),
    onResult,
    onStart: (delayMs) => own.probeDelaySeconds.observe(delayMs / 1000),
    onError: (error) => bug('schedule', error),
  });
  opened.defer(() => scheduler.stop());
  const { lastStartMs } = scheduler;
  const heartbeatOf = (url: Secret) => openHeartbeat(url, { clock, lookUp });
  const watchdog = opened.use(openWatchdog({ clock, outbox, lastStartMs, openHeartbeat: heartbeatOf, hooks }));
  const clockSteps = openClockSteps();
  const tick = every(clock, TICK_MS, () => {
    noteStep(clockSteps.look(clock.now()));
    own.storeUp.set(store.state().isUp ? 1 : 0);
    flow('tick', () => pipeline.onTick(clock.now()));
    watchdog.look();
    historian.tick();
  });
  opened.defer(() => tick[Symbol.dispose]());

  return {
    receivers: deliveries.all,
    metrics,
    judge,
    correlator,
    mutes,
    changes,
    command: keeper.command,
    async restore() {
      opened.use(clock.after(FORGOTTEN_MS, endForgotten));
      try {
        const { outbox: written, ended: lately } = await keeper.restore();
        outbox.restore(written);
        ended = lately;
      } catch (error) {
        bug('restore', error); // what cannot be understood is no reason not to watch
      }
    },
    receive(alerts) {
      flow('receive', () => pipeline.onReceived(alerts, clock.now()));
      if (correlator.isFull())
        log.warn({ alerts: alerts.length }, 'too many alerts from outside: new ones are not taken');
    },
    async use(config) {
      const scrub = scrubber(config.secrets);
      // What is let go of may still speak of the old secrets.
      log.useScrub(scrubber([...new Set([...secrets, ...config.secrets])]));
      const { filesFrom, limits } = config;
      const enabled = config.targets.filter(({ target }) => target.enabled);
      const { closed } = await outbox.replace(audienceOf(config), () => firing(correlator));
      // From here on in one step: no probe and no result meets half of a config.
      outbox.post(ended);
      ended = [];
      const bounds = { maxSeries: limits.series, maxBodyBytes: limits.bodyBytes, filesFrom, scrub };
      const letGo = Promise.all([closed, fleet.replace(enabled, bounds)]);
      ownTrouble.refer(config.connectivity);
      own.sender.reset();
      own.sender.set(senderOf(config), 1);
      historian.use(config);
      mutes.retarget(config.maintenance, clock.now().wallMs);
      flow('reload', () => pipeline.retarget(config.targets.map(observed), rulesOf(config), clock.now()));
      const targets = enabled.map(({ target }) => target);
      const names = new Set(targets.map(({ name }) => name));
      gaps.retain(names);
      certificates.retain(names);
      lanes.arrange(inFlightLimit(limits.inFlight), targets);
      scheduler.replace(targets);
      const { service, externalUrl, labels } = config;
      const intervalsMs = targets.map(({ intervalMs }) => intervalMs);
      await watchdog.use({ ...config.watchdog, service, externalUrl, labels, intervalsMs });
      await within(clock, LET_GO_MS, letGo);
      secrets = config.secrets;
      log.useScrub(scrub);
    },
    stop: () => opened.disposeAsync(),
  };
}

function rulesOf({ service, externalUrl, labels, correlation, flapping, metrics: { exporterNames } }: Config) {
  return {
    service,
    externalUrl,
    holdMs: correlation.holdMs,
    grace: correlation.grace,
    windowMs: correlation.windowMs,
    flapping,
    own: ownTarget(labels),
    exporterNames: (type: string) => exporterNames === 'all' || exporterNames.includes(type),
  };
}

const observed = ({ target, settings }: ConfiguredTarget) => ({ target, ownMeasures: ownMeasuresOf(settings) });

function count(own: OwnMetrics, metrics: Metrics, result: ProbeResult): void {
  const type = metrics.row(result.target)?.target.type ?? '';
  own.probes.inc({ type, outcome: result.outcome });
  if (result.outcome === 'skipped') own.skipped.inc({ why: result.why });
}

/** Waits for a promise, but no longer. */
async function within(clock: Clock, ms: number, done: Promise<unknown>): Promise<void> {
  let late: Disposable | undefined;
  const tooLong = new Promise<void>((resolve) => {
    late = clock.after(ms, resolve);
  });
  await Promise.race([done, tooLong]);
  late?.[Symbol.dispose]();
}

function every(clock: Clock, ms: number, task: () => void): Disposable {
  let timer: Disposable;
  const again = () => {
    timer = clock.after(ms, () => {
      task();
      again();
    });
  };
  again();
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
}
