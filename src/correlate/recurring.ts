import { parseCron } from '../core/cron.ts';
import type { Maintenance, RecurringMaintenance } from '../core/silence.ts';
import type { InForce } from './mute-rule.ts';
import { type Covers, compileScope } from './mute-scope.ts';
import { type Recurrence, type Standing, standingAt } from './occurrence.ts';

/** One time of a maintenance that comes again. */
export interface Occurrence extends Maintenance {
  readonly recurring: { readonly cron: string; readonly timezone: string };
}

/** Maintenance windows that come again. Times are Unix epoch ms. */
export interface Recurring {
  /** Takes these from now on; throws where an expression, a zone or a matcher is wrong, which the config has checked. */
  retarget(windows: readonly RecurringMaintenance[]): void;
  /** The present occurrence of each, or the next. */
  all(nowMs: number): readonly Occurrence[];
  /** Whether an id is that of an occurrence. */
  has(id: string): boolean;
  inForce(nowMs: number): InForce;
}

interface Window extends Recurrence {
  readonly rule: RecurringMaintenance;
  readonly covers: Covers;
  standing: Standing & { readonly fromMs: number };
}

/** `nightly backup@2026-11-21T03:00:00Z`: the same in every replica and after a restart. */
const idOf = (name: string, startsAtMs: number): string =>
  `${name}@${new Date(startsAtMs).toISOString().replace(/\.\d+Z$/, 'Z')}`;

const UNKNOWN = { startedAtMs: undefined, nextAtMs: 0, changesAtMs: 0, fromMs: 0 };

/** The recurring maintenance windows of the config. */
export function openRecurring(): Recurring {
  let windows: readonly Window[] = [];

  const standingOf = (window: Window, nowMs: number): Standing => {
    const { fromMs, changesAtMs } = window.standing;
    if (nowMs < fromMs || nowMs >= changesAtMs) window.standing = { ...standingAt(window, nowMs), fromMs: nowMs };
    return window.standing;
  };

  return {
    retarget(rules) {
      windows = rules.map(windowOf);
    },
    all: (nowMs) =>
      windows.map((window) => {
        const { startedAtMs, nextAtMs } = standingOf(window, nowMs);
        const startsAtMs = startedAtMs ?? nextAtMs;
        const { name, targets, groups, matchers, cron, timezone, durationMs } = window.rule;
        const times = { startsAtMs, endsAtMs: startsAtMs + durationMs };
        return { id: idOf(name, startsAtMs), name, targets, groups, matchers, ...times, recurring: { cron, timezone } };
      }),
    has: (id) => windows.some(({ rule }) => id.startsWith(`${rule.name}@`)),
    inForce(nowMs) {
      const standings = windows.map((window) => ({ window, standing: standingOf(window, nowMs) }));
      return {
        rules: standings.flatMap(({ window: { rule, covers }, standing: { startedAtMs } }) =>
          startedAtMs === undefined ? [] : { id: idOf(rule.name, startedAtMs), covers },
        ),
        untilMs: Math.min(...standings.map(({ standing }) => standing.changesAtMs)),
      };
    },
  };
}

function windowOf(rule: RecurringMaintenance): Window {
  const parsed = parseCron(rule.cron);
  const scope = compileScope(rule);
  if (!parsed.ok || !scope.ok) throw new Error(`the maintenance "${rule.name}" was not checked`);
  const { timezone, durationMs } = rule;
  return { rule, covers: scope.covers, cron: parsed.cron, timezone, durationMs, standing: UNKNOWN };
}
