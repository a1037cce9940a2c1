import type { AlertSpec } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import { type Labels, labelsKey } from '../core/labels.ts';
import { OWN_NAME } from '../core/own-target.ts';
import type { ProbeResult, Sample } from '../core/result.ts';
import type { Severity } from '../core/severity.ts';
import type { StoreTrouble } from '../core/store.ts';
import type { Target } from '../core/target.ts';
import { explainCondition } from './condition.ts';
import { judgeConditions, judgeGaps, judgeUnmeasured } from './conditions.ts';
import type { Evidence, TestSeen, Windows } from './evidence.ts';
import { judgeDown, noteOutage, openFile, renew, type TargetFile } from './file.ts';
import { type FlappingRules, flap } from './flapping.ts';
import { type Mark, openMemory, type Remembered } from './memory.ts';
import { openOwn } from './own.ts';
import type { StandingDoc } from './record.ts';
import { enter, isBurning, openLedger } from './slo.ts';
import { type Standing, type Step, step, unseen } from './standing.ts';
import { severityOf, type Watch } from './watch.ts';

/** An alert's condition holds: it waits for confirmation or `for` (pending), or it fires. */
export interface Active extends Watch {
  readonly spec: AlertSpec;
  /** Tells the instances of one alert apart. */
  readonly instance: string;
  /** After `raise`. */
  readonly severity: Severity;
}

/** What one result, or time alone, changed. */
export interface Judgement {
  readonly target: Target;
  readonly standing: Standing | undefined;
  readonly active: readonly Active[];
  readonly confirmAfterMs?: number;
  readonly began?: true;
}

export interface JudgeRules {
  readonly flapping: FlappingRules;
  /** Stands for Outrider itself. */
  readonly own: Target;
}

export interface Judge {
  onResult(result: ProbeResult, now: Instant): Judgement | undefined;
  /** What only time changes: targets that nobody probes, and Outrider's own trouble. */
  onTick(now: Instant): readonly Judgement[];
  /** What is in force for a target now, without a new result. */
  review(target: string, now: Instant): Judgement | undefined;
  standing(target: string): Standing | undefined;
  isFlapping(target: string): boolean;
  /** What the tests of an alert see now; undefined where there is no such alert. */
  explain(target: string, alertname: string): readonly TestSeen[] | undefined;
  /** What was known before a restart, to be called before the first `retarget`. Targets that were ever up have no startup grace. */
  remember(remembered: Remembered, now: Instant): void;
  /** Targets of which something else is to be kept than when this was last asked. */
  changed(): readonly string[];
  /** What is to be kept of a target; undefined where nothing is. */
  kept(target: string): StandingDoc | undefined;
  /** To be kept with each of those, and else where it is due: until when Outrider looked. */
  mark(now: Instant, beside: boolean): Mark | undefined;
  /** Takes these targets from now on; a target keeps what is known of it while its name and type stay. */
  retarget(targets: readonly Target[], rules: JudgeRules, now: Instant): void;
}

/** Targets that nobody probes are looked for this often. */
const SWEEP_MS = 5000;
/** A tick this late means that Outrider itself stood still. */
const STILL_MS = 2500;

const NOTHING: readonly Active[] = [];
const NOTHING_SEEN: readonly Sample[] = [];

/** What a measure of a target was at this hour of the days before; undefined where nobody knows. */
export type UsualOf = (target: string, measure: string, labels: Labels) => number | undefined;

/** Turns results into verdicts and active alerts. Synchronous; time is an argument. The store says what is wrong with itself. */
export function openJudge(
  windows: Windows,
  storeTrouble: () => StoreTrouble | undefined = () => undefined,
  usualOf: UsualOf = () => undefined,
): Judge {
  const files = new Map<string, TargetFile>();
  const known = new Set<string>();
  let rules: JudgeRules | undefined;
  const ownTroubles = openOwn(storeTrouble);
  const memory = openMemory();
  let sweptMs = Number.NEGATIVE_INFINITY;
  let tickedMs = Number.NEGATIVE_INFINITY;
  let steadyMs = Number.NEGATIVE_INFINITY;

  const judgement = (file: TargetFile, now: Instant): Judgement => {
    const { target, standing } = file;
    return { target, standing, active: activeOf(file, now) };
  };

  const evidenceOf = (file: TargetFile, atMs: number, failed: boolean): Evidence => ({
    atMs,
    intervalMs: file.target.intervalMs,
    latest: (measure) => file.latest.filter(({ name }) => name === measure),
    series: (measure) => windows.series(file.target.name, measure),
    outages: file.outages,
    usual: (measure, labels) => usualOf(file.target.name, measure, labels),
    holds: {
      down: file.standing?.verdict === 'down',
      flapping: file.flap.flapping,
      burning: burns(file),
      failed,
    },
  });

  const seen = (file: TargetFile, result: Extract<ProbeResult, { durationMs: number }>, now: Instant): void => {
    const { at, outcome } = result;
    file.latest = result.measures;
    if (result.turn === 'scheduled' && rules !== undefined) sampled(file, at.monoMs, outcome === 'up', rules.flapping);
    judgeDown(file, now);
    const frozen = file.standing?.verdict === 'down';
    const moment = { at, now };
    judgeConditions(file, evidenceOf(file, at.monoMs, outcome === 'down'), moment, frozen);
    if (outcome === 'up' && !frozen) judgeGaps(file, result.gaps ?? [], moment);
    judgeUnmeasured(file, now, steadyMs);
    file.latest = watchedOf(file, result.measures);
  };

  const remembered = (result: ProbeResult): Standing | undefined =>
    known.has(result.target) && result.outcome !== 'skipped' ? { ...unseen(result), everUp: true } : undefined;

  const own = (now: Instant): readonly Judgement[] => {
    const active = ownTroubles.active(now.monoMs);
    if (rules === undefined || active === undefined) return [];
    return [{ target: rules.own, standing: undefined, active }];
  };

  return {
    onResult(result, now) {
      const file = files.get(result.target);
      if (file === undefined) return undefined;
      const before = file.standing ?? remembered(result);
      const { standing, ...asks }: Step = step(before, result, file.target);
      file.standing = standing;
      noteOutage(file, before, result.at.monoMs);
      if (result.outcome === 'inconclusive') ownTroubles.onInconclusive(result, now.monoMs);
      else if (result.outcome !== 'skipped') seen(file, result, now);
      memory.note(file, now.monoMs);
      const judged = judgement(file, now);
      return { ...judged, ...lookAgain(result, judged, now), ...asks };
    },
    onTick(now) {
      if (now.monoMs - tickedMs > STILL_MS) steadyMs = now.monoMs;
      tickedMs = now.monoMs;
      const changed: Judgement[] = [...own(now)];
      if (now.monoMs - sweptMs < SWEEP_MS) return changed;
      sweptMs = now.monoMs;
      for (const file of files.values()) if (judgeUnmeasured(file, now, steadyMs)) changed.push(judgement(file, now));
      return changed;
    },
    review(name, now) {
      if (name === OWN_NAME) return own(now)[0];
      const file = files.get(name);
      if (file === undefined) return undefined;
      // What was known before a restart waits for the first look.
      if (Number.isFinite(file.standing?.lookedMs)) judgeDown(file, now);
      memory.note(file, now.monoMs);
      return judgement(file, now);
    },
    standing: (target) => files.get(target)?.standing,
    isFlapping: (target) => files.get(target)?.flap.flapping ?? false,
    explain(name, alertname) {
      const file = files.get(name);
      const planned = file?.plan.conditions.find(({ spec }) => spec.name === alertname);
      if (file === undefined || planned === undefined) return undefined;
      const atMs = file.standing?.lookedMs ?? 0;
      return explainCondition(planned.condition, evidenceOf(file, atMs, file.standing?.failing !== undefined));
    },
    remember({ seen: everUp, ...kept }, now) {
      for (const target of everUp) known.add(target);
      memory.restore(kept, now);
    },
    changed: () => memory.changed(),
    kept(target) {
      const file = files.get(target);
      return file === undefined ? undefined : memory.document(file);
    },
    mark: (now, beside) => memory.mark(now, beside),
    retarget(targets, next, now) {
      rules = next;
      const before = new Map(files);
      files.clear();
      for (const target of targets) {
        const old = before.get(target.name);
        const file = old?.target.type === target.type ? old : openFile(target, now.monoMs);
        if (file === old) renew(file, target, now.monoMs);
        else memory.recall(file, known.has(target.name), now);
        files.set(target.name, file);
      }
      memory.retain(files);
    },
  };
}

/** What only scheduled results are samples of. */
function sampled(file: TargetFile, atMs: number, up: boolean, rules: FlappingRules): void {
  file.flap = flap(file.flap, up, rules);
  if (!file.plan.asksBurning || file.target.slo === undefined) return;
  file.ledger ??= openLedger();
  enter(file.ledger, atMs, up);
}

const burns = ({ ledger, target: { slo } }: TargetFile): boolean =>
  ledger !== undefined && slo !== undefined && isBurning(ledger, slo);

/** A `for` that is over before the next turn is decided by another look, not by waiting for that turn. */
function lookAgain(
  { turn }: ProbeResult,
  { target, active }: Judgement,
  { monoMs }: Instant,
): Pick<Judgement, 'confirmAfterMs'> {
  if (turn === 'extra' || active.length === 0) return {};
  const rests = active
    .filter(({ phase, spec }) => phase === 'pending' && spec.forMs > 0)
    .map(({ since, spec }) => since.monoMs + spec.forMs - monoMs)
    .filter((restMs) => restMs > 0 && restMs < target.intervalMs);
  return rests.length === 0 ? {} : { confirmAfterMs: Math.min(...rests) };
}

/** What is kept of a result, to be explained: thousands of targets have a dozen measures each of which no alert speaks. */
function watchedOf({ plan }: TargetFile, measures: readonly Sample[]): readonly Sample[] {
  const watched = measures.filter(({ name }) => plan.current.has(name));
  return watched.length === 0 ? NOTHING_SEEN : watched;
}

function activeOf({ watches, plan }: TargetFile, { monoMs }: Instant): readonly Active[] {
  if (watches.size === 0) return NOTHING;
  const active: Active[] = [];
  for (const [name, instances] of watches) {
    const spec = plan.specs.get(name);
    if (spec === undefined) continue;
    for (const watch of instances.values())
      active.push({ ...watch, spec, instance: labelsKey(watch.labels), severity: severityOf(spec, watch, monoMs) });
  }
  return active;
}
