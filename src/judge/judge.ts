import type { AlertSpec } from '../core/alert.ts';
import type { Instant } from '../core/clock.ts';
import type { ProbeResult } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { type Standing, step } from './standing.ts';

/** An alert's condition holds: it waits for confirmation or `for` (pending), or it fires. */
export interface Active {
  readonly spec: AlertSpec;
  readonly phase: 'pending' | 'firing';
  readonly since: Instant;
  /** When the first failure was known, monotonic ms. */
  readonly seenMs: number;
  /** What was seen, for people. */
  readonly message: string;
}

/** What one result changed. */
export interface Judgement {
  readonly target: Target;
  readonly standing: Standing | undefined;
  readonly active: readonly Active[];
  readonly confirmAfterMs?: number;
  readonly began?: true;
}

export interface Judge {
  onResult(result: ProbeResult, now: Instant): Judgement | undefined;
  /** What is in force for a target now, without a new result. */
  review(target: string, now: Instant): Judgement | undefined;
  standing(target: string): Standing | undefined;
  /** Takes these targets from now on; a target keeps its standing while its name and type stay. */
  retarget(targets: readonly Target[]): void;
}

/** Alerts of one test that this judge acts on: so far those that say `down`. */
const isDown = (spec: AlertSpec): boolean => spec.when.tests.every((test) => test.kind === 'down');

/** Turns results into verdicts, and verdicts into active alerts. Synchronous; time is an argument. */
export function openJudge(): Judge {
  const targets = new Map<string, Target>();
  const standings = new Map<string, Standing>();

  const judgement = (target: Target, now: Instant): Judgement => {
    const standing = standings.get(target.name);
    return { target, standing, active: standing === undefined ? [] : activeOf(target, standing, now) };
  };

  return {
    onResult(result, now) {
      const target = targets.get(result.target);
      if (target === undefined) return undefined;
      const { standing, ...asks } = step(standings.get(target.name), result, target);
      if (standing !== undefined) standings.set(target.name, standing);
      return { ...judgement(target, now), ...asks };
    },
    review(name, now) {
      const target = targets.get(name);
      return target === undefined ? undefined : judgement(target, now);
    },
    standing: (target) => standings.get(target),
    retarget(next) {
      const before = new Map(targets);
      targets.clear();
      for (const target of next) {
        targets.set(target.name, target);
        if (before.get(target.name)?.type !== target.type) standings.delete(target.name);
      }
      for (const name of standings.keys()) if (!targets.has(name)) standings.delete(name);
    },
  };
}

function activeOf(target: Target, { verdict, failing }: Standing, now: Instant): readonly Active[] {
  if (failing === undefined) return [];
  const { since, seenMs, message } = failing;
  const active: Active[] = [];
  for (const spec of target.alerts) {
    if (!isDown(spec)) continue;
    const firing = verdict === 'down' && now.monoMs - since.monoMs >= spec.forMs;
    active.push({ spec, phase: firing ? 'firing' : 'pending', since, seenMs, message });
  }
  return active;
}
