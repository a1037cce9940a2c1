import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_AGAIN_MS = 25;

/** Asks until the answer is something, and says how long that took; throws with the last answer's text when it never is. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
  withinMs = 30_000,
): Promise<{ readonly value: T; readonly tookMs: number }> {
  const begun = performance.now();
  for (;;) {
    const value = await ask();
    const tookMs = performance.now() - begun;
    if (value !== undefined) return { value, tookMs };
    if (tookMs > withinMs) throw new Error(`${what}: not within ${withinMs} ms`);
    await sleep(LOOK_AGAIN_MS);
  }
}
