import { copyFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { KEPT, type Kept, type Store, type Write } from '../../src/core/store.ts';
import { openLasting } from '../../src/store/lasting.ts';
import { sqlite } from '../../src/store/sqlite.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outrider-store-'));
  path = join(folder, 'data', 'outrider.db');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const open = () => openLasting({ medium: sqlite(path), clock: systemClock, log: quiet });
const doc = (id: string, text = 'x'): Write => ({ kind: 'silence', id, doc: { id, text } });

/** What the store holds after it was closed and opened again. */
async function reopened(...batches: readonly (readonly Write[])[]): Promise<readonly unknown[]> {
  const store = await open();
  for (const batch of batches) await store.commit(batch);
  await store[Symbol.asyncDispose]();
  await using again: Store = await open();
  return await again.load('silence');
}

describe('a SQLite store', () => {
  it('has after its next opening what was committed, in its order', async () => {
    expect(await reopened([doc('b'), doc('a')], [doc('c')])).toEqual(['b', 'a', 'c'].map((id) => ({ id, text: 'x' })));
  });

  it('changes and forgets single documents', async () => {
    expect(
      await reopened([doc('a'), doc('b')], [doc('a', 'new'), { kind: 'silence', id: 'b', doc: undefined }]),
    ).toEqual([{ id: 'a', text: 'new' }]);
  });

  it('tells kinds apart', async () => {
    const store = await open();
    await using _ = store;
    await store.commit([doc('a'), { kind: 'seen', id: 'a', doc: { target: 'a' } }]);
    expect(await store.load('seen')).toEqual([{ target: 'a' }]);
    expect(await store.load('maintenance')).toEqual([]);
  });

  it('may be read by nobody else: folder 0700, file 0600', async () => {
    const store = await open();
    await using _ = store;
    await store.commit([doc('a')]);
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(folder, 'data')))
      expect(statSync(join(folder, 'data', name)).mode & 0o777, name).toBe(0o600);
  });

  it('is refused to a second process while the first has it', async () => {
    const store = await open();
    await using _ = store;
    await expect(open()).rejects.toMatchObject({
      failure: 'locked',
      message: `another process uses ${path}`,
    });
  });

  it('is refused where a newer Outrider wrote it, and left as it is', async () => {
    const store = await open();
    await store[Symbol.asyncDispose]();
    const file = new DatabaseSync(path);
    file.exec('pragma user_version = 99');
    file.close();
    await expect(open()).rejects.toMatchObject({ failure: 'newer' });
    expect(readdirSync(join(folder, 'data'))).toEqual(['outrider.db']);
  });

  it.each([
    { broken: 'is no database', how: () => writeFileSync(path, 'x'.repeat(10_000)) },
    { broken: 'was cut', how: () => truncateSync(path, 6000) },
  ])('that $broken is set aside with its evidence, and a new one is begun', async ({ how }) => {
    const store = await open();
    await store.commit(Array.from({ length: 200 }, (_, index) => doc(`${index}`, 'y'.repeat(500))));
    await store[Symbol.asyncDispose]();
    how();
    copyFileSync(path, join(folder, 'evidence'));
    await using again = await open();
    const evidence =
      readdirSync(join(folder, 'data')).find((name) => /^outrider\.db\.corrupt-\d{8}T\d{6}Z$/.test(name)) ?? '';
    expect(again.state().trouble?.message).toContain(evidence);
    expect(statSync(join(folder, 'data', evidence)).size).toBe(statSync(join(folder, 'evidence')).size);
    await again.commit([doc('a')]);
    expect(await again.load('silence')).toContainEqual({ id: 'a', text: 'x' });
  });

  it('that is an empty file is a new one', async () => {
    const first = await open();
    await first[Symbol.asyncDispose]();
    truncateSync(path, 0);
    await using store = await open();
    expect(store.state()).toEqual({ isUp: true, trouble: undefined });
  });

  it('holds after any commits what a map would hold', async () => {
    const write = fc.record({
      kind: fc.constantFrom<Kept>(...KEPT),
      id: fc.constantFrom('a', 'b', "c' --", '', 'd\u0000é'),
      doc: fc.option(fc.record({ value: fc.jsonValue() }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(write, { maxLength: 5 }), { maxLength: 5 }), async (batches) => {
        await rm(join(folder, 'data'), { recursive: true, force: true });
        const store = await open();
        await using _ = store;
        const model = new Map<string, unknown>();
        for (const batch of batches) {
          await store.commit(batch);
          for (const { kind, id, doc: value } of batch)
            if (value === undefined) model.delete(`${kind} ${id}`);
            else model.set(`${kind} ${id}`, JSON.parse(JSON.stringify(value)));
        }
        for (const kind of KEPT) {
          const expected = [...model].filter(([key]) => key.startsWith(`${kind} `)).map(([, value]) => value);
          expect(new Set((await store.load(kind)).map((one) => JSON.stringify(one)))).toEqual(
            new Set(expected.map((one) => JSON.stringify(one))),
          );
        }
      }),
      { numRuns: 15 },
    );
  });
});
