import type { Labels } from '../core/labels.ts';

interface Labelled {
  readonly labels: Labels;
}

/** What makes two instances a pair: these labels are the same in both. */
export type PairedBy = readonly string[];

/** From so many on, a table is quicker than going through them. */
const MANY = 8;

/** Finds the instance that pairs with given labels; the first where several do. */
export function finder<T extends Labelled>(
  instances: readonly T[],
  names: PairedBy,
): (labels: Labels) => T | undefined {
  const [only] = instances;
  if (names.length === 0 || only === undefined) return () => only;
  if (instances.length < MANY) return (labels) => instances.find((one) => isPair(one.labels, labels, names));
  const byKey = new Map<string, T>();
  for (const one of instances) {
    const key = keyOf(one.labels, names);
    if (!byKey.has(key)) byKey.set(key, one);
  }
  return (labels) => byKey.get(keyOf(labels, names));
}

function isPair(a: Labels, b: Labels, names: PairedBy): boolean {
  for (const name of names) if ((a[name] ?? '') !== (b[name] ?? '')) return false;
  return true;
}

/** A text that label sets share exactly when these labels are the same in them; a label that is not there is empty. */
export function keyOf(labels: Labels, names: PairedBy): string {
  if (names.length === 1) return labels[names[0] ?? ''] ?? '';
  let key = '';
  for (const name of names) {
    const value = labels[name] ?? '';
    key += `${value.length}:${value}`;
  }
  return key;
}
