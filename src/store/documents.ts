import type { DatabaseSync } from 'node:sqlite';
import { errorText } from '../core/errors.ts';
import type { Kept } from '../core/store.ts';
import { type Row, Unusable } from './wire.ts';

interface Found extends Row {
  readonly rowid: number;
  readonly text: string;
}

/** All documents in the order of their first commit. Throws Unusable `broken` for one that is no JSON. */
export function readDocuments(database: DatabaseSync): readonly Row[] {
  return [...walk(database, 'asc')].map((found) => {
    const wrong = whatIsWrong(found);
    if (wrong !== undefined) throw new Unusable('broken', `a document of kind ${found.kind} is no JSON: ${wrong}`);
    return rowOf(found);
  });
}

/** Whatever can be read of a broken file, from both of its ends. */
export function salvage(database: DatabaseSync): readonly Row[] {
  const saved = new Map<number, Row>();
  for (const order of ['asc', 'desc'] as const) {
    try {
      for (const found of walk(database, order))
        if (whatIsWrong(found) === undefined) saved.set(found.rowid, rowOf(found));
    } catch {
      // From here on it is broken.
    }
  }
  return [...saved].sort(([a], [b]) => a - b).map(([, row]) => row);
}

function* walk(database: DatabaseSync, order: 'asc' | 'desc'): Generator<Found> {
  const select = database.prepare(`select rowid, kind, id, doc from document order by rowid ${order}`);
  for (const row of select.iterate())
    yield {
      rowid: Number(row['rowid']),
      kind: String(row['kind']) as Kept,
      id: String(row['id']),
      text: String(row['doc']),
    };
}

const rowOf = ({ kind, id, text }: Found): Row => ({ kind, id, text });

function whatIsWrong({ text }: Found): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return errorText(error);
  }
}
