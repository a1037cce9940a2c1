import type { Config, ConfiguredTarget } from './config.ts';

/** What a reload does to the targets: by name, and changed where the revision is another. */
export interface TargetDiff {
  readonly added: readonly ConfiguredTarget[];
  readonly removed: readonly ConfiguredTarget[];
  /** As they are from now on. */
  readonly changed: readonly ConfiguredTarget[];
  readonly unchanged: readonly ConfiguredTarget[];
}

/** Compares the targets of two configs; each of `next` is added, changed or unchanged, each of `old` that is gone is removed. */
export function diffTargets(old: readonly ConfiguredTarget[], next: readonly ConfiguredTarget[]): TargetDiff {
  const before = new Map(old.map((each) => [each.target.name, each.revision]));
  const names = new Set(next.map(({ target }) => target.name));
  const added: ConfiguredTarget[] = [];
  const changed: ConfiguredTarget[] = [];
  const unchanged: ConfiguredTarget[] = [];
  for (const each of next) {
    const revision = before.get(each.target.name);
    (revision === undefined ? added : revision === each.revision ? unchanged : changed).push(each);
  }
  return { added, removed: old.filter(({ target }) => !names.has(target.name)), changed, unchanged };
}

/** `next` with the very objects of `old` for the targets that are unchanged: nobody who holds them has to look at them again. */
export function keepUnchanged<T extends Pick<Config, 'targets'>>(old: Pick<Config, 'targets'>, next: T): T {
  const before = new Map(old.targets.map((each) => [each.target.name, each]));
  const targets = next.targets.map((each) => {
    const known = before.get(each.target.name);
    return known?.revision === each.revision ? known : each;
  });
  return Object.freeze({ ...next, targets: Object.freeze(targets) });
}
