import type { Clock } from '../core/clock.ts';
import type { ProbeResult, Turn } from '../core/result.ts';
import type { Target } from '../core/target.ts';
import { Heap } from './heap.ts';
import type { Lanes } from './lanes.ts';
import { nextTurn, spread } from './timetable.ts';

/** Due probes are served in slots: one wake-up for several, at the price of at most this much lateness. */
const SLOT_MS = 2;

/** A probe out of turn that a later stage asks for. */
export interface ProbeRequest {
  readonly target: string;
  readonly afterMs: number;
}

export interface SchedulerHooks {
  /** Runs one probe to its end; must not throw. */
  probe(target: Target, turn: () => Turn): Promise<ProbeResult>;
  onResult(result: ProbeResult): void;
  /** How late a scheduled probe started, ms. */
  onStart(delayMs: number): void;
  /** A bug: a hook threw. The schedule goes on. */
  onError(error: unknown, target: string): void;
}

export interface Scheduler {
  /** Takes these targets from now on: known ones keep their schedule while their interval stays, and their run in any case. */
  replace(targets: readonly Target[]): void;
  /** Asks for probes out of turn; one that runs or waits already serves instead. */
  probeNow(requests: readonly ProbeRequest[]): void;
  /** Starts nothing more. */
  stop(): void;
  /** Monotonic ms of the last scheduled start, for the question whether it makes progress. */
  lastStartMs(): number | undefined;
}

/** A probe that waits for room or runs. */
interface Run {
  turn: Turn;
  begun: boolean;
}

interface Entry {
  target: Target;
  phaseMs: number;
  dueMs: number;
  run: Run | undefined;
  gone: boolean;
  readonly timers: Set<Disposable>;
}

/** A fixed-rate scheduler on the monotonic clock: a probe's own duration moves nothing, and no target runs twice at once. */
export function openScheduler(clock: Clock, lanes: Pick<Lanes, 'enter'>, hooks: SchedulerHooks): Scheduler {
  const entries = new Map<string, Entry>();
  let heap = new Heap<Entry>();
  let timer: Disposable | undefined;
  let wakeAtMs = Number.POSITIVE_INFINITY;
  let stopped = false;
  let lastStartMs: number | undefined;

  const arm = () => {
    const next = heap.peek();
    if (stopped || next === undefined || next.dueMs >= wakeAtMs) return;
    timer?.[Symbol.dispose]();
    wakeAtMs = next.dueMs;
    timer = clock.after(Math.max(SLOT_MS, Math.ceil(next.dueMs - clock.monoMs())), wake);
  };

  const wake = () => {
    wakeAtMs = Number.POSITIVE_INFINITY;
    const nowMs = clock.monoMs();
    for (let entry = heap.peek(); entry !== undefined && entry.dueMs <= nowMs + SLOT_MS / 2; entry = heap.peek()) {
      heap.pop();
      const dueMs = entry.dueMs;
      // After a stall the turns that were missed are not made up for: the grid stays.
      entry.dueMs = nextTurn(entry.phaseMs, entry.target.intervalMs, nowMs);
      heap.push(entry);
      try {
        takeTurn(entry, dueMs);
      } catch (error) {
        hooks.onError(error, entry.target.name);
      }
    }
    arm();
  };

  const takeTurn = (entry: Entry, dueMs: number) => {
    const { run, target } = entry;
    // A re-probe in flight serves as this turn's sample; one that only waits for room in its lane is passed over.
    if (run?.turn === 'extra' && run.begun) run.turn = 'scheduled';
    else if (run === undefined || run.turn === 'extra') start(entry, 'scheduled', dueMs);
    else {
      const why = run.begun ? 'overlap' : 'saturated';
      hooks.onResult({ outcome: 'skipped', target: target.name, turn: 'scheduled', at: clock.now(), why });
    }
  };

  const start = (entry: Entry, turn: Turn, dueMs: number | undefined) => {
    const run: Run = { turn, begun: false };
    entry.run = run;
    lanes
      .enter(entry.target, turn, () => probe(entry, run, dueMs))
      .catch((error: unknown) => hooks.onError(error, entry.target.name));
  };

  const probe = async (entry: Entry, run: Run, dueMs: number | undefined) => {
    if (stopped || entry.gone || entry.run !== run) return;
    run.begun = true;
    let result: ProbeResult;
    try {
      if (dueMs !== undefined) {
        lastStartMs = clock.monoMs();
        hooks.onStart(Math.max(0, lastStartMs - dueMs));
      }
      result = await hooks.probe(entry.target, () => run.turn);
    } finally {
      entry.run = undefined;
    }
    if (!stopped && !entry.gone) hooks.onResult(result);
  };

  const remove = (entry: Entry) => {
    entry.gone = true;
    for (const pending of entry.timers) pending[Symbol.dispose]();
    entries.delete(entry.target.name);
  };

  return {
    replace(targets) {
      const nowMs = clock.monoMs();
      const wanted = new Set(targets.map((target) => target.name));
      for (const entry of [...entries.values()]) if (!wanted.has(entry.target.name)) remove(entry);
      const turns = spread(
        targets.filter(({ name, intervalMs }) => entries.get(name)?.target.intervalMs !== intervalMs),
      );
      heap = new Heap();
      for (const target of targets) {
        const entry = entries.get(target.name) ?? idle(target);
        entry.target = target;
        const turn = turns.get(target.name);
        if (turn !== undefined) Object.assign(entry, { phaseMs: nowMs + turn.phaseMs, dueMs: nowMs + turn.firstMs });
        entries.set(target.name, entry);
        heap.push(entry);
      }
      arm();
    },
    probeNow(requests) {
      for (const { target, afterMs } of requests) {
        const entry = entries.get(target);
        if (entry === undefined || stopped) continue;
        const pending = clock.after(afterMs, () => {
          entry.timers.delete(pending);
          if (entry.run === undefined && !stopped && !entry.gone) start(entry, 'extra', undefined);
        });
        entry.timers.add(pending);
      }
    },
    stop() {
      stopped = true;
      timer?.[Symbol.dispose]();
      for (const entry of [...entries.values()]) remove(entry);
    },
    lastStartMs: () => lastStartMs,
  };
}

const idle = (target: Target): Entry => ({
  target,
  phaseMs: 0,
  dueMs: 0,
  run: undefined,
  gone: false,
  timers: new Set(),
});
