import type { Clock } from '../core/clock.ts';

/** A yes is believed only when it was asked for within this time before, a no for this time after it came. */
const YES_MS = 1000;
const NO_MS = 2000;
/** However many want to know, it is asked no more often than this. */
const APART_MS = 500;

interface Answer {
  readonly yes: boolean;
  readonly beganMs: number;
  readonly endedMs: number;
}

/** A question that many have at the same time, asked once for all of them. */
export interface Lately {
  /**
   * What is true since this moment (monotonic ms): a yes from before it is no answer, for what worked then may have broken since;
   * a no is, for whoever is wrongly excused is asked again.
   */
  since(sinceMs: number): Promise<boolean>;
  /** Forgets what is known. */
  forget(): void;
}

/** Makes a question one that is asked seldom; `ask` ends by itself and never throws. */
export function openLately(clock: Clock, ask: () => Promise<boolean>): Lately {
  let last: Answer | undefined;
  let flight: Promise<void> | undefined;

  const isGood = (answer: Answer, sinceMs: number): boolean =>
    answer.yes ? answer.beganMs >= sinceMs : clock.monoMs() - answer.endedMs <= NO_MS;

  const fly = async () => {
    const pauseMs = last === undefined ? 0 : last.beganMs + APART_MS - clock.monoMs();
    if (pauseMs > 0) await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    const beganMs = clock.monoMs();
    const yes = await ask();
    last = { yes, beganMs, endedMs: clock.monoMs() };
  };

  return {
    async since(sinceMs) {
      const fromMs = Math.max(sinceMs, clock.monoMs() - YES_MS);
      while (last === undefined || !isGood(last, fromMs)) {
        flight ??= fly().finally(() => {
          flight = undefined;
        });
        await flight;
      }
      return last.yes;
    },
    forget() {
      last = undefined;
    },
  };
}
