import type { ConfiguredTarget } from './config.ts';

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
