import type { Maintenance, Mutable, Muted, RecurringMaintenance, Silence } from '../core/silence.ts';

/** A maintenance as people see it: under way or to come; `recurring` names its expression. */
export interface Planned extends Maintenance {
  readonly recurring?: { readonly cron: string; readonly timezone: string };
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
}
