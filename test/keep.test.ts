import { describe, expect, it } from 'vitest';
import type { Store, Write } from '../src/core/store.ts';
import { openKeeper } from '../src/keep.ts';
import { openStages, RULES } from './support/scenario.ts';
import { aTarget, downSpec } from './support/targets.ts';
import { virtualClock } from './support/virtual-clock.ts';

/** The stages with a keeper over a store that remembers each commit. */
function openHouse(count: number) {
  const clock = virtualClock();
  const commits: (readonly Write[])[] = [];
  const store: Store = {
    load: () => Promise.resolve([]),
    async commit(writes) {
      commits.push(writes);
    },
    state: () => ({ isUp: true, trouble: undefined }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const stages = openStages();
  const keeper = openKeeper({ store, clock, ...stages });
  const { pipeline } = stages;
  const nothing = { writes: [], release: () => {} };
  const targets = Array.from({ length: count }, (_, index) =>
    aTarget(`t${index}`, { alerts: [downSpec('HttpDown')], startupGraceMs: 0 }),
  );
  pipeline.retarget(
    targets.map((target) => ({ target, ownMeasures: [] })),
    RULES,
    clock.now(),
  );
  const fail = (index: number) => {
    const seen = { target: `t${index}`, turn: 'scheduled' as const, at: clock.now(), durationMs: 0 };
    const failure = { outcome: 'down' as const, reason: 'refused' as const, message: 'refused' };
    keeper.keep(pipeline.onResult({ ...seen, ...failure, measures: [], series: [] }, clock.now()), nothing);
  };
  const tick = () => keeper.keep(pipeline.onTick(clock.now()), nothing);
  const kept = (writes: readonly Write[]) => writes.filter(({ kind }) => kind === 'standing').map(({ id }) => id);
  return { clock, commits, keeper, fail, tick, kept };
}

describe('how targets stand', () => {
  it('is written together, at the next tick at the latest, with the time of the last look', async () => {
    const { clock, commits, fail, tick, kept } = openHouse(100);
    fail(0);
    for (let index = 1; index < 100; index++) fail(index);
    await clock.advance(500);
    tick();
    expect(commits.map(kept)).toEqual([['t0'], Array.from({ length: 99 }, (_, index) => `t${index + 1}`)]);
    for (const writes of commits) expect(writes.map(({ kind }) => kind)).toContain('mark');
  });

  it('is one commit with what is told of it', () => {
    const { commits, fail } = openHouse(2);
    fail(0);
    fail(1);
    fail(1);
    const [, last] = commits;
    expect(last?.map(({ kind, id }) => `${kind} ${id}`.trim())).toEqual([
      expect.stringMatching(/^told /),
      'standing t1',
      'mark',
    ]);
  });

  it('waits for its turn where thousands change at once', async () => {
    const { clock, commits, fail, tick, kept } = openHouse(1200);
    for (let index = 0; index < 1200; index++) fail(index);
    for (let turn = 0; turn < 3; turn++) {
      await clock.advance(500);
      tick();
    }
    expect(commits.map((writes) => kept(writes).length)).toEqual([1, 500, 500, 199]);
  });

  it('is written whole at a stop', async () => {
    const { commits, keeper, fail, kept } = openHouse(1200);
    for (let index = 0; index < 1200; index++) fail(index);
    await keeper.settled();
    expect(new Set(commits.flatMap(kept)).size).toBe(1200);
  });

  it('is written again every few seconds as long as something waits for its time, and then no more', async () => {
    const { clock, commits, fail, tick } = openHouse(1);
    const pass = async (ms: number) => {
      for (let passed = 0; passed < ms; passed += 500) {
        await clock.advance(500);
        tick();
      }
      return commits.splice(0).flat().length;
    };
    fail(0);
    commits.splice(0);
    expect(await pass(20_000)).toBe(4);
    fail(0);
    commits.splice(0);
    expect(await pass(20_000)).toBe(0);
  });
});
