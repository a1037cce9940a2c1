import type { Gap } from '../../core/result.ts';

/** Gathers why measures could not be had: the same trouble of many groups or partitions is said once. */
export class Findings {
  readonly #byWhy = new Map<string, { measures: Set<string>; what: string[] }>();

  /** `why` is a sentence about one `what` (`group "a"`); both are for people. */
  add(measures: readonly string[], why: string, what?: string): void {
    const known = this.#byWhy.get(why) ?? { measures: new Set<string>(), what: [] };
    for (const measure of measures) known.measures.add(measure);
    if (what !== undefined) known.what.push(what);
    this.#byWhy.set(why, known);
  }

  gaps(): Gap[] {
    return [...this.#byWhy].map(([why, { measures, what }]) => ({
      measures: [...measures],
      why: what.length === 0 ? why : `${why}: ${named(what)}`,
    }));
  }
}

function named([first, ...rest]: readonly string[]): string {
  return rest.length === 0 ? `${first}` : `${first} and ${rest.length} more`;
}
