import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { Store, Write } from '../../src/core/store.ts';
import { openLasting } from '../../src/store/lasting.ts';
import { sqlite } from '../../src/store/sqlite.ts';

const PAGE = 4096;

let folder: string;
let data: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outrider-store-'));
  data = join(folder, 'data');
  path = join(data, 'outrider.db');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The store, with what it logged. */
async function open(): Promise<Store & { readonly logged: readonly string[] }> {
  const logged: string[] = [];
  const note = (_: object, message: string) => void logged.push(message);
  const log = { debug() {}, info: note, warn: note, error: note };
  return Object.assign(await openLasting({ medium: sqlite(path), clock: systemClock, log }), { logged });
}

const doc = (id: string, text = 'x'): Write => ({ kind: 'told', id, doc: { id, text } });
const many = (count: number, text = 'y'.repeat(500)) =>
  Array.from({ length: count }, (_, index) => doc(`${index}`, text));
const idsIn = async (store: Store) => (await store.load('told')).map((one) => (one as { readonly id: string }).id);
const evidence = () => readdirSync(data).filter((name) => /^outrider\.db\.corrupt-\d{8}T\d{6}Z$/.test(name));

/** A file with so many documents, closed. */
async function filled(count: number): Promise<void> {
  const store = await open();
  await store.commit(many(count));
  await store[Symbol.asyncDispose]();
}

/** What a kill -9 leaves behind: the files as they are while a process has them. */
async function killed(count: number): Promise<void> {
  const store = await open();
  await store.commit(many(count));
  mkdirSync(join(folder, 'left'));
  for (const name of readdirSync(data)) copyFileSync(join(data, name), join(folder, 'left', name));
  await store[Symbol.asyncDispose]();
  rmSync(data, { recursive: true });
  renameSync(join(folder, 'left'), data);
}

/** Writes into the midst of a file. */
function smear(at: number, bytes: number): void {
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(bytes, 0xff), 0, bytes, at);
  closeSync(file);
}

/** Where the page begins that holds a document. */
const pageOf = (id: string): number => Math.floor(readFileSync(path).indexOf(`{"id":"${id}"`) / PAGE) * PAGE;

describe('the file of a store', () => {
  it('may be read by nobody else, nor what belongs to it: folder 0700, files 0600', async () => {
    await using store = await open();
    await store.commit([doc('a')]);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    expect(readdirSync(data).sort()).toEqual(['outrider.db', 'outrider.db-wal']);
    for (const name of readdirSync(data)) expect(statSync(join(data, name)).mode & 0o777, name).toBe(0o600);
  });

  it('is closed to others again where somebody opened it to them', async () => {
    await filled(1);
    chmodSync(path, 0o644);
    await using _ = await open();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is refused to a second process while the first has it', async () => {
    await using _ = await open();
    await expect(open()).rejects.toMatchObject({ failure: 'locked', message: `another process uses ${path}` });
  });

  it('is refused where a newer Outrider wrote it, and left as it is', async () => {
    await filled(1);
    const file = new DatabaseSync(path);
    file.exec('pragma user_version = 99');
    file.close();
    const before = readFileSync(path);
    await expect(open()).rejects.toMatchObject({ failure: 'newer' });
    expect(readdirSync(data)).toEqual(['outrider.db']);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('is one file after a stop: a copy of it is a backup', async () => {
    await filled(10);
    expect(readdirSync(data)).toEqual(['outrider.db']);
  });

  it('that is empty is a new one', async () => {
    await filled(1);
    truncateSync(path, 0);
    await using store = await open();
    expect(store.state()).toEqual({ isUp: true, trouble: undefined });
  });
});

describe('at the start, a file that', () => {
  it.each([
    { broken: 'is no database', left: 0, how: () => writeFileSync(path, 'x'.repeat(10_000)) },
    {
      broken: 'is another kind of file of that size',
      left: 0,
      how: () => writeFileSync(path, Buffer.alloc(2 * PAGE, 7)),
    },
    { broken: 'was cut within a page', left: 0, how: () => truncateSync(path, 6000) },
    { broken: 'was cut between pages', left: 0, how: () => truncateSync(path, 4 * PAGE) },
    { broken: 'has a smeared header', left: 0, how: () => smear(0, 100) },
    { broken: 'has a smeared page of documents', left: 150, how: () => smear(pageOf('100'), PAGE) },
    { broken: 'has many smeared pages', left: 1, how: () => smear(pageOf('100'), 8 * PAGE) },
  ])('$broken is set aside with its evidence, and what can be read of it is taken over', async ({ how, left }) => {
    await filled(200);
    how();
    copyFileSync(path, join(folder, 'evidence'));
    await using store = await open();
    expect(evidence()).toHaveLength(1);
    const [aside = ''] = evidence();
    expect(statSync(join(data, aside)).size).toBe(statSync(join(folder, 'evidence')).size);
    expect(store.logged).toEqual(['the store was broken: it is set aside, and a new one is begun']);
    expect(store.state()).toMatchObject({ isUp: true, trouble: { grave: true } });
    expect(store.state().trouble?.message).toContain(`is set aside as ${join(data, aside)}`);
    expect((await idsIn(store)).length).toBeGreaterThanOrEqual(left);
    const kept = [...(await idsIn(store)), 'new'];
    await store.commit([doc('new')]);
    await store[Symbol.asyncDispose]();
    await using again = await open();
    expect(await idsIn(again)).toEqual(kept);
    expect(again.state().trouble).toBeUndefined();
  });

  it('has a document that is no JSON is set aside, and the others are taken over', async () => {
    await filled(3);
    const file = new DatabaseSync(path);
    file.exec(`update document set doc = '{"id":' where id = '1'`);
    file.close();
    await using store = await open();
    expect(evidence()).toHaveLength(1);
    expect(await idsIn(store)).toEqual(['0', '2']);
  });

  it('was left by a kill has everything', async () => {
    await killed(200);
    await using store = await open();
    expect(await idsIn(store)).toHaveLength(200);
    expect(store.state().trouble).toBeUndefined();
  });

  it('has lost its log after a kill is used as it is, and people are told', async () => {
    await killed(200);
    rmSync(`${path}-wal`);
    await using store = await open();
    expect(store.state()).toMatchObject({ isUp: true, trouble: { grave: true } });
    expect(store.state().trouble?.message).toContain(`${path}-wal was missing at the start`);
    await store.commit([doc('new')]);
    await store[Symbol.asyncDispose]();
    await using again = await open();
    expect(await idsIn(again)).toContain('new');
    expect(again.state().trouble).toBeUndefined();
  });

  it('has a log that is no log is used as it is', async () => {
    await filled(10);
    writeFileSync(`${path}-wal`, 'z'.repeat(50_000));
    await using store = await open();
    expect(await idsIn(store)).toHaveLength(10);
  });

  it('cannot be made is made later', async () => {
    writeFileSync(data, 'a file where the folder is to be');
    await using store = await open();
    expect(store.logged).toEqual(['the store does not take a commit; everything goes on from memory']);
    expect(store.state()).toMatchObject({ isUp: false, trouble: { grave: true } });
    await expect(store.commit([doc('a')])).rejects.toThrow(path);
    rmSync(data);
    await store.commit([doc('b')]);
    expect(store.state()).toEqual({ isUp: true, trouble: undefined });
    await store[Symbol.asyncDispose]();
    await using again = await open();
    expect(await idsIn(again)).toEqual(['a', 'b']);
  });
});

describe('at run time, a file that', () => {
  it('turns out to be broken is set aside, and nothing is lost', async () => {
    await using store = await open();
    await store.commit(many(3000, 'y'.repeat(3000))); // more than is cached
    smear(PAGE, statSync(path).size - PAGE);
    await store.commit(many(3000, 'z'.repeat(3000)));
    expect(evidence()).toHaveLength(1);
    expect(store.logged).toEqual(['the store was broken: it is set aside, and a new one is begun']);
    expect(store.state()).toMatchObject({ isUp: true, trouble: { grave: true } });
    expect(store.state().trouble?.message).toContain('Everything that Outrider knew was written to a new one');
    await store[Symbol.asyncDispose]();
    await using again = await open();
    expect(await idsIn(again)).toHaveLength(3000);
  });

  it.each([
    { gone: 'was removed', how: () => rmSync(path) },
    { gone: 'was removed with its folder', how: () => rmSync(data, { recursive: true }) },
    { gone: 'was replaced', how: () => renameSync(path, `${path}.old`) },
    { gone: 'has lost its log', how: () => rmSync(`${path}-wal`) },
  ])('$gone is written anew with the next commit, and nothing is lost', async ({ how }) => {
    await using store = await open();
    await store.commit(many(20));
    how();
    await store.commit([doc('new')]);
    expect(store.state()).toEqual({ isUp: true, trouble: undefined });
    expect(existsSync(path)).toBe(true);
    await store[Symbol.asyncDispose]();
    await using again = await open();
    expect(await idsIn(again)).toHaveLength(21);
  });
});
