import { describe, expect, it } from 'vitest';
import type { Store, Write } from '../../src/core/store.ts';
import type { Failure } from '../../src/store/wire.ts';
import { MiB, startScripted as start } from '../support/scripted-medium.ts';

const doc = (id: string, value = 1): Write => ({ kind: 'told', id, doc: { id, value } });

/** How commits end: `a` where they are kept, `a!` where not, in the order of the answers. */
function follow(store: Store) {
  const answers: string[] = [];
  const commit = (...writes: readonly Write[]) => {
    const name = writes.map(({ id }) => id).join('+');
    return store.commit(writes).then(
      () => void answers.push(name),
      () => void answers.push(`${name}!`),
    );
  };
  return { answers, commit };
}

/** A promise and what settles it. */
const gate = () => Promise.withResolvers<void>();

describe('commits', () => {
  it('that come while one is under way are one commit', async () => {
    const { world, clock, store } = await start();
    const { answers, commit } = follow(store);
    const { promise, resolve } = gate();
    world.hangs = promise;
    for (const id of ['a', 'b', 'c']) void commit(doc(id));
    await clock.advance(2000);
    expect(answers).toEqual([]);
    resolve();
    await clock.advance(0);
    expect(world.commits).toEqual([['a'], ['b', 'c']]);
    expect(answers).toEqual(['a', 'b', 'c']);
  });

  it('that a commit’s answer brings about are answered', async () => {
    const { clock, store } = await start();
    const { answers, commit } = follow(store);
    void commit(doc('a')).then(() => commit(doc('b')).then(() => commit(doc('c'))));
    await clock.advance(0);
    expect(answers).toEqual(['a', 'b', 'c']);
  });

  it('that take longer than 5 s are not waited for, nor is any that follows, and are kept all the same', async () => {
    const { world, clock, store, logged } = await start();
    const { answers, commit } = follow(store);
    const { promise, resolve } = gate();
    world.hangs = promise;
    void commit(doc('a'));
    await clock.advance(1000);
    void commit(doc('b'));
    await clock.advance(3999);
    expect(answers).toEqual([]);
    await clock.advance(1);
    expect(answers).toEqual(['a!', 'b!']);
    void commit(doc('c'));
    await clock.advance(0);
    expect(answers).toEqual(['a!', 'b!', 'c!']);
    expect(store.state().isUp).toBe(false);
    resolve();
    await clock.advance(0);
    expect([...world.there.keys()]).toEqual(['a', 'b', 'c']);
    expect(store.state()).toEqual({ isUp: true, trouble: undefined });
    expect(logged).toEqual([
      'the store does not take a commit; everything goes on from memory',
      'the store takes commits again',
    ]);
  });

  it('that fail are made up for without another, and said once', async () => {
    const { world, clock, store, logged } = await start();
    const { answers, commit } = follow(store);
    world.failure = 'full';
    await commit(doc('a'));
    await commit(doc('b'), { kind: 'told', id: 'a', doc: undefined });
    await commit(doc('c', 1));
    await commit(doc('c', 2));
    expect(answers).toEqual(['a!', 'b+a!', 'c!', 'c!']);
    await clock.advance(60_000);
    world.failure = undefined;
    await clock.advance(5000);
    expect([...world.there.values()].map(({ text }) => text)).toEqual(['{"id":"b","value":1}', '{"id":"c","value":2}']);
    expect(store.state()).toEqual({ isUp: true, trouble: undefined });
    expect(logged).toEqual([
      'the store does not take a commit; everything goes on from memory',
      'the store takes commits again',
    ]);
  });
});

describe('a medium', () => {
  it('without room is not opened again for it', async () => {
    const { world, clock, store } = await start();
    world.failure = 'full';
    await follow(store).commit(doc('a'));
    await clock.advance(20_000);
    expect(world.opened).toEqual([undefined]);
    expect(store.state().trouble?.message).toMatch(/^\/data\/outrider\.db: full\. .*Make room on that disk/);
  });

  it('that fails is opened again, and everything is written to it anew', async () => {
    const { world, clock, store } = await start();
    const { answers, commit } = follow(store);
    await commit(doc('a'));
    world.failure = 'failed';
    world.there.clear();
    await commit(doc('b'));
    await clock.advance(4000);
    world.failure = undefined;
    await clock.advance(1000);
    expect(answers).toEqual(['a', 'b!']);
    expect([...world.there.keys()].sort()).toEqual(['a', 'b']);
  });

  it('that is broken is replaced at once, and once in ten minutes only', async () => {
    const { world, clock, store } = await start();
    const { answers, commit } = follow(store);
    await commit(doc('a'));
    world.failure = 'broken';
    await commit(doc('b'));
    await clock.advance(9 * 60_000);
    expect(world.opened).toEqual([undefined, '/data/outrider.db: broken']);
    expect(store.state()).toMatchObject({ isUp: false, trouble: { grave: true } });
    world.failure = undefined;
    await clock.advance(61_000);
    expect(world.opened).toEqual([undefined, '/data/outrider.db: broken', '/data/outrider.db: broken']);
    expect([...world.there.keys()].sort()).toEqual(['a', 'b']);
    expect(answers).toEqual(['a', 'b!']);
  });

  it('that was replaced is spoken of for an hour', async () => {
    const { world, clock, store } = await start();
    await follow(store).commit(doc('a'));
    world.failure = 'broken';
    void clock.advance(0).then(() => {
      world.failure = undefined;
    });
    await follow(store).commit(doc('b'));
    await clock.advance(10 * 60_000);
    expect(store.state().isUp).toBe(true);
    await clock.advance(45 * 60_000);
    expect(store.state().trouble?.message).toContain('is set aside as /data/aside');
    await clock.advance(20 * 60_000);
    expect(store.state().trouble).toBeUndefined();
  });

  it('that is gone is written anew without a commit', async () => {
    const { world, clock, store } = await start();
    await follow(store).commit(doc('a'));
    world.gone = true;
    world.there.clear();
    await clock.advance(15_000);
    expect([...world.there.keys()]).toEqual(['a']);
    expect(store.state()).toEqual({ isUp: true, trouble: undefined });
  });

  it('whose disk is all but full is in trouble, though it takes commits, until there is room', async () => {
    const { world, clock, store } = await start();
    world.freeBytes = MiB - 1;
    await clock.advance(15_000);
    expect(store.state()).toMatchObject({ isUp: true, trouble: { grave: false } });
    expect(store.state().trouble?.message).toContain('is full (1023 KiB left)');
    const since = store.state().trouble?.since;
    world.freeBytes = 2 * MiB - 1;
    await clock.advance(15_000);
    expect(store.state().trouble?.since).toEqual(since);
    world.freeBytes = 2 * MiB;
    await clock.advance(15_000);
    expect(store.state().trouble).toBeUndefined();
  });
});

describe('the first opening', () => {
  it.each<Failure>(['locked', 'newer'])('is refused where it is %s', async (failure) => {
    const { refused, world, clock } = await start((one) => {
      one.cannotOpen = failure;
    });
    expect(refused).toMatchObject({ failure });
    expect(world.closed).toBe(1);
    expect(clock.pending()).toBe(0);
  });

  it('that fails is tried again until it goes well, and nothing is lost meanwhile', async () => {
    const { world, clock, store } = await start((one) => {
      one.cannotOpen = 'full';
    });
    const { answers, commit } = follow(store);
    expect(store.state()).toMatchObject({ isUp: false, trouble: { grave: true } });
    await commit(doc('a'));
    world.cannotOpen = undefined;
    await clock.advance(5000);
    expect(answers).toEqual(['a!']);
    expect([...world.there.keys()]).toEqual(['a']);
    expect(store.state()).toEqual({ isUp: true, trouble: undefined });
  });

  it('that hangs does not hold a start for longer than 30 s', async () => {
    const { promise, resolve } = gate();
    const { world, clock, store } = await start((one) => {
      one.hangs = promise;
      one.there.set('old', { kind: 'told', id: 'old', text: '{}' });
    });
    const { answers, commit } = follow(store);
    expect(store.state()).toMatchObject({ isUp: false, trouble: { grave: true } });
    expect(await store.load('told')).toEqual([]);
    void commit(doc('a'));
    await clock.advance(5000);
    expect(answers).toEqual(['a!']);
    resolve();
    await clock.advance(0);
    expect([...world.there.keys()]).toEqual(['old', 'a']);
    expect(store.state().isUp).toBe(true);
  });
});

describe('closing', () => {
  it('writes what is owed first, and leaves no timer', async () => {
    const { world, clock, store } = await start();
    world.failure = 'full';
    await follow(store).commit(doc('a'));
    world.failure = undefined;
    await store[Symbol.asyncDispose]();
    expect([...world.there.keys()]).toEqual(['a']);
    expect(world.closed).toBe(1);
    expect(clock.pending()).toBe(0);
  });

  it('does not wait for a medium that hangs, and says so', async () => {
    const { world, clock, store } = await start();
    const { answers, commit } = follow(store);
    world.hangs = gate().promise;
    void commit(doc('a'));
    const closed = store[Symbol.asyncDispose]();
    const refused = expect(closed).rejects.toThrow('/data/outrider.db does not answer');
    await clock.advance(1500);
    await refused;
    expect(answers).toEqual(['a!']);
    expect(clock.pending()).toBe(0);
  });
});
