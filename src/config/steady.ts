import type { Clock } from '../core/clock.ts';
import { type Marks, PIPE } from './disk.ts';
import type { LoadResult } from './load.ts';
import { lookAt } from './look.ts';

/** A mistake is told once the files have stood for so long: whoever writes in place leaves an empty or half a file for a moment; ms. */
const STILL_MS = 50;
/** Whoever writes without end is not waited for. */
const MOST_LOADS = 5;

/** Loads again where a file was written meanwhile. For a reload that a person asks for, which waits for no second look of the watch. */
export async function loadSteadily(load: () => Promise<LoadResult>, clock: Clock): Promise<LoadResult> {
  for (let loads = 1; ; loads++) {
    const loaded = await load();
    if (loads === MOST_LOADS) return loaded;
    if (!loaded.ok) await new Promise<void>((resolve) => clock.after(STILL_MS, resolve));
    if (await stillHold(loaded.marks)) return loaded;
  }
}

/** Whether every file holds what was read; what nothing can be said of is taken to. */
async function stillHold(marks: Marks): Promise<boolean> {
  for (const [path, mark] of marks) {
    if (mark === PIPE) continue; // it cannot be read twice
    const looked = await lookAt(path, undefined);
    if (looked !== undefined && looked.mark !== mark) return false;
  }
  return true;
}
