/** A test of names against patterns in which `*` stands for any text, also none; in time linear in the name. */
export function namePattern(patterns: readonly string[]): (name: string) => boolean {
  const tests = patterns.map((pattern) => fits(pattern.split('*')));
  return (name) => tests.some((test) => test(name));
}

/** Whether a name is these pieces with any text between them: what fits leftmost fits if anything does. */
function fits([first = '', ...others]: readonly string[]): (name: string) => boolean {
  const last = others.at(-1);
  if (last === undefined) return (name) => name === first;
  const between = others.slice(0, -1);
  return (name) => {
    if (!name.startsWith(first)) return false;
    let at = first.length;
    for (const piece of between) {
      const found = name.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return name.length - last.length >= at && name.endsWith(last);
  };
}

export interface ListedGroup {
  readonly groupId: string;
  readonly protocolType: string;
}

/** One group to measure; `listed` is undefined where no broker has it. */
export interface ChosenGroup<G extends ListedGroup> {
  readonly name: string;
  readonly named: boolean;
  readonly listed: G | undefined;
}

/**
 * The groups to measure, at most `max`: those written out first, whether they exist or not, then those that a pattern matches, by name;
 * without any wish all but share groups, which have no offsets. `matching` counts them before the cut.
 */
export function chooseGroups<G extends ListedGroup>(
  listed: readonly G[],
  wishes: readonly string[] | undefined,
  max: number,
): { readonly chosen: readonly ChosenGroup<G>[]; readonly matching: number } {
  const byName = new Map(listed.map((group) => [group.groupId, group]));
  const literal = new Set(wishes?.filter((wish) => !wish.includes('*')));
  const patterns = wishes?.filter((wish) => wish.includes('*'));
  const matches = patterns === undefined ? undefined : namePattern(patterns);
  const others = [...byName.values()]
    .filter(({ groupId, protocolType }) => matches?.(groupId) ?? protocolType !== 'share')
    .map(({ groupId }) => groupId)
    .filter((name) => !literal.has(name))
    .sort();
  const names = [...literal, ...others];
  const named = wishes !== undefined;
  return {
    chosen: names.slice(0, max).map((name) => ({ name, named, listed: byName.get(name) })),
    matching: names.length,
  };
}
