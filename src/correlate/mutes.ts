import type { Maintenance, Mutable, Muted, RecurringMaintenance, Silence } from '../core/silence.ts';
import type { Rule } from './mute-rule.ts';
import { openPlanned } from './planned.ts';
import { openRecurring } from './recurring.ts';
import { openSilences } from './silences.ts';

/** A maintenance as people see it: under way or to come; `recurring` names its expression. */
export interface Planned extends Maintenance {
  readonly recurring?: { readonly cron: string; readonly timezone: string };
}

/** What people set by hand. */
export interface ByHand {
  readonly silences: readonly Silence[];
  readonly maintenance: readonly Maintenance[];
}

/** Silences and maintenance windows: what keeps an alert from being told. All times are Unix epoch ms. */
export interface Mutes {
  /** Takes these recurring maintenance windows from now on; silences and windows set by hand stay. */
  retarget(recurring: readonly RecurringMaintenance[], nowMs: number): void;
  of(alert: Mutable, nowMs: number): Muted;
  /** Ids of the maintenance windows that a target is in, whatever its alerts' labels. */
  maintenanceOf(target: string, group: string | undefined, nowMs: number): readonly string[];
  /** A number that changes with what `of` and `maintenanceOf` answer. */
  version(nowMs: number): number;
  /** Every silence, expired ones for five days. */
  silences(nowMs: number): readonly Silence[];
  /** Sets a silence; with the id of a known one that has not expired changes it. */
  silence(wanted: Omit<Silence, 'id'> & { readonly id?: string }, nowMs: number): Silence | { readonly wrong: string };
  /** Ends a silence now; false where there is none under that id that has not expired. */
  expire(id: string, nowMs: number): boolean;
  /** What is under way and planned, and of each recurring one the present or next occurrence; soonest first. */
  maintenance(nowMs: number): readonly Planned[];
  plan(wanted: Omit<Maintenance, 'id'>, nowMs: number): Maintenance | { readonly wrong: string };
  /** Ends a maintenance that was set by hand; `recurring` where the config has it. */
  cancel(id: string, nowMs: number): 'ended' | 'unknown' | 'recurring';
  /** What was set by hand, as it is to be kept. */
  kept(nowMs: number): ByHand;
  /** Takes what was kept in place of what is set by hand now. */
  restore(kept: ByHand): void;
}

/** What most alerts are. */
const NOT_MUTED: Muted = Object.freeze({ silences: Object.freeze([]), maintenance: Object.freeze([]) });

/** The rules that hold until a boundary, so that most questions need no look at the others. */
interface Now {
  readonly silences: readonly Rule[];
  readonly maintenance: readonly Rule[];
  readonly fromMs: number;
  readonly untilMs: number;
}

const UNKNOWN: Now = { silences: [], maintenance: [], fromMs: 0, untilMs: 0 };

/** Silences and maintenance in memory; `newId` makes the ids of what is set by hand. */
export function openMutes(newId: () => string): Mutes {
  const silences = openSilences(newId);
  const planned = openPlanned(newId);
  const recurring = openRecurring();
  let version = 0;
  let now = UNKNOWN;

  const current = (nowMs: number): Now => {
    if (now.fromMs <= nowMs && nowMs < now.untilMs) return now;
    const parts = [silences.inForce(nowMs), planned.inForce(nowMs), recurring.inForce(nowMs)] as const;
    const maintenance = [...parts[1].rules, ...parts[2].rules];
    const untilMs = Math.min(...parts.map((part) => part.untilMs));
    const before = now;
    now = { silences: parts[0].rules, maintenance, fromMs: nowMs, untilMs };
    if (!sameIds(before.silences, now.silences) || !sameIds(before.maintenance, now.maintenance)) version++;
    return now;
  };

  /** Something was set, changed or ended by hand. */
  const altered = <T>(answer: T): T => {
    version++;
    now = { ...now, untilMs: 0 };
    return answer;
  };

  return {
    retarget: (rules) => altered(recurring.retarget(rules)),
    of(alert, nowMs) {
      const rules = current(nowMs);
      const silencedBy = idsOf(rules.silences, ({ covers }) => covers.alert(alert));
      const maintainedBy = idsOf(rules.maintenance, ({ covers }) => covers.alert(alert));
      const isMuted = silencedBy.length + maintainedBy.length > 0;
      return isMuted ? { silences: silencedBy, maintenance: maintainedBy } : NOT_MUTED;
    },
    maintenanceOf: (target, group, nowMs) =>
      idsOf(current(nowMs).maintenance, ({ covers }) => covers.target(target, group)),
    version(nowMs) {
      current(nowMs);
      return version;
    },
    silences: (nowMs) => silences.all(nowMs),
    silence: (wanted, nowMs) => altered(silences.set(wanted, nowMs)),
    expire: (id, nowMs) => altered(silences.expire(id, nowMs)),
    maintenance: (nowMs) =>
      [...planned.all(nowMs), ...recurring.all(nowMs)].sort((a, b) => a.startsAtMs - b.startsAtMs),
    plan: (wanted, nowMs) => altered(planned.plan(wanted, nowMs)),
    kept: (nowMs) => ({ silences: silences.all(nowMs), maintenance: planned.all(nowMs) }),
    restore(kept) {
      silences.restore(kept.silences);
      planned.restore(kept.maintenance);
      altered(undefined);
    },
    cancel(id, nowMs) {
      if (altered(planned.cancel(id, nowMs))) return 'ended';
      return recurring.has(id) ? 'recurring' : 'unknown';
    },
  };
}

const NONE: readonly string[] = NOT_MUTED.silences;

/** Nearly always none: no list is made for that. */
function idsOf(rules: readonly Rule[], fits: (rule: Rule) => boolean): readonly string[] {
  const found = rules.filter(fits);
  return found.length === 0 ? NONE : found.map(({ id }) => id);
}

const sameIds = (a: readonly Rule[], b: readonly Rule[]): boolean =>
  a.length === b.length && a.every(({ id }, index) => id === b[index]?.id);
