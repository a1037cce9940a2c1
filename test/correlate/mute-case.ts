import { parseMatchers } from '../../src/core/matcher-text.ts';
import type { LabelMatcher, Maintenance, Mutable, RecurringMaintenance } from '../../src/core/silence.ts';
import { type Mutes, openMutes } from '../../src/correlate/mutes.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const NOON = Date.UTC(2027, 2, 1, 12);

/** Mutes whose ids count up: `id-1`, `id-2`. */
export function openCounted(): Mutes {
  let count = 0;
  return openMutes(() => `id-${++count}`);
}

export function matchers(text: string): readonly LabelMatcher[] {
  const parsed = parseMatchers(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.matchers;
}

/** An alert of a target. */
export const alertOf = (target: string, labels: Readonly<Record<string, string>> = {}, group?: string): Mutable => ({
  labels: { alertname: 'HttpDown', target, severity: 'P1', ...labels },
  target,
  group,
});

/** A wanted silence: of team core from noon for an hour, unless said otherwise. */
export const silenceOf = (given: { text?: string; id?: string; startsAtMs?: number; endsAtMs?: number } = {}) => {
  const { text = 'team=core', ...rest } = given;
  return {
    ...{ matchers: matchers(text), startsAtMs: NOON, endsAtMs: NOON + HOUR, createdBy: 'alice', comment: 'rebuild' },
    ...rest,
  };
};

/** A wanted maintenance: of the database from noon for an hour, unless said otherwise. */
export const planOf = (given: Partial<Omit<Maintenance, 'id'>> = {}): Omit<Maintenance, 'id'> => ({
  ...{ name: 'upgrade', targets: ['database'], groups: [], matchers: [], startsAtMs: NOON, endsAtMs: NOON + HOUR },
  ...given,
});

/** A recurring maintenance: of the database each night at 3:00 UTC for half an hour, unless said otherwise. */
export const nightly = (given: Partial<RecurringMaintenance> = {}): RecurringMaintenance => ({
  ...{ name: 'nightly backup', targets: ['database'], groups: [], matchers: [] },
  ...{ cron: '0 3 * * *', timezone: 'UTC', durationMs: 30 * MINUTE },
  ...given,
});

/** What was set; throws where it was refused. */
export function accepted<T extends object>(answer: T | { readonly wrong: string }): T {
  if ('wrong' in answer) throw new Error(String(answer.wrong));
  return answer;
}
