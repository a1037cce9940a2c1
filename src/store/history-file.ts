import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { identityOf, migrate, prepare, toUnusable } from './file.ts';
import { HISTORY_MIGRATIONS, type HistoryWriter, openHistoryWriter } from './history.ts';
import { type HistoryReader, openHistoryReader } from './history-reader.ts';
import { Unusable } from './wire.ts';

/** Rows grow while their hour lasts: larger pages leave less room unused. */
const PAGE_BYTES = 8192;
const LOG_BYTES = 8 * 1024 ** 2;
/** The last part of a disk is left to the alerts. */
const LEFT_PART = 1 / 8;
const LEFT_BYTES = 64 * 1024 ** 2;

/** History in a file. Every method throws Unusable. */
export interface HistoryFile extends HistoryWriter, HistoryReader {
  close(): void;
}

/**
 * Opens the file of history, or makes it; only this user may read it. A crash of the machine may cost the last rows, never the
 * file (`synchronous` NORMAL). Nothing is checked at the start: a large file would take minutes. Throws Unusable.
 */
export function openHistoryFile(path: string): HistoryFile {
  const database = named(path, () => {
    prepare(path);
    return new DatabaseSync(path);
  });
  try {
    return named(path, () => {
      database.exec(`pragma page_size = ${PAGE_BYTES}; pragma locking_mode = exclusive; pragma journal_mode = wal`);
      database.exec(`pragma synchronous = normal; pragma journal_size_limit = ${LOG_BYTES}; begin exclusive; commit`);
      migrate(database, path, HISTORY_MIGRATIONS);
      return guarded(path, database);
    });
  } catch (error) {
    database.close();
    throw error;
  }
}

function guarded(path: string, database: DatabaseSync): HistoryFile {
  const writer = openHistoryWriter(database);
  const reader = openHistoryReader(database);
  const file = identityOf(path);
  return {
    append: (rows, changes) =>
      named(path, () => {
        // What is written to a file that somebody has removed or replaced is gone with this process.
        if (identityOf(path) !== file)
          throw new Unusable('failed', `${path}: somebody has removed or replaced the file`);
        refuseIfFull(path);
        writer.append(rows, changes);
      }),
    roll: (beforeMs, most) => named(path, () => writer.roll(beforeMs, most)),
    purge: (minutesMs, hoursMs, most) => named(path, () => writer.purge(minutesMs, hoursMs, most)),
    lines: (target, measure, span, stepMs) => named(path, () => reader.lines(target, measure, span, stepMs)),
    summaries: (targets, spans) => named(path, () => reader.summaries(targets, spans)),
    hourMeans: (target, measure, hoursMs) => named(path, () => reader.hourMeans(target, measure, hoursMs)),
    changes: (target, span, most) => named(path, () => reader.changes(target, span, most)),
    close: () => database.close(),
  };
}

function refuseIfFull(path: string): void {
  const { bavail, blocks, bsize } = statfsSync(dirname(path));
  if (bavail * bsize >= Math.min(LEFT_BYTES, blocks * bsize * LEFT_PART)) return;
  throw new Unusable('full', `${dirname(path)}: the disk is nearly full, what is left is kept for alerts`);
}

function named<T>(path: string, task: () => T): T {
  try {
    return task();
  } catch (error) {
    throw toUnusable(error, path);
  }
}
