import type { LabelMatcher, Silence } from '../core/silence.ts';
import { holds, type InForce, inForce, wrongSpan } from './mute-rule.ts';
import { type Covers, compileScope } from './mute-scope.ts';

/** Expired silences are kept so long, as Alertmanager keeps them. */
const KEPT_MS = 5 * 24 * 3_600_000;

/** Nobody oversees more; memory is bounded. */
const MOST = 10_000;

/** A silence to be set: with the id of a known one, a change of it. */
export type WantedSilence = Omit<Silence, 'id'> & { readonly id?: string };

/** Silences, as Alertmanager has them. Times are Unix epoch ms. */
export interface Silences {
  all(nowMs: number): readonly Silence[];
  set(wanted: WantedSilence, nowMs: number): Silence | { readonly wrong: string };
  /** false where there is none under that id that has not expired. */
  expire(id: string, nowMs: number): boolean;
  inForce(nowMs: number): InForce;
  /** Takes these in place of all; one that cannot be read any more is left out. */
  restore(silences: readonly Silence[]): void;
}

interface Kept extends Silence {
  readonly covers: Covers;
}

/**
 * Silences in memory. What may be changed and what becomes a new silence goes by Alertmanager:
 * https://github.com/prometheus/alertmanager/blob/main/silence/silence.go
 */
export function openSilences(newId: () => string): Silences {
  const byId = new Map<string, Kept>();

  const forget = (nowMs: number) => {
    for (const { id, endsAtMs } of byId.values()) if (endsAtMs + KEPT_MS <= nowMs) byId.delete(id);
  };

  const expire = (id: string, nowMs: number): boolean => {
    const known = byId.get(id);
    if (known === undefined || known.endsAtMs <= nowMs) return false;
    byId.set(id, { ...known, startsAtMs: Math.min(known.startsAtMs, nowMs), endsAtMs: nowMs });
    return true;
  };

  return {
    all(nowMs) {
      forget(nowMs);
      return [...byId.values()].map(shown);
    },
    set(wanted, nowMs) {
      forget(nowMs);
      const known = wanted.id === undefined ? undefined : byId.get(wanted.id);
      if (wanted.id !== undefined && known === undefined) return { wrong: `there is no silence "${wanted.id}"` };
      const wrong = wrongSpan(wanted, nowMs);
      if (wrong !== undefined) return { wrong };
      if (wanted.matchers.length === 0) return { wrong: 'a silence needs a matcher' };
      const scope = compileScope({ targets: [], groups: [], matchers: wanted.matchers });
      if (!scope.ok) return { wrong: scope.wrong };
      const stays = known !== undefined && mayChange(known, wanted, nowMs);
      if (!stays && byId.size >= MOST) return { wrong: `there are ${MOST} silences already` };
      if (!stays && known !== undefined) expire(known.id, nowMs);
      const startsAtMs = stays ? wanted.startsAtMs : Math.max(wanted.startsAtMs, nowMs);
      const silence = { ...wanted, id: stays ? known.id : newId(), startsAtMs };
      byId.set(silence.id, { ...silence, covers: scope.covers });
      return shown(silence);
    },
    expire,
    restore(silences) {
      byId.clear();
      for (const silence of silences) {
        const scope = compileScope({ targets: [], groups: [], matchers: silence.matchers });
        if (scope.ok) byId.set(silence.id, { ...silence, covers: scope.covers });
      }
    },
    inForce: (nowMs) => inForce(byId.values(), ({ id, covers }) => ({ id, covers }), nowMs),
  };
}

const shown = ({ id, matchers, startsAtMs, endsAtMs, createdBy, comment }: Silence): Silence => ({
  ...{ id, matchers, startsAtMs, endsAtMs, createdBy, comment },
});

/** What it silenced, and since when, is history: a silence that says otherwise is another one. */
function mayChange(known: Silence, wanted: WantedSilence, nowMs: number): boolean {
  if (known.endsAtMs <= nowMs || !sameMatchers(known.matchers, wanted.matchers)) return false;
  return holds(known, nowMs) ? isSameSecond(known.startsAtMs, wanted.startsAtMs) : wanted.startsAtMs >= nowMs;
}

const isSameSecond = (a: number, b: number): boolean => Math.floor(a / 1000) === Math.floor(b / 1000);

const keyOf = ({ name, value, isRegex, isEqual }: LabelMatcher): string =>
  JSON.stringify([name, value, isRegex, isEqual]);

function sameMatchers(a: readonly LabelMatcher[], b: readonly LabelMatcher[]): boolean {
  const keys = a.map(keyOf).sort();
  return (
    a.length === b.length &&
    b
      .map(keyOf)
      .sort()
      .every((key, index) => key === keys[index])
  );
}
