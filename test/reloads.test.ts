import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { LoadResult } from '../src/config/load.ts';
import { systemClock } from '../src/core/clock.ts';
import { openReloads, STOPPING } from '../src/reloads.ts';
import type { Reload } from '../src/web/view.ts';
import { virtualClock } from './support/virtual-clock.ts';

const OK: Reload = { ok: true };
const REFUSED = (nth: number): LoadResult => ({ ok: false, problems: [], marks: new Map([['/file', String(nth)]]) });

/** Reloads whose runs are numbered, and end their loading and their taking when they are told to. */
function bench() {
  const clock = virtualClock();
  const gates = { load: [] as (() => void)[], take: [] as (() => void)[] };
  const seen = { loads: 0, taken: [] as (string | undefined)[], under: 0, most: 0 };
  const pass = (gate: (() => void)[]) => new Promise<void>((resolve) => gate.push(resolve));
  const reloads = openReloads({
    clock,
    async load() {
      seen.loads++;
      seen.most = Math.max(seen.most, ++seen.under);
      const found = REFUSED(seen.loads);
      await pass(gates.load);
      return found;
    },
    async take({ marks }) {
      await pass(gates.take);
      seen.under--;
      seen.taken.push(marks.get('/file'));
      return OK;
    },
  });
  const open = async (which: keyof typeof gates) => {
    await turn();
    const gate = gates[which].shift();
    if (gate === undefined) throw new Error(`nothing waits to ${which}`);
    gate();
    await turn();
  };
  return { clock, reloads, seen, gates, open };
}

describe('reloads', () => {
  it('of all that are asked for while one waits to begin are the same one, and never overlap', async () => {
    const { clock, reloads, seen, open } = bench();
    const first = reloads.ask();
    await turn();
    const others = Array.from({ length: 100 }, () => reloads.ask());
    await open('load');
    await open('take');
    expect(await first).toEqual(OK);
    await clock.advance(0);
    await open('load');
    await open('take');
    expect(await Promise.all(others)).toEqual(others.map(() => OK));
    expect([seen.loads, seen.taken, seen.most]).toEqual([2, ['1', '2'], 1]);
  });

  it('answer each with a run that began after it was asked for', async () => {
    const { clock, reloads, seen, open } = bench();
    void reloads.ask();
    await open('load');
    const late = reloads.ask();
    await open('take');
    await clock.advance(0);
    await open('load');
    await open('take');
    await late;
    expect(seen.loads).toBe(2);
  });

  it('rest after a run for as long as it took, at most a second, and only where another is asked for', async () => {
    const { clock, reloads, seen, open } = bench();
    for (const [nth, [tookMs, restMs]] of [
      [300, 300],
      [5000, 1000],
    ].entries()) {
      const done = reloads.ask();
      await clock.advance(nth === 0 ? 0 : 2000);
      expect(seen.loads).toBe(2 * nth + 1);
      await clock.advance(tookMs ?? 0);
      await open('load');
      await open('take');
      await done;
      const next = reloads.ask();
      await clock.advance((restMs ?? 0) - 1);
      expect(seen.loads).toBe(2 * nth + 1);
      await clock.advance(1);
      expect(seen.loads).toBe(2 * nth + 2);
      await open('load');
      await open('take');
      await next;
    }
  });

  it('go on after a run that threw, which all who shared it hear of', async () => {
    let loads = 0;
    const load = async () => {
      if (++loads === 1) throw new Error('a bug');
      return REFUSED(loads);
    };
    const reloads = openReloads({ clock: systemClock, load, take: async () => OK });
    const [one, other] = [reloads.ask(), reloads.ask()];
    await expect(one).rejects.toThrow('a bug');
    await expect(other).rejects.toThrow('a bug');
    await expect(reloads.ask()).resolves.toEqual(OK);
  });
});

describe('a stop', () => {
  it('waits for what is being taken', async () => {
    const { reloads, seen, open } = bench();
    void reloads.ask();
    await open('load');
    let stopped = false;
    const stop = reloads.stop().then(() => {
      stopped = true;
    });
    await turn();
    expect(stopped).toBe(false);
    await open('take');
    await stop;
    expect(seen.taken).toEqual(['1']);
  });

  it('waits for no loading, and what is loaded then is not taken', async () => {
    const { reloads, seen, open } = bench();
    const asked = reloads.ask();
    await turn();
    await reloads.stop();
    await open('load');
    expect([await asked, seen.taken]).toEqual([STOPPING, []]);
  });

  it('refuses what is asked for later, and what waits, at once', async () => {
    const { clock, reloads, seen, open } = bench();
    void reloads.ask();
    await clock.advance(500);
    await open('load');
    await open('take');
    const resting = reloads.ask();
    await turn();
    await reloads.stop();
    expect([await resting, await reloads.ask()]).toEqual([STOPPING, STOPPING]);
    expect([seen.loads, clock.pending()]).toEqual([1, 0]);
  });
});
