import type { Maintenance } from '../core/silence.ts';
import { type InForce, inForce, wrongSpan } from './mute-rule.ts';
import { type Covers, compileScope } from './mute-scope.ts';

/** Nobody oversees more; memory is bounded. */
const MOST = 10_000;

/** Maintenance windows that were set by hand, each once. Times are Unix epoch ms. */
export interface PlannedOnce {
  /** Under way and to come. */
  all(nowMs: number): readonly Maintenance[];
  plan(wanted: Omit<Maintenance, 'id'>, nowMs: number): Maintenance | { readonly wrong: string };
  /** false where there is none under that id that has not ended. */
  cancel(id: string, nowMs: number): boolean;
  inForce(nowMs: number): InForce;
  /** Takes these in place of all; one that cannot be read any more is left out. */
  restore(maintenance: readonly Maintenance[]): void;
}

/** Maintenance windows in memory. */
export function openPlanned(newId: () => string): PlannedOnce {
  const byId = new Map<string, Maintenance & { readonly covers: Covers }>();
  const forget = (nowMs: number) => {
    for (const { id, endsAtMs } of byId.values()) if (endsAtMs <= nowMs) byId.delete(id);
  };
  return {
    all(nowMs) {
      forget(nowMs);
      return [...byId.values()].map(({ covers: _, ...maintenance }) => maintenance);
    },
    plan(wanted, nowMs) {
      forget(nowMs);
      if (wanted.name.trim() === '') return { wrong: 'a maintenance needs a name' };
      const wrong = wrongSpan(wanted, nowMs);
      if (wrong !== undefined) return { wrong };
      const scope = compileScope(wanted);
      if (!scope.ok) return { wrong: scope.wrong };
      if (byId.size >= MOST) return { wrong: `there are ${MOST} maintenance windows already` };
      const { name, targets, groups, matchers, endsAtMs } = wanted;
      const startsAtMs = Math.max(wanted.startsAtMs, nowMs);
      const maintenance = { id: newId(), name, targets, groups, matchers, startsAtMs, endsAtMs };
      byId.set(maintenance.id, { ...maintenance, covers: scope.covers });
      return maintenance;
    },
    cancel(id, nowMs) {
      forget(nowMs);
      return byId.delete(id);
    },
    restore(all) {
      byId.clear();
      for (const one of all) {
        const scope = compileScope(one);
        if (scope.ok) byId.set(one.id, { ...one, covers: scope.covers });
      }
    },
    inForce: (nowMs) => inForce(byId.values(), ({ id, covers }) => ({ id, covers }), nowMs),
  };
}
