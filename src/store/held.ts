import type { Kept, Write } from '../core/store.ts';
import type { Row } from './wire.ts';

/** Everything that is to be in the store, and what of it is not yet there. */
export interface Held {
  /** Takes what the medium has. With `owed` it is to be written again. */
  adopt(rows: readonly Row[], owed: boolean): void;
  /** Takes what is to be written. Throws where a document is no JSON, and takes nothing then. */
  put(writes: readonly Write[]): void;
  /** Everything is to be written again: what was there is gone. */
  oweAll(): void;
  owed(): readonly Row[];
  /** These are written. */
  written(rows: readonly Row[]): void;
  load(kind: Kept): readonly unknown[];
  readonly size: number;
}

const keyOf = ({ kind, id }: Pick<Row, 'kind' | 'id'>): string => `${kind} ${id}`;

/** Opens it, with nothing in it. */
export function openHeld(): Held {
  const rows = new Map<string, Row>();
  const owing = new Set<string>();
  const set = (row: Row, owed: boolean) => {
    const key = keyOf(row);
    if (rows.get(key)?.text === undefined) rows.delete(key); // what was forgotten begins anew, at the end
    rows.set(key, row);
    if (owed) owing.add(key);
  };
  return {
    adopt(found, owed) {
      for (const row of found) if (!rows.has(keyOf(row))) set(row, owed);
    },
    put(writes) {
      const taken = writes.map(({ kind, id, doc }) => ({ kind, id, text: doc && JSON.stringify(doc) }));
      for (const row of taken) set(row, true);
    },
    oweAll() {
      for (const key of rows.keys()) owing.add(key);
    },
    owed: () => [...owing].flatMap((key) => rows.get(key) ?? []),
    written(written) {
      for (const row of written) {
        const key = keyOf(row);
        if (rows.get(key) !== row) continue; // a newer one waits
        owing.delete(key);
        if (row.text === undefined) rows.delete(key);
      }
    },
    load: (wanted) =>
      [...rows.values()].flatMap(({ kind, text }) =>
        kind === wanted && text !== undefined ? [JSON.parse(text) as unknown] : [],
      ),
    get size() {
      return rows.size;
    },
  };
}
