import type { Labels } from '../core/labels.ts';

/** What all of these label sets have, with the same value. */
export function sharedLabels([first = {}, ...others]: readonly Labels[]): Labels {
  const shared = Object.entries(first).filter(([name, value]) => others.every((labels) => labels[name] === value));
  return Object.fromEntries(shared);
}
