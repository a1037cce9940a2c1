import type { LoadResult } from './config/load.ts';
import type { Clock } from './core/clock.ts';
import type { Reload } from './web/view.ts';

/** After a run this much of its own time passes before the next, so that a storm of reloads leaves the probes their share. */
const REST_SHARE = 1;
const LONGEST_REST_MS = 1000;

export const STOPPING: Reload = { ok: false, problems: ['Outrider stops: no config is taken any more'] };

export interface ReloadsOptions {
  readonly clock: Clock;
  readonly load: () => Promise<LoadResult>;
  /** Takes what was loaded; where that has a mistake, the answer is what is wrong. */
  readonly take: (next: LoadResult) => Promise<Reload>;
}

/** Reloads, one after the other. */
export interface Reloads {
  /** The answer of the first run that begins after this; all who ask before it begins share it. */
  ask(): Promise<Reload>;
  /** Takes what was loaded in a task of `inTurn`. */
  readonly take: ReloadsOptions['take'];
  /** Runs a task when no reload does; none begins before it has ended. */
  inTurn(task: () => Promise<void>): Promise<void>;
  /** From now on nothing is taken; waits for what is being taken. */
  stop(): Promise<void>;
}

/** Reloads that never overlap, however many are asked for. */
export function openReloads({ clock, load, take: takeNow }: ReloadsOptions): Reloads {
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Promise<Reload> | undefined;
  let taking: Promise<unknown> = Promise.resolve();
  let rested: Promise<void> = Promise.resolve();
  let endRest = () => {};
  let stopped = false;

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = last.then(task);
    last = done.catch(() => {});
    return done;
  };
  const take: Reloads['take'] = (next) => {
    if (stopped) return Promise.resolve(STOPPING);
    const done = takeNow(next);
    taking = done.catch(() => {});
    return done;
  };
  const rest = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = clock.after(ms, resolve);
      endRest = () => {
        timer[Symbol.dispose]();
        resolve();
      };
    });
  const run = async (): Promise<Reload> => {
    await rested;
    waiting = undefined;
    if (stopped) return STOPPING;
    const begunMs = clock.monoMs();
    try {
      return await take(await load());
    } finally {
      const tookMs = clock.monoMs() - begunMs;
      if (!stopped) rested = rest(Math.min(LONGEST_REST_MS, tookMs * REST_SHARE));
    }
  };

  return {
    ask() {
      if (stopped) return Promise.resolve(STOPPING);
      waiting ??= inTurn(run);
      return waiting;
    },
    take,
    inTurn,
    async stop() {
      stopped = true;
      endRest();
      await taking;
    },
  };
}
