import { rankOf } from '../core/severity.ts';
import { measuresIn } from '../core/when/needs.ts';
import type { Tracked } from './tracked.ts';

/** The measure that an alert is about: what its first comparison reads. */
function aboutOf({ found: { spec } }: Tracked): string | undefined {
  const test = spec.when.tests.find(({ kind }) => kind === 'compare');
  return test === undefined ? undefined : measuresIn(test)[0]?.name;
}

/** Whether two alerts may speak of one instance: no label tells them apart. */
const isSameInstance = (a: Tracked, b: Tracked): boolean =>
  Object.entries(a.found.labels).every(([name, value]) => (b.found.labels[name] ?? value) === value);

/** Of these alerts of its target those that fire on the same measure and are graver; the gravest alone. */
export function graverOf(tracked: Tracked, others: readonly Tracked[]): readonly Tracked[] {
  const about = aboutOf(tracked);
  if (about === undefined || tracked.origin === 'external') return [];
  const rank = rankOf(tracked.found.severity);
  const graver = others.filter(
    (other) =>
      other !== tracked &&
      other.origin === 'own' &&
      rankOf(other.found.severity) < rank &&
      aboutOf(other) === about &&
      isSameInstance(tracked, other),
  );
  const top = Math.min(...graver.map(({ found }) => rankOf(found.severity)));
  return graver.filter(({ found }) => rankOf(found.severity) === top).slice(0, 1);
}
