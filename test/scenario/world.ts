import type { Alert, Notice } from '../../src/core/alert.ts';
import type { Instant } from '../../src/core/clock.ts';
import type { ProbeResult, Turn } from '../../src/core/result.ts';
import type { Target } from '../../src/core/target.ts';
import type { Correlator } from '../../src/correlate/contract.ts';
import type { Judge } from '../../src/judge/judge.ts';
import type { Mark } from '../../src/judge/memory.ts';
import type { StandingDoc } from '../../src/judge/record.ts';
import type { Effects, PipelineRules } from '../../src/pipeline.ts';
import { openStages } from '../support/scenario.ts';

/** How a target answers: as its dependencies let it (with queries that wait, where it is strained), not at all, or so that nothing can be said. */
export type Health = 'well' | 'strained' | 'broken' | 'blind';

/** Hears of everything that happens in a world, in its order. */
export interface Witness {
  result(result: ProbeResult, now: Instant): void;
  told(notice: Notice, now: Instant): void;
  requested(target: string): void;
  retargeted(targets: readonly Target[]): void;
  /** After each step, with all of its notices told. */
  settled(now: Instant, ticked: boolean): void;
}

/** Targets with a health of their own, probed at a fixed rate and when the pipeline asks, in virtual time. */
export interface World {
  readonly judge: Judge;
  readonly correlator: Correlator;
  setHealth(target: string, health: Health): void;
  /** Silences a target, or puts it into maintenance, for some time. */
  quiet(target: string, how: 'silence' | 'maintenance', forMs: number): void;
  isPlanned(target: string): boolean;
  retarget(targets: readonly Target[], rules: PipelineRules): void;
  /** The process ends and begins anew after some time, with what the store kept. */
  restart(awayMs: number): void;
  advance(ms: number): void;
}

const START_MS = Date.UTC(2026, 0, 1);
const TICK_MS = 500;

interface Post {
  target: Target;
  nextMs: number;
  /** The probe in flight. */
  run: { turn: Turn; readonly begun: Instant; readonly endsMs: number } | undefined;
  asks: number[];
}

/** A world without targets; `tookMs` is how long a probe of a target takes. */
export function openWorld(tookMs: (target: string) => number, witness: Witness): World {
  let stages = openStages();
  const told = new Map<string, Alert>();
  const seen = new Set<string>();
  /** JSON, as the store has it. */
  const standings = new Map<string, string>();
  let mark: Mark | undefined;
  let begunMs = 0;
  let current: { readonly targets: readonly Target[]; readonly rules: PipelineRules } | undefined;
  const posts = new Map<string, Post>();
  const healths = new Map<string, Health>();
  let nowMs = 0;
  let nextTickMs = TICK_MS;

  /** Each process has a monotonic clock of its own. */
  const now = (): Instant => ({ monoMs: nowMs - begunMs, wallMs: START_MS + nowMs });
  const keep = (names: readonly string[]) => {
    for (const name of names) {
      const doc = stages.judge.kept(name);
      if (doc === undefined) standings.delete(name);
      else standings.set(name, JSON.stringify(doc));
    }
    mark = stages.judge.mark(now(), names.length > 0) ?? mark;
  };
  const take = ({ notices, probeNow, verdicts, standings: names }: Effects, ticked = false) => {
    for (const { target, to } of verdicts) if (to === 'up') seen.add(target);
    keep(names);
    for (const notice of notices) {
      if (notice.status === 'firing') told.set(notice.alert.fingerprint, notice.alert);
      else told.delete(notice.alert.fingerprint);
      witness.told(notice, now());
    }
    for (const { target, afterMs } of probeNow) {
      witness.requested(target);
      posts.get(target)?.asks.push(nowMs + afterMs);
    }
    witness.settled(now(), ticked);
  };

  const fails = (name: string): boolean =>
    healths.get(name) === 'broken' ||
    (posts.get(name)?.target.dependsOn ?? []).some((dependency) => !dependency.soft && fails(dependency.name));

  const answer = (post: Post, turn: Turn, at: Instant): ProbeResult => {
    const { name } = post.target;
    const ran = { target: name, turn, at };
    if (healths.get(name) === 'blind') return { ...ran, outcome: 'inconclusive', why: 'own-limits', message: '' };
    const blocked = healths.get(name) === 'strained' ? 5 : 0;
    const seen = { ...ran, durationMs: tookMs(name), measures: [], series: [] };
    if (fails(name)) return { ...seen, outcome: 'down', reason: 'refused', message: `${name} refused` };
    return { ...seen, outcome: 'up', measures: [{ name: 'blocked_queries', value: blocked }] };
  };

  /** Does what a target is due for now, as the scheduler does; true when there was anything. */
  const serve = (post: Post): boolean => {
    const { run } = post;
    if (run !== undefined && run.endsMs <= nowMs) {
      post.run = undefined;
      const result = answer(post, run.turn, run.begun);
      witness.result(result, now());
      take(stages.pipeline.onResult(result, now()));
      return true;
    }
    const scheduled = post.nextMs <= nowMs;
    const extra = post.asks.some((atMs) => atMs <= nowMs);
    if (!scheduled && !extra) return false;
    post.asks = post.asks.filter((atMs) => atMs > nowMs);
    if (scheduled) post.nextMs += post.target.intervalMs;
    if (post.run === undefined) {
      const turn = scheduled ? 'scheduled' : 'extra';
      post.run = { turn, begun: now(), endsMs: nowMs + tookMs(post.target.name) };
    } else if (scheduled) post.run.turn = 'scheduled';
    return true;
  };

  const dueMs = ({ run, nextMs, asks }: Post): number => Math.min(run?.endsMs ?? nextMs, nextMs, ...asks);

  return {
    get judge() {
      return stages.judge;
    },
    get correlator() {
      return stages.correlator;
    },
    restart(awayMs) {
      const kept = stages.mutes.kept(now().wallMs);
      stages = openStages();
      nowMs += awayMs;
      nextTickMs += awayMs;
      begunMs = nowMs;
      stages.correlator.restore([...told.values()]);
      const docs = [...standings.values()].map((doc) => JSON.parse(doc) as StandingDoc);
      stages.judge.remember({ seen, standings: docs, mark }, now());
      stages.mutes.restore(kept);
      posts.clear();
      if (current !== undefined) this.retarget(current.targets, current.rules);
    },
    setHealth: (target, health) => healths.set(target, health),
    quiet(target, how, forMs) {
      const { wallMs } = now();
      const during = { startsAtMs: wallMs, endsAtMs: wallMs + forMs };
      const name = { name: 'target', value: target, isRegex: false, isEqual: true };
      if (how === 'silence')
        stages.mutes.silence({ matchers: [name], ...during, createdBy: 'alice', comment: '' }, wallMs);
      else stages.mutes.plan({ name: 'upgrade', targets: [target], groups: [], matchers: [], ...during }, wallMs);
    },
    isPlanned: (target) => stages.mutes.maintenanceOf(target, undefined, now().wallMs).length > 0,
    retarget(targets, rules) {
      current = { targets, rules };
      const before = new Map(posts);
      posts.clear();
      for (const [index, target] of targets.entries()) {
        if (!target.enabled) continue;
        const old = before.get(target.name);
        if (old?.target.intervalMs === target.intervalMs) posts.set(target.name, { ...old, target });
        else posts.set(target.name, { target, nextMs: nowMs + index * 100, run: old?.run, asks: old?.asks ?? [] });
      }
      witness.retargeted(targets);
      const observed = targets.map((target) => ({ target, ownMeasures: [] }));
      take(stages.pipeline.retarget(observed, rules, now()));
    },
    advance(ms) {
      const untilMs = nowMs + ms;
      for (;;) {
        for (const post of posts.values()) while (serve(post));
        const next = Math.min(nextTickMs, ...[...posts.values()].map(dueMs));
        if (next > untilMs) break;
        nowMs = Math.max(nowMs, next);
        if (nowMs < nextTickMs) continue;
        nextTickMs += TICK_MS;
        take(stages.pipeline.onTick(now()), true);
      }
      nowMs = untilMs;
    },
  };
}
