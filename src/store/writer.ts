import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { Held } from './held.ts';
import type { Medium } from './medium.ts';
import type { Troubles } from './troubles.ts';
import { type Opened, Unusable } from './wire.ts';

/** Broken again so soon after it was begun anew: that is no way to go on. */
const APART_MS = 10 * 60_000;

export interface WriterOptions {
  readonly medium: Medium;
  readonly held: Held;
  readonly troubles: Troubles;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Brings what is owed to the medium, which it opens where it is not open. */
export interface Writer {
  readonly isOpen: boolean;
  readonly wasEverOpen: boolean;
  /** Rejects with Unusable or anything else; then all is still owed. */
  write(): Promise<void>;
  /** The medium is not what it was: the next write opens it again. */
  letGo(): void;
}

/** A writer; nothing is opened before the first write. */
export function openWriter({ medium, held, troubles, clock, log }: WriterOptions): Writer {
  let isOpen = false;
  let wasEverOpen = false;
  let suspect: string | undefined;
  let setAsideMs = Number.NEGATIVE_INFINITY;

  const opened = ({ documents, setAside, logMissing }: Opened) => {
    const known = held.size;
    isOpen = true;
    wasEverOpen = true;
    suspect = undefined;
    held.adopt(documents, setAside !== undefined);
    if (known > 0) held.oweAll(); // whether it is the old file or a new one, what is known counts
    if (logMissing) {
      log.error({ path: medium.name }, 'the last commits are missing from the store: somebody has removed its log');
      troubles.logMissing(clock.now());
    }
    if (setAside === undefined) return;
    setAsideMs = clock.monoMs();
    log.error({ ...setAside }, 'the store was broken: it is set aside, and a new one is begun');
    troubles.setAside({ ...setAside, since: clock.now(), kept: known > 0 ? 'all' : documents.length });
  };
  const write = async () => {
    if (!isOpen) {
      if (suspect !== undefined && clock.monoMs() - setAsideMs < APART_MS) throw new Unusable('broken', suspect);
      opened(await medium.open(stampOf(clock.now().wallMs), suspect));
    }
    const rows = held.owed();
    if (rows.length > 0) await medium.commit(rows);
    held.written(rows);
  };

  return {
    get isOpen() {
      return isOpen;
    },
    get wasEverOpen() {
      return wasEverOpen;
    },
    async write() {
      const wasOpen = isOpen;
      try {
        await write();
      } catch (error) {
        // Whatever else is wrong than room may be well in a file that is opened again.
        const failure = error instanceof Unusable ? error.failure : 'failed';
        if (!wasOpen || failure === 'full') throw error;
        isOpen = false;
        if (failure === 'broken') suspect = error instanceof Error ? error.message : '';
        await write();
      }
    },
    letGo() {
      isOpen = false;
    },
  };
}

const stampOf = (wallMs: number): string => new Date(wallMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
