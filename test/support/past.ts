import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyBucket, enter } from '../../src/core/bucket.ts';
import { recordOf } from '../../src/core/bucket-record.ts';
import type { Clock } from '../../src/core/clock.ts';
import { type History, HOUR_MS, MINUTE_MS, type MinuteRow } from '../../src/core/history.ts';
import { sqliteHistory } from '../../src/store/history-sqlite.ts';

/** A file of history in a folder of its own, gone when it is disposed. */
export interface Past extends AsyncDisposable {
  readonly path: string;
  open(): History;
}

export async function startPast(): Promise<Past> {
  const folder = await mkdtemp(join(tmpdir(), 'outrider-past-'));
  const path = join(folder, 'outrider.history.db');
  return {
    path,
    open: () => sqliteHistory({ path, stamp: () => 'then', onSetAside: () => {} }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A minute of a target's results, each of which took so many seconds. */
export function minuteOf(target: string, atMs: number, durations: readonly number[]): MinuteRow {
  const bucket = emptyBucket(true);
  for (const one of durations) enter(bucket, one);
  const record = recordOf(Math.floor((atMs % HOUR_MS) / MINUTE_MS), bucket);
  return { target, measure: 'duration', labels: {}, atMs, record };
}

/** A clock that stands wherever it is set, for what asks it the time and sets no timers. */
export function setClock(wallMs: number): Clock & { wallMs: number; offsetMs: number } {
  return {
    wallMs,
    /** How far the wall clock was set ahead. */
    offsetMs: 0,
    now() {
      return { wallMs: this.wallMs + this.offsetMs, monoMs: this.wallMs };
    },
    monoMs() {
      return this.wallMs;
    },
    after: () => ({ [Symbol.dispose]: () => {} }),
  };
}
