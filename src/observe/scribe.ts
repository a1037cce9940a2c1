import type { Clock } from '../core/clock.ts';
import { errorText } from '../core/errors.ts';
import type { History, MinuteRow, StateChange } from '../core/history.ts';
import type { Logger } from '../core/log.ts';

/** What is handed to the store in one piece. */
const MOST_AT_ONCE = 1000;
/** What waits while the store does not take it: the oldest is given up. */
const MOST_WAITING = 40_000;
const RETRY_MS = 10_000;
/** Without an answer for this long the store does not take it. */
const PATIENCE_MS = 10_000;
const LAST_WORDS_MS = 1500;

export interface ScribeOptions {
  readonly history: Pick<History, 'append'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether the store takes history, and how many rows were given up since the last call. */
  readonly onState: (up: boolean, lost: number) => void;
}

/** Hands history to the store, one piece after the other; nobody waits for it, and what waits is bounded. */
export interface Scribe {
  write(rows: readonly MinuteRow[], changes: readonly StateChange[]): void;
  /** Goes on where it had to wait. */
  look(): void;
  isUp(): boolean;
  /** Everything was handed over, or that took too long. */
  finish(): Promise<void>;
}

/** A scribe with nothing to write. */
export function openScribe({ history, clock, log, onState }: ScribeOptions): Scribe {
  let rows: MinuteRow[] = [];
  let changes: StateChange[] = [];
  let writing: { readonly sinceMs: number; readonly done: Promise<void> } | undefined;
  let retryMs = Number.NEGATIVE_INFINITY;
  let isUp = true;
  let lost = 0;

  const say = (up: boolean, problem = '') => {
    if (isUp && !up) log.warn({ problem }, 'history cannot be written; it waits, and alerts go on');
    else if (!isUp && up) log.info({ lost }, 'history is written again');
    if (up) lost = 0;
    isUp = up;
    onState(up, 0);
  };
  const bound = () => {
    const over = Math.max(0, rows.length - MOST_WAITING) + Math.max(0, changes.length - MOST_WAITING);
    if (over === 0) return;
    rows = rows.slice(-MOST_WAITING);
    changes = changes.slice(-MOST_WAITING);
    lost += over;
    onState(isUp, over);
  };
  const append = async (some: readonly MinuteRow[], few: readonly StateChange[]): Promise<void> => {
    try {
      await history.append(some, few);
      say(true);
    } catch (error) {
      rows = [...some, ...rows];
      changes = [...few, ...changes];
      bound();
      retryMs = clock.monoMs() + RETRY_MS;
      say(false, errorText(error));
    } finally {
      writing = undefined;
    }
  };
  const begin = () => {
    if (writing !== undefined || rows.length + changes.length === 0 || clock.monoMs() < retryMs) return;
    writing = {
      sinceMs: clock.monoMs(),
      done: append(rows.splice(0, MOST_AT_ONCE), changes.splice(0, MOST_AT_ONCE)),
    };
  };

  return {
    write(some, few) {
      for (const row of some) rows.push(row);
      for (const change of few) changes.push(change);
      bound();
    },
    look() {
      if (writing !== undefined && clock.monoMs() - writing.sinceMs > PATIENCE_MS)
        say(false, `no answer within ${PATIENCE_MS / 1000}s`);
      begin();
    },
    isUp: () => isUp,
    async finish() {
      let timer: Disposable | undefined;
      const late = new Promise<'late'>((resolve) => {
        timer = clock.after(LAST_WORDS_MS, () => resolve('late'));
      });
      for (begin(); writing !== undefined; begin()) if ((await Promise.race([writing.done, late])) === 'late') break;
      timer?.[Symbol.dispose]();
    },
  };
}
