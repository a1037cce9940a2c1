import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { KEPT, type Kept, type Store, type Write } from '../../src/core/store.ts';
import { openStore } from '../../src/store/open.ts';

const WRITER = join(import.meta.dirname, '../support/store-writer.ts');
const MANY = 10_000;

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const doc = (id: string, text = 'x'): Write => ({ kind: 'told', id, doc: { id, text } });
const forget = (id: string): Write => ({ kind: 'told', id, doc: undefined });

/** What every store must do; `setting` makes a place for a new one, and says it as the config does. */
export function storeContract(name: string, setting: () => Promise<string>): void {
  const open = async (at: string): Promise<Store> => {
    const store = await openStore(at, systemClock, quiet);
    onTestFinished(() => store[Symbol.asyncDispose]());
    return store;
  };
  /** The ids that are there after these commits, in a store that is opened again. */
  const idsAfter = async (...batches: readonly (readonly Write[])[]) => {
    const at = await setting();
    const store = await open(at);
    for (const batch of batches) await store.commit(batch);
    await store[Symbol.asyncDispose]();
    return idsIn(await open(at));
  };

  describe(`${name}, as every store`, () => {
    it('begins empty and well', async () => {
      const store = await open(await setting());
      expect(await store.load('told')).toEqual([]);
      expect(store.state()).toEqual({ isUp: true, trouble: undefined });
    });

    it('has after its next opening what was committed, in the order of first commits', async () => {
      expect(await idsAfter([doc('b'), doc('a')], [doc('c')])).toEqual(['b', 'a', 'c']);
    });

    it('leaves a changed document in its place', async () => {
      expect(await idsAfter([doc('b'), doc('a')], [doc('b', 'new')])).toEqual(['b', 'a']);
    });

    it('forgets single documents, also those that it never had', async () => {
      expect(await idsAfter([doc('a'), doc('b')], [forget('a'), forget('z')])).toEqual(['b']);
    });

    it('has a document that was forgotten and comes again', async () => {
      expect(await idsAfter([doc('a'), doc('b')], [forget('a')], [doc('a')])).toEqual(['b', 'a']);
    });

    it('tells kinds apart', async () => {
      const store = await open(await setting());
      await store.commit([doc('a'), { kind: 'seen', id: 'a', doc: { target: 'a' } }]);
      expect(await store.load('seen')).toEqual([{ target: 'a' }]);
      expect(await store.load('maintenance')).toEqual([]);
    });

    it('takes nothing of a commit of which one document cannot be written', async () => {
      const at = await setting();
      const store = await open(at);
      const endless: { self?: object } = {};
      endless.self = endless;
      await store.commit([doc('a')]);
      await expect(store.commit([doc('b'), forget('a'), { kind: 'told', id: 'c', doc: endless }])).rejects.toThrow();
      await store.commit([doc('d')]);
      await store[Symbol.asyncDispose]();
      expect(await idsIn(await open(at))).toEqual(['a', 'd']);
    });

    it('keeps what a document was when it was committed, whatever becomes of the object', async () => {
      const store = await open(await setting());
      const changing = { id: 'a', text: 'before' };
      const committed = store.commit([{ kind: 'told', id: 'a', doc: changing }]);
      changing.text = 'after';
      await committed;
      expect(await store.load('told')).toEqual([{ id: 'a', text: 'before' }]);
    });

    it('answers commits in the order in which they were asked for; the last of a document counts', async () => {
      const at = await setting();
      const store = await open(at);
      const answered: number[] = [];
      const commit = (index: number) =>
        store.commit([doc('same', String(index)), doc(String(index))]).then(() => answered.push(index));
      const all = Array.from({ length: 50 }, (_, index) => index);
      await Promise.all(all.map(commit));
      expect(answered).toEqual(all);
      await store[Symbol.asyncDispose]();
      const again = await open(at);
      expect(await idsIn(again)).toEqual(['same', ...all.map(String)]);
      expect((await again.load('told'))[0]).toEqual({ id: 'same', text: '49' });
    });

    it('takes ten thousand documents in one commit', async () => {
      const ids = Array.from({ length: MANY }, (_, index) => String(index));
      expect(await idsAfter(ids.map((id) => doc(id, 'y'.repeat(1000))))).toEqual(ids);
    });

    it('answers a commit of nothing', async () => {
      const store = await open(await setting());
      await expect(store.commit([])).resolves.toBeUndefined();
    });

    it('closes twice, and takes nothing afterwards', async () => {
      const store = await open(await setting());
      const under = store.commit([doc('a')]);
      await Promise.all([store[Symbol.asyncDispose](), store[Symbol.asyncDispose]()]);
      await store[Symbol.asyncDispose]();
      await expect(under).resolves.toBeUndefined();
      await expect(store.commit([doc('b')])).rejects.toThrow('the store is closed');
    });

    it('has every commit that it answered, whole, after kill -9 in the midst', { timeout: 60_000 }, async () => {
      const at = await setting();
      let known = 0;
      for (const answers of [1, 40, 300]) {
        const answered = await writeUntilKilled(at, answers);
        const store = await open(at);
        const ids = await idsIn(store);
        const seen = await idsIn(store, 'seen');
        await store[Symbol.asyncDispose]();
        expect(answered.filter((id) => !ids.includes(id))).toEqual([]);
        expect(new Set(ids)).toEqual(new Set(seen));
        known = Math.max(known, ids.length);
      }
      expect(known).toBeGreaterThanOrEqual(300);
    });

    it('holds after any commits what a map would hold', async () => {
      const write = fc.record({
        kind: fc.constantFrom<Kept>(...KEPT),
        id: fc.constantFrom('a', 'b', "c' --", '', 'd\u0000é'),
        doc: fc.option(fc.record({ value: fc.jsonValue() }), { nil: undefined }),
      });
      const commits = fc.array(fc.array(write, { maxLength: 5 }), { maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(commits, async (batches) => {
          const at = await setting();
          const model = new Map<string, unknown>();
          const store = await openStore(at, systemClock, quiet);
          for (const batch of batches) {
            await store.commit(batch);
            for (const { kind, id, doc: value } of batch)
              if (value === undefined) model.delete(`${kind} ${id}`);
              else model.set(`${kind} ${id}`, JSON.parse(JSON.stringify(value)));
          }
          await store[Symbol.asyncDispose]();
          await using again = await openStore(at, systemClock, quiet);
          for (const kind of KEPT)
            expect(textsOf(await again.load(kind))).toEqual(
              textsOf([...model].filter(([key]) => key.startsWith(`${kind} `)).map(([, value]) => value)),
            );
        }),
        { numRuns: 15 },
      );
    });
  });
}

const textsOf = (docs: readonly unknown[]) => docs.map((one) => JSON.stringify(one)).sort();

async function idsIn(store: Store, kind: Kept = 'told'): Promise<readonly string[]> {
  return (await store.load(kind)).map((one) => (one as { readonly id: string }).id);
}

/** A process that writes to the store until it has had so many answers, and is killed then; all answers that it had. */
async function writeUntilKilled(at: string, answers: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [WRITER, at], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const answered: string[] = [];
  for await (const id of createInterface({ input: child.stdout })) {
    answered.push(id);
    if (answered.length === answers) child.kill('SIGKILL');
  }
  expect((await exited)[1]).toBe('SIGKILL');
  return answered;
}
