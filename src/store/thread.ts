import { DatabaseSync } from 'node:sqlite';
import { type Database, openDatabase } from './database.ts';
import { serve } from './serve.ts';
import type { Request } from './wire.ts';

/** The thread that holds the file: a slow disk stalls this one, and no probe. */
let database: Database | undefined;

const held = (): Database => {
  if (database === undefined) throw new Error('the store is not open');
  return database;
};

function close(): void {
  const open = database;
  database = undefined;
  open?.close();
}

function answer(request: Request): unknown {
  if (request.op === 'open') {
    try {
      close();
    } catch {
      // It is opened again because something is wrong with it.
    }
    database = openDatabase(request, (path) => new DatabaseSync(path));
    return database.opened;
  }
  if (request.op === 'commit') return held().commit(request.rows);
  if (request.op === 'look') return held().look();
  return close();
}

serve<Request>(answer);
