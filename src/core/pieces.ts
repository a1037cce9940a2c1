import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from './clock.ts';

/** Long work that can be laid down wherever it yields. */
export type Pieces<T> = Generator<undefined, T, undefined>;

/** So long the event loop may wait for a slice of such work; ms. */
const SLICE_MS = 10;

/** Does the work without a rest. */
export function atOnce<T>(work: Pieces<T>): T {
  let step = work.next();
  while (step.done !== true) step = work.next();
  return step.value;
}

/** Does the work in slices of some milliseconds, with a turn of the event loop after each. */
export async function inSlices<T>(work: Pieces<T>, clock: Pick<Clock, 'monoMs'>): Promise<T> {
  let begunMs = clock.monoMs();
  for (let step = work.next(); ; step = work.next()) {
    if (step.done === true) return step.value;
    if (clock.monoMs() - begunMs < SLICE_MS) continue;
    await turn();
    begunMs = clock.monoMs();
  }
}
