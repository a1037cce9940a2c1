import { setTimeout as sleep } from 'node:timers/promises';
import { report } from './report.ts';

/** Does the work again and again, with the pause after each, until the signal; a failure is said and tried again. */
export async function repeat(
  part: string,
  everyMs: number,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
    } catch (error) {
      report(part, error);
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
