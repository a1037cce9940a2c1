/** Most edits between a name and what it is taken for; long names may differ by more than short ones. */
const most = (name: string): number => Math.min(4, Math.max(1, Math.floor(name.length / 3)));

/** Nobody mistypes a name longer than this one; comparing grows with the square of the length. */
const LONGEST = 100;

/** Case, and `-` for `_`, are how names are usually mistaken: they cost nothing, and decide between equals. */
const folded = (name: string): string => name.toLowerCase().replaceAll('-', '_');

/**
 * Edits (insert, delete, replace, swap of neighbours) from `a` to `b`, or undefined where there are more than `limit`.
 * Optimal string alignment: https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance
 */
export function editDistance(a: string, b: string, limit: number): number | undefined {
  if (Math.abs(a.length - b.length) > limit) return undefined;
  let beforeLast: readonly number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) row.push(edits(a, b, i, j, { row, last, beforeLast }));
    if (Math.min(...row) > limit) return undefined;
    beforeLast = last;
    last = row;
  }
  const distance = last[b.length] ?? 0;
  return distance <= limit ? distance : undefined;
}

interface Rows {
  readonly row: readonly number[];
  readonly last: readonly number[];
  readonly beforeLast: readonly number[];
}

function edits(a: string, b: string, i: number, j: number, { row, last, beforeLast }: Rows): number {
  const cell = (of: readonly number[], at: number): number => of[at] ?? Number.POSITIVE_INFINITY;
  const replaced = cell(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
  const least = Math.min(cell(row, j - 1) + 1, cell(last, j) + 1, replaced);
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return swapped ? Math.min(least, cell(beforeLast, j - 2) + 1) : least;
}

/** The candidate that `name` was probably meant to be, or undefined where none is near; of equally near ones the first. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > LONGEST) return undefined;
  const limit = most(name);
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const edited = editDistance(folded(name), folded(candidate), limit);
    if (edited === undefined || edited >= name.length) continue;
    const distance = edited + (name === candidate ? 0 : 0.5);
    if (best === undefined || distance < best.distance) best = { candidate, distance };
  }
  return best?.candidate;
}
