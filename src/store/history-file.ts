import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { errorText } from '../core/errors.ts';
import { HISTORY_MIGRATIONS, type HistoryWriter, openHistoryWriter } from './history.ts';
import { type HistoryReader, openHistoryReader } from './history-reader.ts';
import { codeOf, isFull } from './reserve.ts';
import { Unusable } from './wire.ts';

/** SQLite's own codes for a file that is none, or broken. Source: https://www.sqlite.org/rescode.html */
const BROKEN: ReadonlySet<number> = new Set([11, 26]);
/** Another process holds the file. */
const BUSY: ReadonlySet<number> = new Set([5, 6]);
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
      migrate(database);
      return guarded(path, database);
    });
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Puts a broken file out of the way; answers where it is. */
export function putHistoryAside(path: string, stamp: string): string {
  const aside = `${path}.corrupt-${stamp}`;
  for (const part of ['', '-wal', '-shm']) if (existsSync(path + part)) renameSync(path + part, aside + part);
  return aside;
}

function guarded(path: string, database: DatabaseSync): HistoryFile {
  const writer = openHistoryWriter(database);
  const reader = openHistoryReader(database);
  const file = inodeOf(path);
  return {
    append: (rows, changes) =>
      named(path, () => {
        // What is written to a file that somebody has removed or replaced is gone with this process.
        if (inodeOf(path) !== file) throw new Unusable('failed', `${path}: somebody has removed or replaced the file`);
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

const inodeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.ino;

function refuseIfFull(path: string): void {
  const { bavail, blocks, bsize } = statfsSync(dirname(path));
  if (bavail * bsize >= Math.min(LEFT_BYTES, blocks * bsize * LEFT_PART)) return;
  throw new Unusable('full', `${dirname(path)}: the disk is nearly full, what is left is kept for alerts`);
}

function named<T>(path: string, task: () => T): T {
  try {
    return task();
  } catch (error) {
    if (error instanceof Unusable) throw error;
    const code = codeOf(error) ?? 0;
    if (BUSY.has(code)) throw new Unusable('locked', `another process uses ${path}`, { cause: error });
    const failure = BROKEN.has(code) ? 'broken' : isFull(error) ? 'full' : 'failed';
    throw new Unusable(failure, `${path}: ${errorText(error)}`, { cause: error });
  }
}

function prepare(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (existsSync(path)) chmodSync(path, 0o600);
  else closeSync(openSync(path, 'a', 0o600));
}

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare('pragma user_version').get()?.['user_version'] ?? 0);
  const known = HISTORY_MIGRATIONS.length;
  if (version > known)
    throw new Unusable('newer', `it was written by a newer Outrider (schema ${version}, this one knows ${known})`);
  for (const [index, step] of HISTORY_MIGRATIONS.entries())
    if (index >= version) database.exec(`begin immediate; ${step}; pragma user_version = ${index + 1}; commit`);
}
