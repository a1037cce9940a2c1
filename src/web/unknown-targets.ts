import { nearest } from '../core/nearest.ts';
import type { Mistakes } from './body.ts';
import type { Mistake } from './problem.ts';
import type { View } from './view.ts';

/** The mistakes of a body's `targets` that name what the config does not have; undefined where there are none. */
export function unknownTargets(view: View, names: readonly string[]): Mistakes | undefined {
  const isUnknown = (name: string): boolean => view.target(name) === undefined;
  if (!names.some(isUnknown)) return undefined;
  const known = view.targets().map(({ name }) => name);
  const [first, ...rest] = names.flatMap((name, index): readonly Mistake[] => {
    if (!isUnknown(name)) return [];
    const near = nearest(name, known);
    const detail = `there is no target "${name}"${near === undefined ? '' : `; did you mean "${near}"?`}`;
    return [{ detail, pointer: `#/targets/${index}` }];
  });
  return first === undefined ? undefined : [first, ...rest];
}
