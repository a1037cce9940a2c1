import type { Logger } from '../core/log.ts';
import type { ProbeResult } from '../core/result.ts';

/** Says once what could not be measured of a target that is up, and why; says it again when it was gone in between. */
export interface Gaps {
  onResult(result: ProbeResult): void;
  retain(targets: ReadonlySet<string>): void;
}

/** Nothing was said yet. */
export function openGaps(log: Logger): Gaps {
  const said = new Map<string, ReadonlySet<string>>();
  return {
    onResult(result) {
      if (result.outcome !== 'up') return;
      const before = said.get(result.target);
      if (result.gaps === undefined || result.gaps.length === 0) {
        if (before !== undefined) said.delete(result.target);
        return;
      }
      const now = new Set(result.gaps.map((gap) => gap.why));
      for (const { measures, why } of result.gaps) {
        if (before?.has(why) === true) continue;
        log.warn({ target: result.target, measures: measures.join(','), why }, 'some measures cannot be had');
      }
      said.set(result.target, now);
    },
    retain(targets) {
      for (const target of said.keys()) if (!targets.has(target)) said.delete(target);
    },
  };
}
