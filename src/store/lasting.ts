import type { Clock, Instant } from '../core/clock.ts';
import { errorText } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { Store } from '../core/store.ts';
import { openHeld } from './held.ts';
import type { Medium } from './medium.ts';
import { openTimers } from './timers.ts';
import { openTroubles } from './troubles.ts';
import { Unusable } from './wire.ts';
import { openWriter } from './writer.ts';

/** A commit has this long; then everybody goes on from memory. */
const LATE_MS = 5000;
/** What is owed is tried again this often, and the room around the medium is looked at. */
const RETRY_MS = 5000;
const LOOK_MS = 15_000;
/** A start does not wait longer for what was kept. */
const OPEN_MS = 30_000;
/** A medium that hangs does not hold a stop for longer. */
const CLOSE_MS = 1500;

export interface LastingOptions {
  readonly medium: Medium;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Waiting {
  readonly since: Instant;
  settle(error?: Error): void;
}

/**
 * A store over a medium that may fail, hang, break or come late: commits that come while one is under way are written as one, what
 * could not be written is made up for. Rejects with Unusable where the first opening is refused: `locked`, `newer`. Closing it rejects
 * where the medium hangs.
 */
export async function openLasting({ medium, clock, log }: LastingOptions): Promise<Store> {
  const held = openHeld();
  const troubles = openTroubles(medium.name, clock);
  const writer = openWriter({ medium, held, troubles, clock, log });
  const timers = openTimers(clock);
  /** In the order in which they are answered: those under way come first. */
  let waiting: Waiting[] = [];
  let attempting: Promise<Error | undefined> | undefined;
  let isLate = false;
  let isStarting = true;
  let closing: Promise<void> | undefined;

  const failed = (since: Instant, failure: Unusable['failure'] | 'late', problem: string) => {
    const isRefused = isStarting && (failure === 'locked' || failure === 'newer');
    if (!troubles.isFailing() && !isRefused)
      log.error({ problem }, 'the store does not take a commit; everything goes on from memory');
    troubles.failing({ since, failure, problem, neverOpened: !writer.wasEverOpen });
  };
  const answer = (served: readonly Waiting[], error?: Error) => {
    const isServed = new Set(served);
    waiting = waiting.filter((one) => !isServed.has(one));
    for (const { settle } of served) settle(error);
  };

  const attempt = async (): Promise<Error | undefined> => {
    let wrong: Error | undefined;
    do {
      const since = clock.now();
      const served = [...waiting];
      wrong = await writer.write().then(() => undefined, toError);
      isLate = false;
      if (wrong === undefined) {
        if (troubles.isFailing()) log.info({}, 'the store takes commits again');
        troubles.works();
      } else failed(since, wrong instanceof Unusable ? wrong.failure : 'failed', wrong.message);
      answer(served, wrong);
    } while (waiting.length > 0 || (wrong === undefined && (!writer.isOpen || held.owed().length > 0)));
    return wrong;
  };
  const begin = (): Promise<Error | undefined> => {
    attempting ??= attempt().then((wrong) => {
      attempting = undefined;
      if (waiting.length > 0) return begin(); // whoever was answered asked again at once
      if (wrong !== undefined && closing === undefined) timers.set('retry', RETRY_MS, () => void begin());
      return wrong;
    });
    return attempting;
  };
  const late = () => {
    const [first] = waiting;
    if (first === undefined) return;
    const waitedMs = clock.monoMs() - first.since.monoMs;
    if (waitedMs < LATE_MS) return timers.set('late', LATE_MS - waitedMs, late);
    isLate = true;
    const problem = `${medium.name}: no commit within ${LATE_MS / 1000}s`;
    failed(first.since, 'late', problem);
    answer([...waiting], new Error(problem));
  };

  const look = async () => {
    if (writer.isOpen && attempting === undefined) {
      try {
        troubles.room(await medium.look());
      } catch {
        writer.letGo(); // it is no longer there: all is written anew
        void begin();
      }
    }
    if (closing === undefined) timers.set('look', LOOK_MS, () => void look());
  };
  const close = async () => {
    timers.clear();
    let hangs = true;
    const end = async () => {
      await (attempting ?? (held.owed().length > 0 ? begin() : undefined));
      await medium.close();
      hangs = false;
    };
    await Promise.race([end(), new Promise<void>((resolve) => timers.set('close', CLOSE_MS, resolve))]);
    timers.clear();
    answer([...waiting], new Error('the store is closed'));
    if (hangs) throw new Error(`${medium.name} does not answer: what it was not given is lost`);
  };

  const first = begin();
  const wrong = await Promise.race([
    first,
    new Promise<undefined>((resolve) => timers.set('open', OPEN_MS, () => resolve(undefined))),
  ]);
  timers.cancel('open');
  isStarting = false;
  if (wrong instanceof Unusable && (wrong.failure === 'locked' || wrong.failure === 'newer')) {
    await close().catch(() => {});
    throw wrong;
  }
  if (attempting !== undefined) failed(clock.now(), 'late', `${medium.name}: not open within ${OPEN_MS / 1000}s`);
  void look();

  return {
    load: (kind) => Promise.resolve(held.load(kind)),
    state: () => ({ isUp: !troubles.isFailing(), trouble: troubles.now() }),
    async commit(writes) {
      if (closing !== undefined) throw new Error('the store is closed');
      held.put(writes);
      if (writes.length === 0) return;
      const done = new Promise<void>((resolve, reject) => {
        const settle = (error?: Error) => (error === undefined ? resolve() : reject(error));
        waiting.push({ since: clock.now(), settle });
      });
      if (isLate) answer([...waiting], new Error(`${medium.name}: a commit is late`));
      else if (waiting.length === 1) late();
      void begin();
      await done;
    },
    [Symbol.asyncDispose]: () => {
      closing ??= close();
      return closing;
    },
  };
}

const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(errorText(error)));
