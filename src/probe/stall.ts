import type { Clock } from '../core/clock.ts';

/** How often the event loop shows that it lives; by as much a stall may be measured too short. */
const BEAT_MS = 100;
/** What stands still for longer than this is a stall. */
const LONGEST_PAUSE_MS = 500;
/** A probe that began before the oldest of these has long ended. */
const MOST_KEPT = 100;

/** A time in which nothing ran here, monotonic ms: an event loop that was blocked, or a process that was stopped. */
export interface Stall {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Notices when Outrider itself stood still. */
export interface Stalls extends Disposable {
  /** Looks now: timers that were due meanwhile may run before the next beat. */
  look(): void;
  /** How long the longest stall since this moment (monotonic ms) stood, ms; undefined where there was none. Looks first. */
  since(sinceMs: number): number | undefined;
}

/** Begins to beat; `onStall` is told of every stall once. */
export function openStalls(clock: Clock, onStall: (stall: Stall) => void = () => {}): Stalls {
  const recent: Stall[] = [];
  let aliveMs = clock.monoMs();
  let timer: Disposable;

  const look = () => {
    const stall = { fromMs: aliveMs, toMs: clock.monoMs() };
    aliveMs = stall.toMs;
    if (lengthOf(stall) <= LONGEST_PAUSE_MS) return;
    recent.push(stall);
    if (recent.length > MOST_KEPT) recent.shift();
    onStall(stall);
  };
  const beat = () => {
    look();
    timer = clock.after(BEAT_MS, beat);
  };
  timer = clock.after(BEAT_MS, beat);

  return {
    look,
    since(sinceMs) {
      look();
      const overlapping = recent.filter(({ toMs }) => toMs > sinceMs);
      return overlapping.length === 0 ? undefined : Math.max(...overlapping.map(lengthOf));
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  };
}

/** How long it surely stood: up to one beat may have been in order before it. */
const lengthOf = ({ fromMs, toMs }: Stall): number => toMs - fromMs - BEAT_MS;
