import type { DatabaseSync } from 'node:sqlite';

/** Room that the file and its write-ahead log have beyond what is in them. */
export const RESERVE_BYTES = 2 * 1024 ** 2;
/** The log begins again from its start after so many pages of 4 KiB, and so never outgrows its reserve by much. */
export const CHECKPOINT_PAGES = 256;

/**
 * Lets the file and its log grow by the reserve: what is freed stays theirs, so commits go on when the disk is full, and no other
 * process can take the room. Where there is none, it does without.
 */
export function reserve(database: DatabaseSync): void {
  try {
    database.exec('begin immediate; drop table if exists reserve; create table reserve (room blob) strict');
    database.exec(`insert into reserve values (zeroblob(${RESERVE_BYTES})); commit`);
    database.exec('drop table reserve; pragma wal_checkpoint(passive)');
  } catch (error) {
    if (database.isTransaction) database.exec('rollback');
    if (!isFull(error)) throw error;
  }
}

/** How much of it is left in the file. */
export const reservedBytes = (database: DatabaseSync): number =>
  numberOf(database, 'freelist_count') * numberOf(database, 'page_size');

/** What a pragma says that is a number. */
export const numberOf = (database: DatabaseSync, pragma: string): number =>
  Number(database.prepare(`pragma ${pragma}`).get()?.[pragma] ?? 0);

/** The primary code of an error of SQLite. Source: https://www.sqlite.org/rescode.html */
export const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;

/** Whether there was no room to write. */
export const isFull = (error: unknown): boolean => codeOf(error) === 13;
