import type { Clock } from '../core/clock.ts';

/** Timers by name: setting one anew takes the place of the old one. */
export interface Timers {
  set(name: string, delayMs: number, task: () => void): void;
  cancel(name: string): void;
  clear(): void;
}

/** None yet. */
export function openTimers(clock: Clock): Timers {
  const timers = new Map<string, Disposable>();
  const cancel = (name: string) => {
    timers.get(name)?.[Symbol.dispose]();
    timers.delete(name);
  };
  return {
    set(name, delayMs, task) {
      cancel(name);
      timers.set(name, clock.after(delayMs, task));
    },
    cancel,
    clear() {
      for (const name of [...timers.keys()]) cancel(name);
    },
  };
}
