import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Write } from '../../src/core/store.ts';
import { openRemoteStore, type RemoteStore } from '../support/fault/remote-store.ts';
import { openSmallDisk, type SmallDisk } from '../support/fault/small-disk.ts';
import { until } from '../support/wait.ts';

const MiB = 1024 ** 2;
const run = promisify(execFile);
const CHECK = `const { DatabaseSync } = require('node:sqlite');
console.log(new DatabaseSync(process.argv[1], { readOnly: true }).prepare('pragma integrity_check').get().integrity_check);`;

let disk: SmallDisk;
beforeEach(async () => {
  disk = await openSmallDisk(16 * MiB);
});
afterEach(() => disk[Symbol.asyncDispose]());

const open = () => openRemoteStore(`sqlite:${disk.inside('outrider.db')}`, disk);
const docs = (first: number, count: number, version = 0): readonly Write[] =>
  Array.from({ length: count }, (_, index) => {
    const id = String(first + index);
    return { kind: 'told', id, doc: { id, version, text: 'x'.repeat(1500) } }; // an alert's size
  });
const kept = async (store: RemoteStore) => (await store.load('told')) as readonly { id: string; version: number }[];

/** Commits so many documents at a time until that is refused, or enough are there; answers how many were taken. */
async function takenBy(store: RemoteStore, atOnce: number, most = 10_000): Promise<number> {
  let taken = 0;
  const take = () =>
    store.commit(docs(taken, atOnce)).then(
      () => true,
      () => false,
    );
  while (taken < most && (await take())) taken += atOnce;
  return taken;
}

/** What SQLite says of the file, once nobody has it. */
async function expectSound(store: RemoteStore): Promise<void> {
  await store[Symbol.asyncDispose]();
  const [file = '', ...enter] = disk.enter;
  const { stdout } = await run(file, [...enter, process.execPath, '-e', CHECK, disk.inside('outrider.db')]);
  expect(stdout.trim()).toBe('ok');
}

const untilUp = (store: RemoteStore) =>
  until('the store is up again', async () => (await store.state()).isUp || undefined);

describe('on a disk that is full, the store', () => {
  it('takes a thousand new alerts in the room that it has reserved, and any number of changes of them', async () => {
    const store = await open();
    disk.fill();
    expect(disk.freeBytes()).toBe(0);
    expect(await takenBy(store, 1, 1000)).toBe(1000);
    for (let version = 1; version <= 20; version++) await store.commit(docs(0, 200, version));
    expect(await store.state()).toMatchObject({ isUp: true });
    expect(disk.freeBytes()).toBe(0);
    await expectSound(store);
  });

  it('refuses what is more than that, stays sound, and has everything as soon as there is room', async () => {
    const store = await open();
    disk.fill();
    const taken = await takenBy(store, 1);
    expect(taken).toBeGreaterThan(1000);
    expect(taken).toBeLessThan(10_000);
    const { isUp, trouble } = await store.state();
    expect(isUp).toBe(false);
    expect(trouble?.message).toMatch(/database or disk is full.*Make room on that disk/);
    await expect(store.commit(docs(0, 100, 7))).rejects.toThrow('full');
    disk.empty();
    await untilUp(store);
    await expectSound(store);
    await using again = await open();
    const all = await kept(again);
    expect(all).toHaveLength(taken + 1);
    expect(all.slice(0, 100).every(({ version }) => version === 7)).toBe(true);
  });

  it('has after a kill what it answered, while it is still full', async () => {
    const store = await open();
    disk.fill();
    const taken = await takenBy(store, 1);
    await store.kill();
    await using again = await open();
    expect(await kept(again)).toHaveLength(taken);
  });

  it('survives that the log fits and the file that it is brought into does not', async () => {
    const store = await open();
    disk.fill(4 * MiB);
    const taken = await takenBy(store, 500);
    expect(taken).toBeGreaterThan(1000);
    expect(taken).toBeLessThan(10_000);
    disk.empty();
    await untilUp(store);
    await expectSound(store);
    await using again = await open();
    expect(await kept(again)).toHaveLength(taken + 500);
  });

  it('begins nothing where there is no room at all, and begins when there is', async () => {
    disk.fill();
    const store = await open();
    expect(await store.state()).toMatchObject({ isUp: false, trouble: { grave: true } });
    await expect(store.commit(docs(0, 1))).rejects.toThrow('full');
    disk.empty();
    await untilUp(store);
    await expectSound(store);
    await using again = await open();
    expect(await kept(again)).toHaveLength(1);
  });

  it('is opened with everything in it where there is no room but for what is there', async () => {
    const before = await open();
    await before.commit(docs(0, 100));
    await before[Symbol.asyncDispose]();
    disk.fill();
    const store = await open();
    expect(await kept(store)).toHaveLength(100);
    disk.empty();
    await store.commit(docs(0, 200));
    await expectSound(store);
  });
});
