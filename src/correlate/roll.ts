/** How many there are, and the first of them in their order, for people: `a, b and 3 more`. */
export interface Beginning {
  readonly count: number;
  readonly text: string;
}

/** The first of names that are in order already. */
export function beginningIn(names: readonly string[], most: number, count = names.length): Beginning {
  const first = names.slice(0, most);
  const rest = count - first.length;
  return { count, text: rest > 0 ? `${first.join(', ')} and ${rest} more` : first.join(', ') };
}

/** Names that come and go by the thousand; the first of them are known without sorting all. A name may be on it more than once. */
export interface Roll {
  add(name: string): void;
  remove(name: string): void;
  beginning(): Beginning;
}

/** The first of different names, in their order, without sorting all. */
export function beginningOf(names: ReadonlySet<string>, most: number): Beginning {
  return beginningIn(firstOf(names, most), most, names.size);
}

function firstOf(names: Iterable<string>, most: number): string[] {
  const first: string[] = [];
  for (const name of names) insert(first, name, most);
  return first;
}

/** An empty roll that shows its first `shown` names. */
export function openRoll(shown: number): Roll {
  const times = new Map<string, number>();
  /** More than are shown, so that it is seldom that some leave and the next ones must be looked for. */
  const kept = shown * 4;
  let first: string[] = [];
  /** Asked for by every alert of a group, one after the other. */
  let answer: Beginning | undefined;
  return {
    add(name) {
      const before = times.get(name) ?? 0;
      times.set(name, before + 1);
      if (before > 0) return;
      answer = undefined;
      // Behind a short list there are names that it does not know: what comes after its end may come after those too.
      const knowsAll = first.length === times.size - 1;
      const last = first.at(-1);
      if (knowsAll || (last !== undefined && name < last)) insert(first, name, kept);
    },
    remove(name) {
      const before = times.get(name) ?? 0;
      if (before > 1) times.set(name, before - 1);
      else if (times.delete(name)) {
        answer = undefined;
        const at = first.indexOf(name);
        if (at >= 0) first.splice(at, 1);
      }
    },
    beginning() {
      if (answer !== undefined) return answer;
      if (first.length < Math.min(shown, times.size)) first = firstOf(times.keys(), kept);
      answer = beginningIn(first, shown, times.size);
      return answer;
    },
  };
}

/** Puts a name into its place in a sorted list that holds at most `most`. */
function insert(sorted: string[], name: string, most: number): void {
  const last = sorted.at(-1);
  if (sorted.length === most && last !== undefined && last <= name) return;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, name);
  if (sorted.length > most) sorted.pop();
}
