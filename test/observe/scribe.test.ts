import { describe, expect, it } from 'vitest';
import type { MinuteRow, StateChange } from '../../src/core/history.ts';
import { openScribe } from '../../src/observe/scribe.ts';
import { keepingLog } from '../support/site.ts';
import { virtualClock } from '../support/virtual-clock.ts';

const row = (atMs: number): MinuteRow => ({
  target: 'api',
  measure: 'duration',
  labels: {},
  atMs,
  record: new Uint8Array([1]),
});
const change: StateChange = { atMs: 0, target: 'api', from: 'up', to: 'down' };

/** A scribe over a store that takes what it is told to: `refuse` and `hang` say why not. */
function desk() {
  const clock = virtualClock();
  const taken: number[] = [];
  const states: (readonly [boolean, number])[] = [];
  const said: string[] = [];
  const store = { refuses: false, hangs: false, calls: 0 };
  const log = { ...keepingLog(), warn: (_: object, message: string) => void said.push(message) };
  const append = async (rows: readonly MinuteRow[], changes: readonly StateChange[]) => {
    store.calls++;
    if (store.hangs) await new Promise(() => {});
    if (store.refuses) throw new Error('the disk is full');
    for (const { atMs } of rows) taken.push(atMs);
    for (const one of changes) taken.push(one.atMs - 1);
  };
  const onState = (up: boolean, lost: number) => void states.push([up, lost]);
  const scribe = openScribe({ history: { append }, clock, log, onState });
  const look = async (ms = 0) => {
    await clock.advance(ms);
    scribe.look();
    await clock.advance(0);
  };
  return { clock, scribe, taken, states, said, lines: log.lines, store, look };
}

describe('the scribe', () => {
  it('hands over what was written, one piece after the other', async () => {
    const { scribe, taken, store, look } = desk();
    scribe.write(
      Array.from({ length: 1500 }, (_, at) => row(at)),
      [change],
    );
    await look();
    expect([taken.length, store.calls]).toEqual([1001, 1]);
    await look();
    expect([taken.length, store.calls]).toEqual([1501, 2]);
    await look();
    expect(store.calls).toBe(2);
  });

  it('has no more than one piece on its way', async () => {
    const { scribe, store, look } = desk();
    store.hangs = true;
    scribe.write([row(1)], []);
    await look();
    scribe.write([row(2)], []);
    await look();
    expect(store.calls).toBe(1);
  });

  it('keeps what is not taken, tries again after ten seconds, and says so once', async () => {
    const { scribe, taken, said, lines, states, store, look } = desk();
    store.refuses = true;
    scribe.write([row(1)], [change]);
    await look();
    scribe.write([row(2)], []);
    await look(9000);
    expect(store.calls).toBe(1);
    await look(1000);
    expect([store.calls, scribe.isUp()]).toEqual([2, false]);
    expect(said).toEqual(['history cannot be written; it waits, and alerts go on']);
    store.refuses = false;
    await look(10_000);
    expect(taken).toEqual([1, 2, -1]);
    expect([scribe.isUp(), states.at(-1)]).toEqual([true, [true, 0]]);
    expect(lines).toEqual([{ lost: 0, message: 'history is written again' }]);
  });

  it('gives up the oldest of more than 40,000 rows, and counts them', async () => {
    const { scribe, taken, states, lines, store, look } = desk();
    store.refuses = true;
    for (let at = 0; at < 41; at++) {
      scribe.write(
        Array.from({ length: 1000 }, (_, index) => row(at * 1000 + index)),
        [],
      );
      await look(1000);
    }
    expect(states.reduce((sum, [, lost]) => sum + lost, 0)).toBe(1000);
    store.refuses = false;
    for (let at = 0; at < 60; at++) await look(1000);
    expect(taken).toEqual(Array.from({ length: 40_000 }, (_, at) => at + 1000));
    expect(lines).toEqual([{ lost: 1000, message: 'history is written again' }]);
  });

  it('says that a store which does not answer does not take it', async () => {
    const { scribe, said, store, look } = desk();
    store.hangs = true;
    scribe.write([row(1)], []);
    await look();
    await look(10_001);
    await look(10_001);
    expect([scribe.isUp(), said.length]).toEqual([false, 1]);
  });

  it('hands over the rest at the end, but waits no longer than 1.5 s', async () => {
    const good = desk();
    good.scribe.write(
      Array.from({ length: 2500 }, (_, at) => row(at)),
      [],
    );
    await good.scribe.finish();
    expect([good.taken.length, good.clock.pending()]).toEqual([2500, 0]);

    const bad = desk();
    bad.store.hangs = true;
    bad.scribe.write([row(1)], []);
    let isDone = false;
    const done = bad.scribe.finish().then(() => {
      isDone = true;
    });
    await bad.clock.advance(1499);
    expect(isDone).toBe(false);
    await bad.clock.advance(1);
    await done;
  });
});
