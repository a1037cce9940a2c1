import type { Clock } from '../core/clock.ts';
import { type Mark, type Marks, NOT_REGULAR, PIPE } from './disk.ts';
import type { LoadResult } from './load.ts';
import { type Looked, lookAt } from './look.ts';

/** Between two looks; ms. */
const EVERY_MS = 1000;
/** Until what has changed is looked at again: whoever writes a file is done by then; ms. */
const AGAIN_MS = 500;

export interface WatchOptions {
  readonly clock: Clock;
  /** What each file held when the config was last read, for good or bad: these files are watched. */
  readonly taken: () => Marks;
  readonly load: () => Promise<LoadResult>;
  /** Called with what was loaded after two looks in a row had found the same, and not what was taken. */
  readonly take: (next: LoadResult) => Promise<unknown>;
  /** Runs a task when no other reload does. */
  readonly inTurn: (task: () => Promise<void>) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** Looks at the files every second, by their content. Polling, since notifications are lost on network mounts and behind bind mounts. */
export function watchFiles(options: WatchOptions): Disposable {
  const { clock, taken } = options;
  let found: ReadonlyMap<string, Looked> = new Map();
  let before: Marks = new Map();
  let stopped = false;
  let timer: Disposable | undefined;

  const look = async (): Promise<Verdict> => {
    found = await lookAtAll(taken().keys(), found);
    const now = marksOf(taken(), found);
    const verdict = judgeLook(taken(), before, now);
    before = now;
    if (verdict === 'changed' && !stopped) await options.inTurn(() => takeSeen(now, options));
    return verdict;
  };
  const wait = (ms: number) => {
    if (!stopped) timer = clock.after(ms, round);
  };
  const round = () => {
    const done = (verdict: Verdict) => wait(verdict === 'moving' ? AGAIN_MS : EVERY_MS);
    look().then(done, (error: unknown) => {
      options.onError(error);
      done('same');
    });
  };
  wait(EVERY_MS);
  return {
    [Symbol.dispose]() {
      stopped = true;
      timer?.[Symbol.dispose]();
    },
  };
}

/** Not what was taken while it waited for its turn; and what changes while it is read is left for another look. */
async function takeSeen(seen: Marks, { taken, load, take }: WatchOptions): Promise<void> {
  if (agree(seen, taken())) return;
  const next = await load();
  if (agree(seen, next.marks)) await take(next);
}

/** One after the other: however many there are, one thread of the pool is busy with them. */
async function lookAtAll(paths: Iterable<string>, before: ReadonlyMap<string, Looked>) {
  const now = new Map<string, Looked>();
  for (const path of [...paths]) {
    const looked = await lookAt(path, before.get(path));
    if (looked !== undefined) now.set(path, looked);
  }
  return now;
}

/** A file of which a look can say nothing is taken to be as it was. */
const marksOf = (taken: Marks, found: ReadonlyMap<string, Looked>): Marks =>
  new Map([...taken].map(([path, mark]): [string, Mark] => [path, found.get(path)?.mark ?? mark]));

/** `same` as was taken; `moving`: it may change further; `changed`: two looks agree on something new. */
export type Verdict = 'same' | 'moving' | 'changed';

/** What a look means, given what was taken last and what the look before has found. */
export function judgeLook(taken: Marks, before: Marks, now: Marks): Verdict {
  if (!readable(taken, now) || equal(taken, now)) return 'same';
  return equal(before, now) ? 'changed' : 'moving';
}

/** A pipe cannot be read twice, and reading one that took a file's place may never end. */
const readable = (taken: Marks, now: Marks): boolean =>
  [...taken].every(([path, mark]) => mark !== PIPE && (now.get(path) !== NOT_REGULAR || mark === NOT_REGULAR));

const equal = (one: Marks, other: Marks): boolean => one.size === other.size && agree(one, other);

/** Whether every file that both know held the same. */
const agree = (one: Marks, other: Marks): boolean =>
  [...one].every(([path, mark]) => (other.get(path) ?? mark) === mark);
