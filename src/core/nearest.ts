/** Most edits between a name and what it is taken for; long names may differ by more than short ones. */
const most = (name: string): number => Math.min(4, Math.max(1, Math.floor(name.length / 3)));

/** Nobody mistypes a name longer than this one; comparing grows with its length. */
const LONGEST = 100;

/** Case, and `-` for `_`, are how names are usually mistaken: they cost nothing, and decide between equals. */
const folded = (name: string): string => name.toLowerCase().replaceAll('-', '_');

const FAR = LONGEST * LONGEST;

/**
 * Edits (insert, delete, replace, swap of neighbours) from `a` to `b`, or undefined where there are more than `limit`.
 * Optimal string alignment: https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance
 */
export function editDistance(a: string, b: string, limit: number): number | undefined {
  if (Math.abs(a.length - b.length) > limit) return undefined;
  let from = 0;
  while (from < a.length && a[from] === b[from]) from++;
  let cut = 0;
  const longest = Math.min(a.length, b.length) - from;
  while (cut < longest && a[a.length - 1 - cut] === b[b.length - 1 - cut]) cut++;
  return between(a.slice(from, a.length - cut), b.slice(from, b.length - cut), limit);
}

/** The same for texts without a common beginning and end; only cells within `limit` of the diagonal matter. */
function between(a: string, b: string, limit: number): number | undefined {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = new Array<number>(b.length + 1).fill(FAR);
    row[0] = i;
    let least = i;
    const to = Math.min(b.length, i + limit);
    for (let j = Math.max(1, i - limit); j <= to; j++) {
      const replaced = (last[j - 1] ?? FAR) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let edits = Math.min((row[j - 1] ?? FAR) + 1, (last[j] ?? FAR) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, (beforeLast[j - 2] ?? FAR) + 1);
      row[j] = edits;
      least = Math.min(least, edits);
    }
    if (least > limit) return undefined;
    beforeLast = last;
    last = row;
  }
  const distance = last[b.length] ?? FAR;
  return distance <= limit ? distance : undefined;
}

/** The candidate that `name` was probably meant to be, or undefined where none is near; of equally near ones the first. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > LONGEST) return undefined;
  const meant = folded(name);
  let limit = Math.min(most(name), name.length - 1);
  let best: string | undefined;
  for (const candidate of candidates) {
    if (candidate === name) return candidate;
    if (limit < 0 || Math.abs(candidate.length - name.length) > limit) continue;
    const edited = editDistance(meant, folded(candidate), limit);
    if (edited === undefined) continue;
    best = candidate;
    limit = edited - 1;
  }
  return best;
}
