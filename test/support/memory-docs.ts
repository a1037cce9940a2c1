import type { Kept, Write } from '../../src/core/store.ts';
import type { Written } from '../../src/notify/delivery/journal.ts';

/** A store's documents, kept as text as a file would. */
export function memoryDocs() {
  const kinds = new Map<Kept, Map<string, string>>();
  const of = (kind: Kept) => {
    const known = kinds.get(kind) ?? new Map<string, string>();
    kinds.set(kind, known);
    return known;
  };
  const all = (kind: Kept): readonly unknown[] => [...of(kind).values()].map((text) => JSON.parse(text) as unknown);
  return {
    commit(writes: readonly Write[]) {
      for (const { kind, id, doc } of writes)
        if (doc === undefined) of(kind).delete(id);
        else of(kind).set(id, JSON.stringify(doc));
    },
    all,
    outbox: () =>
      ({
        notices: all('notice'),
        done: all('done'),
        heard: all('heard'),
        talks: all('talk'),
        sending: all('sending'),
      }) as Written,
  };
}
