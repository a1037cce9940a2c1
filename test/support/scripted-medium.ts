import type { Store } from '../../src/core/store.ts';
import { openLasting } from '../../src/store/lasting.ts';
import type { Medium } from '../../src/store/medium.ts';
import { type Failure, type Row, Unusable } from '../../src/store/wire.ts';
import { virtualClock } from './virtual-clock.ts';

export const MiB = 1024 ** 2;

/** A medium that does as a test says, and what came of it. */
function scripted() {
  const world = {
    /** What it answers now. */
    failure: undefined as Failure | undefined,
    cannotOpen: undefined as Failure | undefined,
    /** Commits and openings wait for this. */
    hangs: undefined as Promise<void> | undefined,
    gone: false,
    freeBytes: 100 * MiB,
    opened: [] as (string | undefined)[],
    commits: [] as string[][],
    there: new Map<string, Row>(),
    closed: 0,
  };
  const medium: Medium = {
    name: '/data/outrider.db',
    async open(_stamp, suspect) {
      await world.hangs;
      if (world.cannotOpen !== undefined) throw new Unusable(world.cannotOpen, '/data/outrider.db: no');
      world.opened.push(suspect);
      world.gone = false;
      const documents = [...world.there.values()];
      if (suspect === undefined) return { documents, setAside: undefined, logMissing: false };
      world.there.clear();
      return { documents, setAside: { path: '/data/aside', why: suspect }, logMissing: false };
    },
    async commit(rows) {
      await world.hangs;
      if (world.failure !== undefined) throw new Unusable(world.failure, `/data/outrider.db: ${world.failure}`);
      world.commits.push(rows.map(({ id }) => id));
      for (const row of rows)
        if (row.text === undefined) world.there.delete(row.id);
        else world.there.set(row.id, row);
    },
    async look() {
      if (world.gone) throw new Unusable('failed', 'gone');
      return { freeBytes: world.freeBytes };
    },
    async close() {
      await world.hangs;
      world.closed++;
    },
  };
  return { world, medium };
}

/** A store over such a medium, in virtual time. */
export async function startScripted(prepare: (world: ReturnType<typeof scripted>['world']) => void = () => {}) {
  const { world, medium } = scripted();
  prepare(world);
  const clock = virtualClock();
  const logged: string[] = [];
  const note = (_: object, message: string) => void logged.push(message);
  const opening = openLasting({ medium, clock, log: { debug() {}, info: note, warn: note, error: note } });
  let opened: Store | undefined;
  const done = opening.then(
    (store) => {
      opened = store;
      return undefined;
    },
    (error: unknown) => error,
  );
  for (let seconds = 0; seconds < 40 && opened === undefined && world.hangs !== undefined; seconds++)
    await clock.advance(1000);
  const refused = await done;
  return { world, clock, logged, refused, store: opened as Store };
}
