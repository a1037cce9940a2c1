import type { Config } from './config/config.ts';
import type { Clock } from './core/clock.ts';
import { errorText } from './core/errors.ts';
import { type History, HOUR_MS, type StateChange } from './core/history.ts';
import type { Labels } from './core/labels.ts';
import type { Logger } from './core/log.ts';
import type { ProbeResult } from './core/result.ts';
import { measuresIn } from './core/when/needs.ts';
import { openRecorder, type Remembered } from './observe/history.ts';
import type { OwnMetrics } from './observe/own.ts';
import { openScribe } from './observe/scribe.ts';
import { type Compared, openUsual } from './observe/usual.ts';
import type { Effects } from './pipeline.ts';
import { ownMeasuresOf } from './probe/registry.ts';

/** Of so many targets the minute before is written at a time. */
const TARGETS_AT_ONCE = 250;
const RETRY_MS = 10_000;
/** An hour is rolled up once its last results must be in. */
const LATE_MS = 5 * 60_000;
/** Of a transaction: so that none takes long. */
const SERIES_AT_ONCE = 250;
const FORGOTTEN_AT_ONCE = 500;
/** A clock that jumped by more is believed an hour later: before that nothing is forgotten. */
const JUMP_MS = 60_000;

export interface HistorianOptions {
  /** Undefined where nothing is kept. */
  readonly history: History | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly own: Pick<OwnMetrics, 'historyUp' | 'historyLost'>;
}

/** Writes down what results come to, without ever making anybody wait. */
export interface Historian {
  use(config: Pick<Config, 'targets' | 'history' | 'limits'>): void;
  record(result: ProbeResult, inMaintenance: boolean): void;
  changed(effects: Pick<Effects, 'verdicts' | 'changes'>): void;
  tick(): void;
  /** What a measure is at this hour of other days. */
  usual(target: string, measure: string, labels: Labels): number | undefined;
  stop(): Promise<void>;
}

/** A historian over where history is kept. */
export function openHistorian({ history, clock, log, own }: HistorianOptions): Historian {
  if (history === undefined) return NOBODY;
  const recorder = openRecorder();
  const usual = openUsual();
  const scribe = openScribe({ history, clock, log, onState: (up, lost) => noteState(own, up, lost) });
  const keep = { minutesMs: Number.POSITIVE_INFINITY, hoursMs: Number.POSITIVE_INFINITY };
  let tidied = Number.NEGATIVE_INFINITY;
  let offsetMs = Number.NaN;
  let tidying = false;
  let asking = false;
  let askAgainMs = Number.NEGATIVE_INFINITY;

  const tidy = async () => {
    const { wallMs, monoMs } = clock.now();
    const hasJumped = !(Math.abs(wallMs - monoMs - offsetMs) < JUMP_MS);
    offsetMs = wallMs - monoMs;
    while (await history.roll(wallMs - LATE_MS, SERIES_AT_ONCE));
    if (hasJumped) return;
    while (await history.purge(wallMs - keep.minutesMs, wallMs - keep.hoursMs, FORGOTTEN_AT_ONCE));
  };
  const tidyHourly = (wallMs: number) => {
    const hour = Math.floor((wallMs - LATE_MS) / HOUR_MS);
    if (tidying || hour === tidied || !scribe.isUp()) return;
    tidying = true;
    tidied = hour;
    const done = () => {
      tidying = false;
    };
    tidy().then(done, (error: unknown) => {
      done();
      log.warn({ problem: errorText(error) }, 'history could not be rolled up; the next hour makes up for it');
    });
  };
  const ask = (wallMs: number) => {
    const question = asking || clock.monoMs() < askAgainMs ? undefined : usual.question(wallMs);
    if (question === undefined) return;
    asking = true;
    history.hourMeans(question.target, question.measure, question.hoursMs).then(
      (means) => {
        usual.learn(question, means);
        asking = false;
        ask(clock.now().wallMs);
      },
      () => {
        asking = false;
        askAgainMs = clock.monoMs() + RETRY_MS;
        usual.again(question);
      },
    );
  };

  return {
    use(config) {
      const { remembered, compared } = rememberedOf(config);
      scribe.write(recorder.retarget(remembered, config.limits.series), []);
      usual.retarget(compared);
      Object.assign(keep, config.history);
    },
    record: (result, inMaintenance) => recorder.record(result, inMaintenance),
    changed({ verdicts, changes }) {
      if (verdicts.length + changes.length > 0)
        scribe.write([], stateChanges({ verdicts, changes }, clock.now().wallMs));
    },
    tick() {
      const { wallMs } = clock.now();
      scribe.write(recorder.take(wallMs, TARGETS_AT_ONCE), []);
      scribe.look();
      tidyHourly(wallMs);
      ask(wallMs);
    },
    usual: (target, measure, labels) => usual.of(target, measure, labels, clock.now().wallMs),
    async stop() {
      scribe.write(recorder.takeAll(), []);
      await scribe.finish();
    },
  };
}

const NOBODY: Historian = {
  use: () => {},
  record: () => {},
  changed: () => {},
  tick: () => {},
  usual: () => undefined,
  stop: () => Promise.resolve(),
};

function noteState(own: HistorianOptions['own'], up: boolean, lost: number): void {
  own.historyUp.set(up ? 1 : 0);
  if (lost > 0) own.historyLost.inc(lost);
}

/** What is remembered of each target, and what of it is compared with other days. */
function rememberedOf({ targets }: Pick<Config, 'targets'>) {
  const remembered: Remembered[] = [];
  const compared: Compared[] = [];
  for (const { target, settings } of targets) {
    const watched = new Set<string>();
    const deviating = new Set<string>();
    for (const test of target.alerts.flatMap(({ when }) => when.tests)) {
      for (const { name } of measuresIn(test)) watched.add(name);
      if (test.kind !== 'compare') continue;
      for (const operand of [test.left, test.divisor])
        if (operand?.kind === 'aggregate' && operand.fn === 'deviation') deviating.add(operand.measure.name);
    }
    const own = ownMeasuresOf(settings).map(({ name }) => name);
    remembered.push({ target: target.name, always: new Set([...own, ...deviating]), watched });
    for (const measure of deviating) compared.push({ target: target.name, measure });
  }
  return { remembered, compared };
}

const stateChanges = ({ verdicts, changes }: Pick<Effects, 'verdicts' | 'changes'>, atMs: number): StateChange[] => [
  ...verdicts.map(({ target, from, to, message }) => ({
    ...{ atMs, target, from, to },
    ...(message === undefined ? {} : { message }),
  })),
  ...changes.map(({ target, alertname, from = 'inactive', to = 'inactive' }) => ({
    atMs,
    target,
    alertname,
    from,
    to,
  })),
];
