import { chmodSync, closeSync, existsSync, mkdirSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { errorText } from '../core/errors.ts';
import type { Kept, Write } from '../core/store.ts';
import type { Opened, OpenFailure } from './wire.ts';

/** Each step brings the schema from its place in the list to the next; `user_version` counts the steps that were taken. */
const MIGRATIONS: readonly string[] = [
  `create table document (
     kind text not null,
     id text not null,
     doc text not null,
     primary key (kind, id)
   ) strict`,
];

/** SQLite's own codes for a file that is none, or broken. Source: https://www.sqlite.org/rescode.html */
const BROKEN: ReadonlySet<number> = new Set([11, 26]);
/** Another process holds the file. */
const BUSY: ReadonlySet<number> = new Set([5, 6]);

/** A file that cannot be used, and why. */
export class Unusable extends Error {
  readonly failure: OpenFailure;
  constructor(failure: OpenFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** An open file. */
export interface Database {
  readonly opened: Opened;
  load(kind: Kept): readonly unknown[];
  commit(writes: readonly Write[]): void;
  close(): void;
}

type Open = (path: string) => DatabaseSync;

/** The primary code of an error of SQLite. */
const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;

/**
 * Opens the file, or makes it; a broken one is set aside under a name with `stamp` and a new one takes its place. Only this user
 * may read it. Throws Unusable.
 */
export function openDatabase(path: string, stamp: string, open: Open): Database {
  prepare(path);
  try {
    return ready(open(path), { setAside: undefined, why: undefined });
  } catch (error) {
    const wrong = named(error, path);
    if (!(wrong instanceof Broken)) throw wrong;
    const setAside = putAside(path, stamp);
    return ready(open(path), { setAside, why: wrong.message });
  }
}

class Broken extends Error {}

function named(error: unknown, path: string): Error {
  if (error instanceof Broken || error instanceof Unusable) return error;
  const code = codeOf(error) ?? 0;
  if (BROKEN.has(code)) return new Broken(errorText(error));
  if (BUSY.has(code)) return new Unusable('locked', `another process uses ${path}`, { cause: error });
  return new Unusable('failed', `${path}: ${errorText(error)}`, { cause: error });
}

function prepare(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (existsSync(path)) chmodSync(path, 0o600);
    else closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    throw new Unusable('failed', `${path}: ${errorText(error)}`, { cause: error });
  }
}

function putAside(path: string, stamp: string): string {
  const aside = `${path}.corrupt-${stamp}`;
  for (const part of ['', '-wal', '-shm']) if (existsSync(path + part)) renameSync(path + part, aside + part);
  closeSync(openSync(path, 'a', 0o600));
  return aside;
}

function ready(database: DatabaseSync, opened: Opened): Database {
  try {
    // One process alone: the lock is taken with the first read and kept until the end, also of a killed process.
    database.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full');
    database.exec('begin exclusive; commit');
    check(database);
    migrate(database);
  } catch (error) {
    database.close();
    throw error;
  }
  const select = database.prepare('select doc from document where kind = ? order by rowid');
  const upsert = database.prepare(
    'insert into document (kind, id, doc) values (?, ?, ?) on conflict (kind, id) do update set doc = excluded.doc',
  );
  const remove = database.prepare('delete from document where kind = ? and id = ?');
  return {
    opened,
    load: (kind) => select.all(kind).map((row) => JSON.parse(String(row['doc'])) as unknown),
    commit(writes) {
      database.exec('begin immediate');
      try {
        for (const { kind, id, doc } of writes)
          if (doc === undefined) remove.run(kind, id);
          else upsert.run(kind, id, JSON.stringify(doc));
        database.exec('commit');
      } catch (error) {
        if (database.isTransaction) database.exec('rollback');
        throw error;
      }
    },
    close: () => database.close(),
  };
}

function check(database: DatabaseSync): void {
  const [row] = database.prepare('pragma quick_check(1)').all();
  const said = String(row?.['quick_check'] ?? '');
  if (said !== 'ok') throw new Broken(said);
}

function migrate(database: DatabaseSync): void {
  const version = Number(database.prepare('pragma user_version').get()?.['user_version'] ?? 0);
  if (version > MIGRATIONS.length) {
    const message = `it was written by a newer Outrider (schema ${version}, this one knows ${MIGRATIONS.length})`;
    throw new Unusable('newer', message);
  }
  for (const [index, step] of MIGRATIONS.entries()) {
    if (index < version) continue;
    database.exec(`begin immediate; ${step}; pragma user_version = ${index + 1}; commit`);
  }
}
