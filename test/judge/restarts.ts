import type { Instant } from '../../src/core/clock.ts';
import { ownTarget } from '../../src/core/own-target.ts';
import type { Gap, ProbeResult, Sample, Turn } from '../../src/core/result.ts';
import type { Target } from '../../src/core/target.ts';
import { windowsOf } from '../../src/core/when/needs.ts';
import { type Judge, type Judgement, type JudgeRules, openJudge } from '../../src/judge/judge.ts';
import type { Mark } from '../../src/judge/memory.ts';
import type { StandingDoc } from '../../src/judge/record.ts';
import { openWindows } from '../../src/observe/windows.ts';

export const START_MS = Date.UTC(2026, 0, 1);

/** Nothing flaps. */
const RULES: JudgeRules = { flapping: { high: 2, low: 2 }, own: ownTarget({}) };

/** What one probe saw. */
export interface Seen {
  readonly outcome: 'up' | 'down' | 'inconclusive';
  readonly turn?: Turn;
  readonly measures?: readonly Sample[];
  readonly gaps?: readonly Gap[];
}

/** A judge, its windows and what is kept of it, across restarts; each process has a monotonic clock of its own. */
export interface Life {
  pass(ms: number): void;
  /** Lets time pass, and then a probe see something. */
  after(ms: number, seen: Seen): Judgement;
  /** Ends the process and begins another one. */
  restart(awayMs: number, clockJumpMs?: number): void;
  /** Until when it looked is written down, as it is every few seconds. */
  look(): void;
  /** That is lost. */
  loseLook(): void;
  retarget(targets: readonly Target[]): void;
  review(): Judgement | undefined;
  readonly docs: ReadonlyMap<string, StandingDoc>;
  /** How many documents were written or deleted. */
  readonly writes: number;
  readonly judge: Judge;
}

/** A life of this target alone. */
export function openLife(first: Target): Life {
  let targets: readonly Target[] = [first];
  let { windows, judge } = process();
  let wallMs = START_MS;
  let monoMs = 1_000_000;
  let mark: Mark | undefined;
  let writes = 0;
  const docs = new Map<string, string>();
  const seen = new Set<string>();

  const now = (): Instant => ({ monoMs, wallMs });
  const look = (beside: boolean) => {
    mark = judge.mark(now(), beside) ?? mark;
  };
  const keep = () => {
    const names = judge.changed();
    for (const name of names) {
      const doc = judge.kept(name);
      writes++;
      if (doc === undefined) docs.delete(name);
      else docs.set(name, JSON.stringify(doc));
    }
    look(names.length > 0);
  };
  const retarget = () => {
    windows.retarget(
      targets.map(({ name, type, intervalMs, alerts }) => ({
        ...{ target: name, type, intervalMs },
        windows: windowsOf(alerts.map(({ when }) => when)),
      })),
    );
    judge.retarget(targets, RULES, now());
    for (const { name } of targets) judge.review(name, now());
    keep();
  };
  retarget();
  const pass = (ms: number) => {
    monoMs += ms;
    wallMs += ms;
  };
  return {
    pass,
    after(ms, { outcome, turn = 'scheduled', measures = [], gaps = [] }) {
      pass(ms);
      const ran = { target: first.name, turn, at: now() };
      const answered = { ...ran, durationMs: 0, measures, series: [], gaps };
      const result: ProbeResult =
        outcome === 'inconclusive'
          ? { ...ran, outcome, why: 'own-limits', message: '' }
          : outcome === 'up'
            ? { ...answered, outcome }
            : { ...answered, outcome, reason: 'refused', message: 'refused' };
      windows.record(result);
      const judged = judge.onResult(result, now());
      if (judged === undefined) throw new Error(`${first.name} is not judged`);
      if (judged.standing?.verdict === 'up') seen.add(first.name);
      keep();
      return judged;
    },
    restart(awayMs, clockJumpMs = 0) {
      wallMs += awayMs + clockJumpMs;
      monoMs = 5000;
      ({ windows, judge } = process());
      const standings = [...docs.values()].map((doc) => JSON.parse(doc) as StandingDoc);
      judge.remember({ seen, standings, mark }, now());
      retarget();
    },
    look: () => look(true),
    loseLook() {
      mark = undefined;
    },
    retarget(next) {
      targets = next;
      retarget();
    },
    review: () => judge.review(first.name, now()),
    get docs() {
      return new Map([...docs].map(([name, doc]) => [name, JSON.parse(doc) as StandingDoc]));
    },
    get writes() {
      return writes;
    },
    get judge() {
      return judge;
    },
  };
}

function process() {
  const windows = openWindows();
  return { windows, judge: openJudge(windows) };
}
