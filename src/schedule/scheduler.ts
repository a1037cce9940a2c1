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
  /** Takes these targets from now on: known ones (by name and interval) keep their schedule. */
  replace(targets: readonly Target[], lanes: Lanes): void;
  /** Asks for probes out of turn; one that runs or waits already serves instead. */
  probeNow(requests: readonly ProbeRequest[]): void;
  /** Starts nothing more. */
  stop(): void;
  /** Monotonic ms of the last scheduled start, for the question whether it makes progress. */
  lastStartMs(): number | undefined;
}

type State = 'idle' | 'waiting' | 'running';

interface Entry {
  target: Target;
  readonly phaseMs: number;
  dueMs: number;
  state: State;
  turn: Turn;
  gone: boolean;
  readonly timers: Set<Disposable>;
}

/** A fixed-rate scheduler on the monotonic clock: a probe's own duration moves nothing, and no target runs twice at once. */
export function openScheduler(clock: Clock, hooks: SchedulerHooks): Scheduler {
  const entries = new Map<string, Entry>();
  const heap = new Heap<Entry>();
  let lanes: Lanes | undefined;
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
      if (entry.gone) continue;
      const dueMs = entry.dueMs;
      // After a stall the turns that were missed are not made up for: the grid stays.
      entry.dueMs = nextTurn(entry.phaseMs, entry.target.intervalMs, nowMs);
      heap.push(entry);
      takeTurn(entry, dueMs);
    }
    arm();
  };

  const takeTurn = (entry: Entry, dueMs: number) => {
    if (entry.state === 'idle') return start(entry, 'scheduled', dueMs);
    if (entry.turn === 'extra') {
      entry.turn = 'scheduled'; // the probe in flight serves as this turn's sample
      return;
    }
    const why = entry.state === 'running' ? 'overlap' : 'saturated';
    hooks.onResult({ outcome: 'skipped', target: entry.target.name, turn: 'scheduled', at: clock.now(), why });
  };

  const start = (entry: Entry, turn: Turn, dueMs: number | undefined) => {
    entry.state = 'waiting';
    entry.turn = turn;
    const task = async () => {
      if (stopped || entry.gone) return;
      entry.state = 'running';
      if (dueMs !== undefined) {
        lastStartMs = clock.monoMs();
        hooks.onStart(Math.max(0, lastStartMs - dueMs));
      }
      const result = await hooks.probe(entry.target, () => entry.turn);
      entry.state = 'idle';
      if (!stopped && !entry.gone) hooks.onResult(result);
    };
    lanes
      ?.enter(entry.target, turn, task)
      .catch((error: unknown) => hooks.onError(error, entry.target.name))
      .finally(() => {
        entry.state = 'idle';
      });
  };

  const remove = (entry: Entry) => {
    entry.gone = true;
    for (const pending of entry.timers) pending[Symbol.dispose]();
    entries.delete(entry.target.name);
  };

  return {
    replace(targets, nextLanes) {
      lanes = nextLanes;
      const nowMs = clock.monoMs();
      const wanted = new Map(targets.map((target) => [target.name, target]));
      for (const entry of entries.values()) {
        const next = wanted.get(entry.target.name);
        if (next === undefined || next.intervalMs !== entry.target.intervalMs) remove(entry);
        else entry.target = next;
      }
      const fresh = targets.filter((target) => !entries.has(target.name));
      const turns = spread(fresh);
      for (const target of fresh) {
        const turn = turns.get(target.name);
        if (turn === undefined) continue;
        const entry: Entry = {
          target,
          phaseMs: nowMs + turn.phaseMs,
          dueMs: nowMs + turn.firstMs,
          state: 'idle',
          turn: 'scheduled',
          gone: false,
          timers: new Set(),
        };
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
          if (entry.state === 'idle' && !stopped && !entry.gone) start(entry, 'extra', undefined);
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
