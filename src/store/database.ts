import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { errorText } from '../core/errors.ts';
import { readDocuments, salvage } from './documents.ts';
import { identityOf, isBroken, migrate, prepare, putAside, toUnusable } from './file.ts';
import { CHECKPOINT_PAGES, isFull, numberOf, RESERVE_BYTES, reserve, reservedBytes } from './reserve.ts';
import { type Opened, type Place, type Room, type Row, Unusable } from './wire.ts';

/** Each step brings the schema from its place in the list to the next; `user_version` counts the steps that were taken. */
const MIGRATIONS: readonly string[] = [
  `create table document (
     kind text not null,
     id text not null,
     doc text not null,
     primary key (kind, id)
   ) strict`,
];

/** What the file says of itself: a process has it, or it was closed and the log is in it. The bytes `otr1` and `otr0`. */
const RUNNING = 0x6f747231;
const CLOSED = 0x6f747230;

/** An open file. */
export interface Database {
  readonly opened: Opened;
  /** Throws Unusable. */
  commit(rows: readonly Row[]): void;
  /** Looks for room around the file, and fills up the reserve where there is enough. */
  look(): Room;
  close(): void;
}

type Open = (path: string) => DatabaseSync;

/**
 * Opens the file, or makes it; a broken one is set aside under a name with `stamp` and a new one takes its place. Only this user
 * may read it. Throws Unusable.
 */
export function openDatabase(place: Place, open: Open): Database {
  const { path, stamp } = place;
  prepare(path);
  try {
    return ready(place, open);
  } catch (error) {
    const wrong = named(error, path);
    if (!(wrong instanceof Broken)) throw wrong;
    const setAside = { path: putAside(path, stamp), why: wrong.message };
    prepare(path);
    const fresh = ready({ ...place, suspect: undefined }, open);
    return { ...fresh, opened: { documents: wrong.documents, setAside, logMissing: false } };
  }
}

class Broken extends Error {
  readonly documents: readonly Row[];
  constructor(message: string, documents: readonly Row[]) {
    super(message);
    this.documents = documents;
  }
}

function named(error: unknown, path: string): Error {
  if (error instanceof Broken) return error;
  return isBroken(error) ? new Broken(errorText(error), []) : toUnusable(error, path);
}

function ready({ path, suspect }: Place, open: Open): Database {
  const hadLog = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  const database = open(path);
  try {
    // One process alone: the lock is taken with the first read and kept until the end, also of a killed process.
    database.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full');
    database.exec(`begin exclusive; commit; pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    check(database, suspect);
    migrate(database, path, MIGRATIONS);
    const documents = sound(database);
    const logMissing = !hadLog && numberOf(database, 'application_id') === RUNNING;
    mark(database, RUNNING);
    reserve(database);
    return { opened: { documents, setAside: undefined, logMissing }, ...used(database, path) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function used(database: DatabaseSync, path: string): Omit<Database, 'opened'> {
  const upsert = database.prepare(
    'insert into document (kind, id, doc) values (?, ?, ?) on conflict (kind, id) do update set doc = excluded.doc',
  );
  const remove = database.prepare('delete from document where kind = ? and id = ?');
  const file = identityOf(path);
  /** What is written to a file that somebody has removed or replaced is gone with this process. */
  const isThere = () => {
    if (identityOf(path) !== file) throw new Unusable('failed', `${path}: somebody has removed or replaced the file`);
  };
  const commit = (rows: readonly Row[]) => {
    isThere();
    database.exec('begin immediate');
    try {
      for (const { kind, id, text } of rows)
        if (text === undefined) remove.run(kind, id);
        else upsert.run(kind, id, text);
      database.exec('commit');
    } catch (error) {
      if (database.isTransaction) database.exec('rollback');
      throw error;
    }
  };
  return {
    commit(rows) {
      try {
        commit(rows);
      } catch (error) {
        const wrong = named(error, path);
        throw wrong instanceof Broken ? new Unusable('broken', wrong.message, { cause: error }) : wrong;
      }
    },
    look() {
      isThere();
      const { bavail, bsize } = statfsSync(dirname(path));
      const freeBytes = bavail * bsize;
      if (freeBytes > 8 * RESERVE_BYTES && reservedBytes(database) < RESERVE_BYTES / 2) reserve(database);
      return { freeBytes };
    },
    close() {
      try {
        mark(database, CLOSED);
      } finally {
        database.close();
      }
    },
  };
}

/** Where there is no room for it, it stays as it is: the log is missed then for nothing at the worst. */
function mark(database: DatabaseSync, state: number): void {
  try {
    database.exec(`pragma application_id = ${state}`);
  } catch (error) {
    if (!isFull(error)) throw error;
  }
}

function check(database: DatabaseSync, suspect: string | undefined): void {
  const [row] = suspect === undefined ? database.prepare('pragma quick_check(1)').all() : [];
  const said = suspect ?? String(row?.['quick_check'] ?? '');
  if (said !== 'ok') throw new Broken(said, salvage(database));
}

function sound(database: DatabaseSync): readonly Row[] {
  try {
    return readDocuments(database);
  } catch (error) {
    if (!(error instanceof Unusable) && !isBroken(error)) throw error;
    throw new Broken(errorText(error), salvage(database));
  }
}
