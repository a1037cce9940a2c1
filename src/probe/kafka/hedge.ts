import type { Clock } from '../../core/clock.ts';

export type Hedged<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly unknown[] };

/**
 * Starts the attempts in their order, each `staggerMs` after the one before, or at once when all that run have failed.
 * The first success wins and starts no more; those still running are left to the caller. Errors come in the order of the attempts.
 */
export function firstOf<T>(
  attempts: readonly (() => Promise<T>)[],
  staggerMs: number,
  clock: Pick<Clock, 'after'>,
): Promise<Hedged<T>> {
  return new Promise((resolve) => {
    const errors: unknown[] = [];
    let started = 0;
    let failed = 0;
    let over = false;
    let timer: Disposable | undefined;
    const end = (outcome: Hedged<T>) => {
      over = true;
      timer?.[Symbol.dispose]();
      resolve(outcome);
    };
    const next = () => {
      timer?.[Symbol.dispose]();
      const index = started;
      const attempt = attempts[index];
      if (over) return;
      if (attempt === undefined) {
        if (failed === started) end({ ok: false, errors });
        return;
      }
      started += 1;
      if (started < attempts.length) timer = clock.after(staggerMs, next);
      attempt().then(
        (value) => end({ ok: true, value }),
        (error: unknown) => {
          errors[index] = error;
          failed += 1;
          if (failed === started) next();
        },
      );
    };
    next();
  });
}
